/** Plays stretches in worker threads, some at a time; what cannot be handed to a thread is played here. */
import { setTimeout } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { inParallel } from "../in-parallel.ts";
import { type PlayStretches, stepsOf } from "./advise.ts";
import type { Stretch, StretchSums } from "./trials.ts";
import type { Watch } from "./types.ts";

/** What a worker thread is given: the stretch, and two numbers shared with it: how many steps are done, and 1 where it shall end. */
export interface TrialTask {
  readonly stretch: Stretch;
  readonly shared: Int32Array;
}

/** Their indices. */
export const DONE = 0;
export const END = 1;

/** What a worker thread answers, once. */
export type Reply = { readonly played: StretchSums } | { readonly problem: string };

/** How often the progress is looked at. */
const CHECK_INTERVAL_MS = 100;

/** In the sources and in the bundle, whose chunks lie one folder below its entries. */
const ENTRY = import.meta.url.endsWith(".ts") ? "./trial-worker.ts" : "../trial-worker.js";

/** Plays at most `threads` stretches at a time. Rejects with the first error of any. `otherwise` plays what no thread can be given, which are the functions of a public calendar. */
export function inThreads(threads: number, otherwise: PlayStretches): PlayStretches {
  return async (stretches, watch) => {
    if (Math.min(threads, stretches.length) < 2 || !stretches.every(isData)) return otherwise(stretches, watch);
    const errands = stretches.map((stretch): TrialTask => {
      return { stretch, shared: new Int32Array(new SharedArrayBuffer(8)) };
    });
    const work = { over: false };
    const looking = watchProgress(errands, watch, work);
    const workers = Array.from(
      { length: Math.min(threads, errands.length) },
      () => new Worker(new URL(ENTRY, import.meta.url)),
    );
    const idle = [...workers];
    try {
      // as many at a time as there are workers
      return await inParallel(errands, (errand) => lend(idle, (worker) => sent(worker, errand)), workers.length);
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

/** What the worker makes of it. */
function sent(worker: Worker, errand: TrialTask): Promise<StretchSums> {
  return new Promise((done, fail) => {
    worker.removeAllListeners();
    worker.once("message", (reply: Reply) => {
      if ("played" in reply) done(reply.played);
      else fail(new Error(reply.problem));
    });
    worker.once("error", fail);
    worker.once("exit", (code) => fail(new Error(`a worker thread ended with code ${code} before it had answered`)));
    worker.postMessage(errand);
  });
}

/** Tells of the progress, and the threads to end where the watch says so. */
async function watchProgress(
  errands: readonly TrialTask[],
  watch: Watch,
  work: { readonly over: boolean },
): Promise<void> {
  const total = errands.reduce((sum, { stretch }) => sum + stepsOf(stretch), 0);
  while (!work.over) {
    await setTimeout(CHECK_INTERVAL_MS);
    const done = errands.reduce((sum, { shared }) => sum + Atomics.load(shared, DONE), 0);
    if (await watch(done, total)) continue;
    for (const { shared } of errands) Atomics.store(shared, END, 1);
    return;
  }
}
