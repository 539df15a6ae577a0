/** Replays stretches in worker threads, some at a time. What cannot be sent to a thread is replayed here. */
import { setTimeout } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { inParallel } from "../in-parallel.ts";
import { type PlayStretches, stepsOf } from "./advise.ts";
import type { Stretch, StretchSums } from "./trials.ts";
import type { Watch } from "./types.ts";

/** The input of a worker thread: the stretch, and two shared numbers. They are the steps done, and 1 when the thread must end. */
export interface TrialTask {
  readonly stretch: Stretch;
  readonly shared: Int32Array;
}

/** Index of the number of steps done. */
export const DONE = 0;
/** Index of the flag that ends the thread. */
export const END = 1;

/** The one answer of a worker thread. */
export type WorkerReply = { readonly played: StretchSums } | { readonly problem: string };

/** How often the progress is checked. */
const CHECK_INTERVAL_MS = 100;

/** The worker's file, in the sources and in the bundle, where this is one folder below the entries. */
const ENTRY = import.meta.url.endsWith(".ts") ? "./trial-worker.ts" : "../trial-worker.js";

/**
 * Replays at most `threads` stretches at a time, and rejects with the first error of any. `otherwise` replays what cannot be sent to a thread:
 * the functions of a public calendar.
 */
export function inThreads(threads: number, otherwise: PlayStretches): PlayStretches {
  return async (stretches, watch) => {
    if (Math.min(threads, stretches.length) < 2 || !stretches.every(isData)) return otherwise(stretches, watch);
    const tasks = stretches.map((stretch): TrialTask => {
      return { stretch, shared: new Int32Array(new SharedArrayBuffer(8)) };
    });
    const work = { over: false };
    const looking = watchProgress(tasks, watch, work);
    const workers = Array.from(
      { length: Math.min(threads, tasks.length) },
      () => new Worker(new URL(ENTRY, import.meta.url)),
    );
    const idle = [...workers];
    try {
      // as many at a time as there are workers
      return await inParallel(tasks, (task) => lend(idle, (worker) => sent(worker, task)), workers.length);
    } finally {
      work.over = true;
      await Promise.all(workers.map((worker) => worker.terminate()));
      await looking;
    }
  };
}

function isData({ trials }: Stretch): boolean {
  try {
    structuredClone(trials);
    return true;
  } catch {
    return false;
  }
}

async function lend<T, R>(idle: T[], use: (one: T) => Promise<R>): Promise<R> {
  const one = idle.pop()!;
  try {
    return await use(one);
  } finally {
    idle.push(one);
  }
}

/** The worker's result. */
function sent(worker: Worker, task: TrialTask): Promise<StretchSums> {
  return new Promise((done, fail) => {
    worker.removeAllListeners();
    worker.once("message", (reply: WorkerReply) => {
      if ("played" in reply) done(reply.played);
      else fail(new Error(reply.problem));
    });
    worker.once("error", fail);
    worker.once("exit", (code) => fail(new Error(`a worker thread ended with code ${code} before it had answered`)));
    worker.postMessage(task);
  });
}

/** Reports the progress, and ends the threads where the watch says so. */
async function watchProgress(
  tasks: readonly TrialTask[],
  watch: Watch,
  work: { readonly over: boolean },
): Promise<void> {
  const total = tasks.reduce((sum, { stretch }) => sum + stepsOf(stretch), 0);
  while (!work.over) {
    await setTimeout(CHECK_INTERVAL_MS);
    const done = tasks.reduce((sum, { shared }) => sum + Atomics.load(shared, DONE), 0);
    if (await watch(done, total)) continue;
    for (const { shared } of tasks) Atomics.store(shared, END, 1);
    return;
  }
}
