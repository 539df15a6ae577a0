/** Mutation testing: small breaks in the rooms that decide, and whether a unit test notices; writes docs/mutation.md. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { copyOfTests } from "../scripts/mutants.ts";
import { type Mutation, mutated, mutationsOf } from "./mutation/mutants.ts";
import { page, type Result } from "./mutation/page.ts";
import { type Room, rooms, testsOf } from "./mutation/rooms.ts";
import type { Answer, Question } from "./mutation/worker.ts";

const ROOT = join(import.meta.dirname, "..");
/** The sample is the same at every run over the same sources. */
const SEED = 20_261_127;
/** A mutant that goes on for longer never ends: a test noticed. */
const PATIENCE_MS = 120_000;

/** `--each N`: mutants a room (60). `--room NAME`: that room alone; the page is not written. `--list`: the sample alone. */
export async function main(args: readonly string[]): Promise<void> {
  const options = {
    each: { type: "string", default: "60" },
    room: { type: "string" },
    list: { type: "boolean" },
  } as const;
  const { values } = parseArgs({ args: [...args], options });
  const chosen = rooms().filter(({ name }) => values.room === undefined || name === values.room);
  const samples = chosen.map((room) => ({ room, sample: sampleOf(room, Number(values.each)) }));
  if (values.list === true) {
    for (const { room, sample } of samples) for (const one of sample) console.log(`${room.name} ${lineOf(one)}`);
    return;
  }
  const folder = copyOfTests();
  const results: Result[] = [];
  try {
    const tester = await startTester(folder);
    for (const { room, sample } of samples) results.push(await judge(room, sample, tester));
    tester.stop();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  for (const { room, total, survivors } of results)
    console.log(`${room}: ${total - survivors.length} of ${total} killed`);
  if (values.room === undefined) writeFileSync(join(ROOT, "docs/mutation.md"), page(results));
}

interface Candidate extends Mutation {
  readonly file: string;
}

/** So many of a room's mutants, none twice. The same sources give the same sample. */
function sampleOf({ sources }: Room, each: number): readonly Candidate[] {
  const all = sources.flatMap((file) => mutationsOf(readFileSync(file, "utf8")).map((one) => ({ ...one, file })));
  const random = uniform(SEED);
  const keyed = all.map((one) => ({ one, key: random() })).sort((a, b) => a.key - b.key);
  return keyed.slice(0, each).map(({ one }) => one);
}

/** mulberry32: numbers from 0 to 1. */
function uniform(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** The mutant's place and what it changes, on one line. */
function lineOf({ file, start, end, text, kind }: Candidate): string {
  const source = readFileSync(file, "utf8");
  const line = source.slice(0, start).split("\n").length;
  const old = source.slice(start, end).replace(/\s+/g, " ").slice(0, 60);
  return `${file}:${line} \`${old}\` -> \`${text.replace(/\s+/g, " ").slice(0, 60)}\` (${kind})`;
}

async function judge(room: Room, sample: readonly Candidate[], tester: Tester): Promise<Result> {
  const survivors: string[] = [];
  for (const one of sample) {
    const original = readFileSync(one.file, "utf8");
    const text = mutated(original, one);
    const killed = await tester.fails({ file: one.file, text, original, tests: testsOf(room, one.file) });
    if (!killed) survivors.push(lineOf(one));
    console.log(`${killed ? "killed" : "LIVES "}  ${lineOf(one)}`);
  }
  return { room: room.name, total: sample.length, survivors };
}

interface Tester {
  /** Whether a test fails, or never ends, with this text. */
  fails(question: Omit<Question, "folder">): Promise<boolean>;
  stop(): void;
}

/** A worker that is started anew where a mutant has it run for ever. */
async function startTester(folder: string): Promise<Tester> {
  let worker = await startWorker(folder);
  return {
    fails: async (question) => {
      worker.send({ folder, ...question });
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<"late">((resolve) => {
        timer = setTimeout(() => resolve("late"), PATIENCE_MS);
      });
      const answer = await Promise.race([
        once(worker, "message"),
        once(worker, "exit").then(() => "late" as const),
        late,
      ]);
      clearTimeout(timer);
      if (answer !== "late") return (answer[0] as Answer).failed !== null;
      worker.kill("SIGKILL");
      writeFileSync(join(folder, question.file), question.original);
      worker = await startWorker(folder);
      return true;
    },
    stop: () => void worker.kill(),
  };
}

async function startWorker(folder: string): Promise<ChildProcess> {
  const worker = fork(join(import.meta.dirname, "mutation/worker.ts"), [folder], { cwd: folder });
  await once(worker, "message");
  return worker;
}
