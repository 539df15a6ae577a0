/** Runs the simulated HPA over golden histories and counts the syncs in which it differs from the real controller. */
import { open } from "node:fs/promises";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { EMPTY_MEMORY } from "../../../job/replay/hpa/defaults.ts";
import { hpaSync } from "../../../job/replay/hpa/sync.ts";
import type { HpaDecision, HpaMemory } from "../../../job/replay/hpa/types.ts";
import { changedSpec, type GoldenHistory, type GoldenStep, hpaSettingsOf, specOf, syncOf } from "./format.ts";

/** A sync in which the simulation differs. */
export interface OracleDifference {
  readonly seed: number | undefined;
  readonly t: number;
  readonly before: number;
  readonly expected: string;
  readonly actual: string;
}

/** The outcome over a file. */
export interface OracleComparison {
  readonly histories: number;
  readonly syncs: number;
  readonly differences: readonly OracleDifference[];
}

/** Compares every sync of a .jsonl file, gzipped or not. Throws when the file is missing, unreadable or has no sync. */
export async function compareFile(path: string): Promise<OracleComparison> {
  let histories = 0;
  let syncs = 0;
  const differences: OracleDifference[] = [];
  for await (const line of linesOf(path)) {
    if (line.trim() === "") continue;
    const history = JSON.parse(line) as GoldenHistory;
    histories += 1;
    syncs += history.steps.length;
    differences.push(...compareHistory(history));
  }
  if (syncs === 0) throw new Error(`${path}: no sync in it`);
  return { histories, syncs, differences };
}

/** Each sync starts from the golden's own replicas and pods; only the memory is carried on. */
export function compareHistory(history: GoldenHistory): OracleDifference[] {
  const differences: OracleDifference[] = [];
  const settings = hpaSettingsOf(history);
  let spec = specOf(history);
  let memory: HpaMemory = EMPTY_MEMORY;
  for (const step of history.steps) {
    spec = changedSpec(spec, step);
    const decision = hpaSync(spec, memory, syncOf(step), settings);
    memory = decision.memory;
    const says = { conditions: step.conditions !== undefined, metrics: history.metrics !== undefined };
    const expected = show(step, says);
    const actual = show(outcomeOf(decision), says);
    if (actual !== expected) differences.push(difference(history, step, expected, actual));
  }
  return differences;
}

type Outcome = Pick<GoldenStep, "after" | "conditions" | "metric" | "invalid">;

/** A decision as a golden says it. */
function outcomeOf({ replicas, metric, proposals = [], memory }: HpaDecision): Outcome {
  const invalid = proposals.flatMap((proposal) => ("invalid" in proposal ? [proposal.name] : []));
  const conditions = { ...memory.conditions };
  return { after: replicas, conditions, invalid, ...(metric === undefined ? {} : { metric }) };
}

function difference(history: GoldenHistory, step: GoldenStep, expected: string, actual: string): OracleDifference {
  return { seed: history.seed, t: step.t, before: step.before, expected, actual };
}

/** An outcome in words: as much of it as the golden says. */
function show(outcome: Outcome, says: { readonly conditions: boolean; readonly metrics: boolean }): string {
  const reasons = Object.entries(outcome.conditions ?? {}).map(([type, reason]) => `${type}=${reason}`);
  return [
    String(outcome.after),
    ...(says.conditions ? reasons.sort() : []),
    ...(says.metrics ? [`metric=${outcome.metric ?? "none"}`, `invalid=${outcome.invalid ?? ""}`] : []),
  ].join(" ");
}

async function* linesOf(path: string): AsyncGenerator<string> {
  const file = await open(path);
  try {
    const magic = Buffer.alloc(2);
    await file.read(magic, 0, 2, 0);
    const bytes = file.createReadStream({ start: 0, autoClose: false });
    const zipped = magic[0] === 0x1f && magic[1] === 0x8b;
    yield* createInterface({ input: zipped ? unzip(bytes) : bytes, crlfDelay: Number.POSITIVE_INFINITY });
  } finally {
    await file.close();
  }
}

/** Unzips; an error of the source ends the result too, else the reader would wait for ever. */
function unzip(bytes: Readable): Readable {
  const gunzip = createGunzip();
  bytes.on("error", (error) => gunzip.destroy(error));
  return bytes.pipe(gunzip);
}
