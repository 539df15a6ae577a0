/** `npm run bench -- policy`: cost and unserved load of every policy over all series; rewrites docs/policy.md. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { loadSettings } from "../job/config/load.ts";
import { forecasterOf } from "../job/core/forecast/method.ts";
import { interruption } from "../scripts/waiting.ts";
import { frontEntries, mainEntries, sensitivityEntries } from "./policy/entries.ts";
import { type FrontPoint, frontPicture, frontPoints } from "./policy/front.ts";
import { playAll, ratios, type Scores } from "./policy/matrix.ts";
import { type PolicyResults, policyPage } from "./policy/page.ts";
import { replaySeries } from "./series.ts";

const DOCS = join(import.meta.dirname, "../docs");

/** What was measured last, so that page and pictures can be drawn again without an hour of replays. */
const KEPT = join(import.meta.dirname, "../out/bench-policy.json");

/** Runs the bench. `--quick`: start-up 30 s only, no fronts and no sensitivity; nothing is written. `--draw`: page and pictures of what was measured last. */
export async function main(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { quick: { type: "boolean", default: false }, draw: { type: "boolean", default: false } },
  });
  if (values.draw) return draw(JSON.parse(readFileSync(KEPT, "utf8")) as PolicyResults);
  const { source, series } = replaySeries();
  const settings = await loadSettings({
    flags: { deployment: "web", "target-cpu": 0.45 },
    env: {},
    readFile: () => Promise.reject(new Error("the bench reads no file")),
  });
  const setup = { target: settings.targets[0]!, forecasterOf };
  const startups = values.quick ? [30] : [30, 90, 15, 180];
  console.log(`${series.length} series: ${source}`);
  const main: Record<number, Scores> = {};
  const fronts: Record<number, Scores> = {};
  for (const startup of startups) {
    if (interruption().aborted) break;
    const began = performance.now();
    const entries = mainEntries().filter((e) => startup === 30 || startup === 90 || e.options?.every !== 15);
    main[startup] = await playAll(series, entries, setup, { startup });
    printTable(`startup ${startup} s`, main[startup]);
    if (!values.quick) fronts[startup] = await playAll(series, frontEntries(), setup, { startup });
    console.error(`startup ${startup}: ${((performance.now() - began) / 1000).toFixed(0)} s`);
  }
  if (values.quick || interruption().aborted) return;
  const sensitivity = await playAll(series, sensitivityEntries(), setup, { startup: 30 });
  printTable("sensitivity, startup 30 s", sensitivity);
  if (interruption().aborted) return;
  const results: PolicyResults = { source, names: series.map((s) => s.name), main, fronts, sensitivity };
  mkdirSync(dirname(KEPT), { recursive: true });
  writeFileSync(KEPT, JSON.stringify(results));
  draw(results);
}

function draw(results: PolicyResults): void {
  mkdirSync(join(DOCS, "policy"), { recursive: true });
  writeFileSync(join(DOCS, "policy.md"), policyPage(results));
  const fronts = Object.entries(results.fronts).map(([startup, front]) => [startup, frontPoints(front)] as const);
  writeFileSync(join(DOCS, "policy/fronts.json"), frontsText(fronts));
  for (const [startup, points] of fronts) {
    writeFileSync(join(DOCS, `policy/front-${startup}.svg`), frontPicture(points, Number(startup)));
  }
}

/** The points of the pictures, one a line, for `npm run pictures`. */
function frontsText(fronts: readonly (readonly [string, readonly FrontPoint[]])[]): string {
  const parts = fronts.map(([startup, points]) => {
    const lines = points.map((point) => `  ${JSON.stringify(point)}`).join(",\n");
    return ` "${startup}": [\n${lines}\n ]`;
  });
  return `{\n${parts.join(",\n")}\n}\n`;
}

function printTable(title: string, scores: Scores): void {
  console.log(`\n${title}: ratios to hpa (cost / under / unserved / actions)`);
  for (const [label, rows] of Object.entries(scores)) {
    const r = ratios(rows, scores.hpa!);
    const numbers = [r.cost, r.under, r.unserved, r.actions].map((x) => x.toFixed(3)).join(" / ");
    console.log(`${label.padEnd(36)} ${numbers}   worse in both: ${r.worse.length}`);
  }
}
