/** The fault bench: runs every case as a real process on real servers, checks every invariant, and writes docs/reliability.md. */
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CommandError, UsageError } from "../job/cli/io.ts";
import { interruption, progressOf, say } from "../scripts/waiting.ts";
import { missingControlPlane, missingPrometheus } from "../test/cluster/available.ts";
import { CASES } from "./faults/all-cases.ts";
import type { FaultCase } from "./faults/fault-case.ts";
import { broken } from "./faults/invariants.ts";
import { type FaultRow, faultsPage, outcomeText } from "./faults/page.ts";
import { runCase } from "./faults/run-case.ts";
import { type Lane, startWorld } from "./faults/world.ts";
import { readFlags } from "./flags.ts";

const ROOT = join(import.meta.dirname, "..");

const FLAGS = {
  check: { type: "boolean", about: "writes nothing, as CI asks for" },
  only: {
    type: "string",
    about: "the cases whose kind or name has these words, with all output; writes nothing",
  },
  lanes: { type: "string", default: "2", list: "numbers", single: true, about: "cases that run side by side" },
} as const;

/** Runs the bench. It exits with 1 when an invariant is broken. After Ctrl-C it writes nothing. */
export async function main(args: readonly string[]): Promise<void> {
  const values = readFlags(args, FLAGS);
  if (!existsSync(join(ROOT, "dist/job.js"))) throw new CommandError("dist/job.js is missing: npm run build");
  const missing = missingControlPlane() ?? missingPrometheus();
  if (missing !== undefined) throw new CommandError(`the fault bench needs real servers: ${missing}`);
  const { only } = values;
  const chosen = only === undefined ? CASES : CASES.filter(({ kind, name }) => `${kind}: ${name}`.includes(only));
  if (chosen.length === 0) throw new UsageError(`--only: no case's kind or name has ${JSON.stringify(only)}`);
  const world = await startWorld(CASES, Math.min(chosen.length, Number(values.lanes)));
  const started = performance.now();
  let rows: readonly FaultRow[];
  try {
    rows = await runAll(chosen, world.lanes, only !== undefined);
  } finally {
    await world.stop();
  }
  const seconds = Math.round((performance.now() - started) / 1000);
  if (interruption().aborted) return say(`ended early after ${rows.length} of ${chosen.length} cases, in ${seconds} s`);
  const wrong = rows.flatMap(({ fault, broken: all }) => (fault.gap === undefined ? all : []));
  for (const { fault } of rows.filter((one) => one.fault.gap !== undefined && one.broken.length === 0))
    console.log(`CLOSED  ${fault.kind}: ${fault.name}: keeps every promise, so take its gap away`);
  console.log(`${rows.length} cases in ${seconds} s, ${wrong.length} broken invariants`);
  if (wrong.length > 0) process.exitCode = 1;
  if (!values.check && only === undefined) writeFileSync(join(ROOT, "docs/reliability.md"), faultsPage(rows));
}

/** Each lane takes the next case that none has taken. Rows in the cases' order; after Ctrl-C, which ends the servers too, those that were done before. */
async function runAll(
  cases: readonly FaultCase[],
  lanes: readonly Lane[],
  verbose: boolean,
): Promise<readonly FaultRow[]> {
  const rows: FaultRow[] = [];
  const progress = progressOf("faults", "cases");
  let next = 0;
  let done = 0;
  await Promise.all(
    lanes.map(async (lane) => {
      for (;;) {
        const at = next++;
        const fault = cases[at];
        if (fault === undefined || interruption().aborted) return;
        const judged = await row(fault, lane, verbose);
        if (judged === null) return;
        rows[at] = judged;
        await progress.watch(++done, cases.length);
      }
    }),
  ).finally(() => progress.end());
  // without the holes that Ctrl-C left
  return rows.filter(() => true);
}

/** null: Ctrl-C came before the end, and says nothing of the case. */
async function row(fault: FaultCase, lane: Lane, verbose: boolean): Promise<FaultRow | null> {
  const seen = await runCase(fault, lane).catch((error: unknown) => {
    if (interruption().aborted) return null;
    throw error;
  });
  if (seen === null || interruption().aborted) return null;
  const wrong = broken(fault, seen, lane.secrets);
  const mark = fault.gap === undefined ? "BROKEN" : "KNOWN ";
  for (const [promise, what] of wrong) say(`${mark}  ${fault.kind}: ${fault.name}: ${promise} ${what}`, console.error);
  if (verbose) {
    say(`${fault.kind}: ${fault.name}: ${outcomeText(fault, seen)}`);
    say(
      `${seen.ended.stdout}${seen.ended.stderr}${seen.calls.map(({ text, status }) => `${status} ${text.slice(0, 160)}\n`).join("")}`,
    );
  }
  return { fault, seen, broken: wrong };
}
