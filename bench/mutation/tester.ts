/** Asks a worker whether tests fail with a mutant; running far longer than the tests take counts as a failure. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestsAnswer, type TestsQuestion, testsKeyOf } from "./question.ts";

/** A mutant may take so many times as long as the tests take without it, */
const LIMIT_FACTOR = 4;
/** and so long in any case. */
const MIN_LIMIT_MS = 5000;

/** Runs tests in a worker process that stays. */
export interface Tester {
  /** The first test file that fails, or "time" where they never end; null: all pass. */
  killer(question: TestsQuestion): Promise<string | null>;
  stop(): void;
}

/** Starts a tester in a copy of the project. Throws where tests fail without a mutant. */
export async function startTester(folder: string): Promise<Tester> {
  let worker = await startWorker(folder);
  /** Milliseconds that the tests of a question take without the mutant, by its key. */
  const base = new Map<string, number>();

  const measure = async (question: TestsQuestion): Promise<number> => {
    const start = performance.now();
    const answer = await ask(worker, { ...question, text: question.original }, 600_000);
    if (answer?.failed !== null) throw new Error(`without a mutant fails: ${answer?.failed ?? "time"}`);
    const taken = performance.now() - start;
    base.set(testsKeyOf(question), taken);
    return taken;
  };
  const limitOf = (milliseconds: number) => Math.max(MIN_LIMIT_MS, LIMIT_FACTOR * milliseconds);

  return {
    killer: async (question) => {
      let limit = limitOf(base.get(testsKeyOf(question)) ?? (await measure(question)));
      for (;;) {
        const answer = await ask(worker, question, limit);
        if (answer !== null) return answer.failed;
        worker.kill("SIGKILL");
        writeFileSync(join(folder, question.file), question.original);
        worker = await startWorker(folder);
        // the machine may be busier than when it was measured
        await measure(question);
        const now = limitOf(await measure(question));
        if (now <= 1.5 * limit) return "time";
        limit = now;
      }
    },
    stop: () => void worker.kill(),
  };
}

/** null: it did not answer in time, or died. */
async function ask(worker: ChildProcess, question: TestsQuestion, limit: number): Promise<TestsAnswer | null> {
  const ended = new AbortController();
  const { signal } = ended;
  const late = new Promise<null>((resolve) => {
    const timer = setTimeout(() => resolve(null), limit);
    signal.addEventListener("abort", () => clearTimeout(timer));
  });
  const message = once(worker, "message", { signal }).then(([answer]) => answer as TestsAnswer);
  const death = once(worker, "exit", { signal }).then(() => null);
  for (const waiting of [message, death]) waiting.catch(() => {});
  worker.send(question);
  try {
    return await Promise.race([message, death, late]);
  } finally {
    ended.abort();
  }
}

async function startWorker(folder: string): Promise<ChildProcess> {
  const worker = fork(join(import.meta.dirname, "worker.ts"), [folder], { cwd: folder });
  await once(worker, "message");
  return worker;
}
