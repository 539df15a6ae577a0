/** `npm run bench -- policy`: measures cost and unserved load of every policy, set by set; rewrites docs/policy.md. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { CommandError } from "../job/cli/io.ts";
import { loadSettings } from "../job/config/load.ts";
import { forecasterOf } from "../job/core/forecast/method.ts";
import type { ReplaySetup } from "../job/replay/replay.ts";
import { interruption } from "../scripts/waiting.ts";
import { readFlags } from "./flags.ts";
import { keptText, withKept } from "./kept-sections.ts";
import { daySets } from "./policy/days.ts";
import { frontEntries, mainEntries, ownEntries, peerEntries, sensitivityEntries } from "./policy/entries.ts";
import { frontPicture, frontPoints, type PolicyFrontPoint } from "./policy/front.ts";
import { playAll, policyRatios, type SeriesScores } from "./policy/matrix.ts";
import { type PolicyResults, policyPage, type SetScores } from "./policy/page.ts";
import { replaySeries, replaySets } from "./series.ts";

const DOCS = join(import.meta.dirname, "../docs");
const PAGE = join(DOCS, "policy.md");

/** What was measured last, part by part, so that page and pictures can be drawn again without an hour of replays. */
const RESULTS_FILE = join(import.meta.dirname, "../out/bench-policy.json");

/** Parts of the page that can be measured alone, quickest first. */
const PARTS = ["sets", "days", "fronts", "sensitivity", "peers"] as const;

/** Start-up times of the page, in seconds. */
const STARTUPS = [15, 30, 90, 180];

const FLAGS = {
  quick: { type: "boolean", default: false, about: "a start-up of 30 s alone; nothing is written" },
  draw: { type: "boolean", default: false, about: "makes page and pictures from what was measured last" },
  only: {
    type: "string",
    default: PARTS.join(),
    list: PARTS,
    about: "measures these parts anew; the others stay as they were measured last: a list of",
  },
  startups: { type: "string", default: STARTUPS.join(), list: "numbers", about: "these start-up times alone, seconds" },
} as const;

/** Runs the bench and rewrites docs/policy.md. */
export async function main(args: readonly string[]): Promise<void> {
  const values = readFlags(args, FLAGS);
  const startups = values.startups.split(",").map(Number);
  const wanted = values.draw ? [] : values.only.split(",");
  const settings = await loadSettings({
    flags: { deployment: "web", "target-cpu": 0.45 },
    env: {},
    readFile: () => Promise.reject(new Error("the bench reads no file")),
  });
  const setup = { target: settings.targets[0]!, forecasterOf };
  if (values.quick) return void (await playSets(setup, [30]));
  const { series } = replaySeries();
  let results: PolicyResults = existsSync(RESULTS_FILE)
    ? (JSON.parse(readFileSync(RESULTS_FILE, "utf8")) as PolicyResults)
    : {};
  const measures: Record<(typeof PARTS)[number], () => Promise<Partial<PolicyResults>>> = {
    sets: async () => ({ sets: joined(await playSets(setup, startups), results.sets) }),
    days: async () => ({ days: await playDays(setup) }),
    fronts: async () => {
      const fronts = await byStartup(startups, (startup) => playAll(series, frontEntries(), setup, { startup }));
      return { fronts: { ...results.fronts, ...fronts } };
    },
    sensitivity: async () => ({ sensitivity: await playSensitivity(setup) }),
    peers: async () => ({ peers: await playAll(series, peerEntries(), setup, { startup: 30 }) }),
  };
  for (const part of PARTS.filter((one) => wanted.includes(one))) {
    const measured = await measures[part]();
    if (interruption().aborted) return;
    results = { ...results, ...measured };
    mkdirSync(dirname(RESULTS_FILE), { recursive: true });
    writeFileSync(RESULTS_FILE, JSON.stringify(results));
  }
  draw(results);
}

/** Start-up times that were not measured now stay as they were measured last. */
function joined(sets: readonly SetScores[], before: PolicyResults["sets"] = []): SetScores[] {
  return sets.map((set) => {
    const old = before.find(({ name, names }) => name === set.name && names.join() === set.names.join());
    return { ...set, scores: { ...old?.scores, ...set.scores } };
  });
}

async function playSets(setup: ReplaySetup, startups: readonly number[]): Promise<SetScores[]> {
  const out: SetScores[] = [];
  for (const { name, held, series } of replaySets()) {
    const scores = await byStartup(startups, (startup) => playAll(series, mainEntries(), setup, { startup }));
    for (const [startup, rows] of Object.entries(scores)) printTable(`${name}, startup ${startup} s`, rows);
    out.push({ name, held, names: series.map((one) => one.name), scores });
  }
  return out;
}

async function playDays(setup: ReplaySetup): Promise<SetScores[]> {
  const out: SetScores[] = [];
  for (const { name, held, series } of daySets()) {
    const scores = { 30: await playAll(series, ownEntries(), setup, { startup: 30 }) };
    printTable(name, scores[30]);
    out.push({ name, held, names: series.map((one) => one.name), scores });
  }
  return out;
}

async function playSensitivity(setup: ReplaySetup): Promise<Record<string, SeriesScores>> {
  const out: Record<string, SeriesScores> = {};
  for (const { name, series } of replaySets()) {
    if (interruption().aborted) break;
    out[name] = await playAll(series, sensitivityEntries(), setup, { startup: 30 });
    printTable(`${name}, one assumption changed`, out[name]);
  }
  return out;
}

async function byStartup(startups: readonly number[], play: (startup: number) => Promise<SeriesScores>) {
  const scores: Record<number, SeriesScores> = {};
  for (const startup of startups) if (!interruption().aborted) scores[startup] = await play(startup);
  return scores;
}

function draw(results: PolicyResults): void {
  // the whole page is made of them
  if (results.sets === undefined)
    throw new CommandError(`nothing is drawn: ${RESULTS_FILE} has no "sets"; run with --only sets first`);
  mkdirSync(join(DOCS, "policy"), { recursive: true });
  const { text, kept } = withKept(policyPage(results), readFileSync(PAGE, "utf8"));
  const told = keptText("docs/policy.md", kept);
  if (told !== undefined) console.error(told);
  writeFileSync(PAGE, text);
  if (results.fronts === undefined) return;
  const fronts = Object.entries(results.fronts).map(([startup, front]) => [startup, frontPoints(front)] as const);
  writeFileSync(join(DOCS, "policy/fronts.json"), frontsText(fronts));
  for (const [startup, points] of fronts) {
    writeFileSync(join(DOCS, `policy/front-${startup}.svg`), frontPicture(points, Number(startup)));
  }
}

/** The points of the pictures, one a line, for `npm run pictures`. */
function frontsText(fronts: readonly (readonly [string, readonly PolicyFrontPoint[]])[]): string {
  const parts = fronts.map(([startup, points]) => {
    const lines = points.map((point) => `  ${JSON.stringify(point)}`).join(",\n");
    return ` "${startup}": [\n${lines}\n ]`;
  });
  return `{\n${parts.join(",\n")}\n}\n`;
}

function printTable(title: string, scores: SeriesScores): void {
  console.log(`\n${title}: ratios to hpa (cost / under / unserved / actions)`);
  for (const [label, rows] of Object.entries(scores)) {
    const r = policyRatios(rows, scores.hpa!);
    const numbers = [r.cost, r.under, r.unserved, r.actions].map((x) => x.toFixed(3)).join(" / ");
    console.log(`${label.padEnd(36)} ${numbers}   worse in both: ${r.worse.length}`);
  }
}
