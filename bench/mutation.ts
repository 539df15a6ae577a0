/** Mutation testing: makes small changes in the deciding rooms and checks that a unit test fails; writes docs/mutation.md. */
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Progress } from "../job/report/progress.ts";
import { copyOfTests } from "../scripts/mutants.ts";
import { interruption, progressOf, say } from "../scripts/waiting.ts";
import { readFlags } from "./flags.ts";
import { mutationPage, type RoomResult } from "./mutation/page.ts";
import { type Room, rooms, testsOf } from "./mutation/rooms.ts";
import { type Candidate, sampleOf } from "./mutation/sample.ts";
import { startTester, type Tester } from "./mutation/tester.ts";

const ROOT = join(import.meta.dirname, "..");
/** The newest result of each room and sample, of which the page is made. */
const RESULTS = join(ROOT, "bench/mutation/results.json");

const flagsOf = (names: readonly string[]) =>
  ({
    each: { type: "string", default: "24", list: "numbers", single: true, about: "mutants a room" },
    room: { type: "string", list: names, single: true, about: "this room alone" },
    "looked-at": { type: "boolean", about: "the mutants of the list in place of new ones" },
    list: { type: "boolean", about: "prints their identities and runs nothing" },
    match: { type: "string", default: "", about: "only mutants whose identity has the text; writes nothing" },
  }) as const;

/** Runs the bench and writes docs/mutation.md. */
export async function main(args: readonly string[]): Promise<void> {
  const values = readFlags(args, flagsOf(rooms().map(({ name }) => name)));
  const chosen = rooms().filter(({ name }) => values.room === undefined || name === values.room);
  const choice =
    values["looked-at"] === true
      ? ({ kind: "looked at" } as const)
      : ({ kind: "fresh", each: Number(values.each) } as const);
  const samples = chosen.map((room) => {
    const sample = sampleOf(room, choice).filter(({ id }) => id.includes(values.match));
    return { room, sample };
  });
  if (values.list === true) {
    for (const { sample } of samples) for (const { id } of sample) console.log(id);
    return;
  }
  const folder = copyOfTests();
  const tester = await startTester(folder);
  const total = samples.reduce((sum, { sample }) => sum + sample.length, 0);
  const progress = progressOf("mutation", "mutants");
  let done = 0;
  const judged = () => progress.watch(++done, total);
  try {
    for (const { room, sample } of samples) {
      const survivors = await survivorsOf(room, sample, tester, judged);
      // rooms that were judged whole are written already
      if (interruption().aborted) return say(`ended early after ${done} of ${total} mutants`);
      say(`${room.name}: ${sample.length - survivors.length} of ${sample.length} killed`);
      if (values.match === "") write({ room: room.name, sample: choice.kind, total: sample.length, survivors });
    }
  } finally {
    progress.end();
    tester.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What lives of the sample, or of its part until Ctrl-C. */
async function survivorsOf(
  room: Room,
  sample: readonly Candidate[],
  tester: Tester,
  judged: () => ReturnType<Progress["watch"]>,
): Promise<RoomResult["survivors"]> {
  const survivors: Candidate[] = [];
  const killers = new Map<string, string[]>();
  for (const one of sample) {
    const { file, original, start, end, text } = one;
    const before = killers.get(file) ?? [];
    const tests = [...new Set([...before, ...testsOf(room, file)])];
    const broken = original.slice(0, start) + text + original.slice(end);
    const question = { file, text: broken, original, tests, related: true };
    const began = performance.now();
    const killer = await tester.killer(question);
    if (killer === null) survivors.push(one);
    else if (tests.includes(killer)) killers.set(file, [killer, ...before]);
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    if (interruption().aborted) break;
    say(`${killer === null ? "LIVES " : "killed"}  ${one.place} ${seconds} s ${killer ?? ""}`);
    await judged();
  }
  return survivors.map(({ id, place }) => ({ id, place }));
}

/** Puts a result in the place of its older one, and makes the page anew. */
function write(result: RoomResult): void {
  const all: readonly RoomResult[] = existsSync(RESULTS) ? JSON.parse(readFileSync(RESULTS, "utf8")) : [];
  const others = all.filter(({ room, sample }) => room !== result.room || sample !== result.sample);
  const order = rooms().map(({ name }) => name);
  const rank = ({ room, sample }: RoomResult) => 2 * order.indexOf(room) + Number(sample === "fresh");
  const results = [...others, result].sort((a, b) => rank(a) - rank(b));
  writeFileSync(RESULTS, `${JSON.stringify(results, null, 2)}\n`);
  writeFileSync(join(ROOT, "docs/mutation.md"), mutationPage(results));
}
