/** Runs the simulated HPA over golden histories and counts the syncs in which it differs from the real controller. */
import { open } from "node:fs/promises";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { EMPTY_MEMORY } from "../../../job/replay/hpa/defaults.ts";
import { hpaSync } from "../../../job/replay/hpa/sync.ts";
import type { HpaMemory } from "../../../job/replay/hpa/types.ts";
import { changedSpec, type GoldenHistory, type GoldenStep, specOf, syncOf } from "./format.ts";

/** A sync in which the simulation differs. */
export interface Difference {
  readonly seed: number | undefined;
  readonly t: number;
  readonly before: number;
  readonly expected: string;
  readonly actual: string;
}

/** The outcome over a file. */
export interface Comparison {
  readonly histories: number;
  readonly syncs: number;
  readonly differences: readonly Difference[];
}

/** Compares every sync of a .jsonl file, gzipped or not. Throws when the file is missing, unreadable or has no sync. */
export async function compareFile(path: string): Promise<Comparison> {
  let histories = 0;
  let syncs = 0;
  const differences: Difference[] = [];
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
export function compareHistory(history: GoldenHistory): Difference[] {
  const differences: Difference[] = [];
  let spec = specOf(history);
  let memory: HpaMemory = EMPTY_MEMORY;
  for (const step of history.steps) {
    spec = changedSpec(spec, step);
    const decision = hpaSync(spec, memory, syncOf(step));
    memory = decision.memory;
    const expected = show(step.after, step.conditions);
    const actual = show(decision.replicas, step.conditions && pickKeys({ ...memory.conditions }, step.conditions));
    if (actual !== expected) differences.push(difference(history, step, expected, actual));
  }
  return differences;
}

function difference(history: GoldenHistory, step: GoldenStep, expected: string, actual: string): Difference {
  return { seed: history.seed, t: step.t, before: step.before, expected, actual };
}

function pickKeys(all: Readonly<Record<string, string>>, like: Readonly<Record<string, string>>) {
  return Object.fromEntries(Object.keys(like).map((key) => [key, all[key] ?? "none"]));
}

function show(replicas: number, conditions: Readonly<Record<string, string>> | undefined): string {
  const reasons = Object.entries(conditions ?? {}).map(([type, reason]) => `${type}=${reason}`);
  return [String(replicas), ...reasons.sort()].join(" ");
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
