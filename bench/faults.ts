/** The fault bench: runs every case as a real process on real servers, checks every invariant, and writes docs/reliability.md. */
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { missingControlPlane, missingPrometheus } from "../test/cluster/available.ts";
import { CASES } from "./faults/all-cases.ts";
import type { FaultCase } from "./faults/fault-case.ts";
import { broken } from "./faults/invariants.ts";
import { outcomeText, page, type Row } from "./faults/page.ts";
import { runCase } from "./faults/run-case.ts";
import { type Lane, startWorld } from "./faults/world.ts";

const ROOT = join(import.meta.dirname, "..");

/**
 * Runs the bench; exit code 1 when an invariant is broken. `--check`: writes nothing, what CI asks for. `--only WORDS`: the cases whose kind or name
 * holds them, with all that was said; writes nothing. `--lanes N`: cases that run side by side (2).
 */
export async function main(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { check: { type: "boolean" }, only: { type: "string" }, lanes: { type: "string", default: "2" } },
  });
  if (!existsSync(join(ROOT, "dist/job.js"))) throw new Error("dist/job.js is missing: npm run build");
  const missing = missingControlPlane() ?? missingPrometheus();
  if (missing !== undefined) throw new Error(`the fault bench needs real servers: ${missing}`);
  const { only } = values;
  const chosen = only === undefined ? CASES : CASES.filter(({ kind, name }) => `${kind}: ${name}`.includes(only));
  const world = await startWorld(CASES, Math.min(chosen.length, Number(values.lanes)));
  const started = performance.now();
  let rows: readonly Row[];
  try {
    rows = await runAll(chosen, world.lanes, only !== undefined);
  } finally {
    await world.stop();
  }
  const wrong = rows.flatMap(({ fault, broken: all }) => (fault.gap === undefined ? all : []));
  for (const { fault } of rows.filter((one) => one.fault.gap !== undefined && one.broken.length === 0))
    console.log(`CLOSED  ${fault.kind}: ${fault.name}: keeps every promise, so take its gap away`);
  const seconds = Math.round((performance.now() - started) / 1000);
  console.log(`${rows.length} cases in ${seconds} s, ${wrong.length} broken invariants`);
  if (wrong.length > 0) process.exitCode = 1;
  if (!values.check && only === undefined) writeFileSync(join(ROOT, "docs/reliability.md"), page(rows));
}

/** Each lane takes the next case that none has taken. Rows in the cases' order. */
async function runAll(cases: readonly FaultCase[], lanes: readonly Lane[], verbose: boolean): Promise<readonly Row[]> {
  const rows: Row[] = [];
  let next = 0;
  await Promise.all(
    lanes.map(async (lane) => {
      for (;;) {
        const at = next++;
        const fault = cases[at];
        if (fault === undefined) return;
        rows[at] = await row(fault, lane, verbose);
      }
    }),
  );
  return rows;
}

async function row(fault: FaultCase, lane: Lane, verbose: boolean): Promise<Row> {
  const seen = await runCase(fault, lane);
  const wrong = broken(fault, seen, lane.secrets);
  const mark = fault.gap === undefined ? "BROKEN" : "KNOWN ";
  for (const [promise, what] of wrong) console.error(`${mark}  ${fault.kind}: ${fault.name}: ${promise} ${what}`);
  if (verbose) {
    console.log(`${fault.kind}: ${fault.name}: ${outcomeText(fault, seen)}`);
    console.log(
      `${seen.ended.stdout}${seen.ended.stderr}${seen.calls.map(({ text, status }) => `${status} ${text.slice(0, 160)}\n`).join("")}`,
    );
  }
  return { fault, seen, broken: wrong };
}
