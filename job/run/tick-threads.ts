/** Ticks made in worker threads, so that a second processor decides while this thread reads and writes; what no thread can do is done here. */
import { Worker } from "node:worker_threads";
import type { TickInput } from "../core/policy/observe.ts";
import { asError } from "../core/result.ts";
import type { TickOutput } from "../core/tick.ts";
import type { Ticks } from "./decide.ts";

/** What a thread answers for each input: the output, or the name and the message of an error. */
export type TickReply = readonly (TickOutput | { readonly failed: readonly [name: string, message: string] })[];

/** Inputs that a thread is given at a time: 50 answers are 1 MB, which this thread takes 5 ms to read. */
const BATCH = 50;

/** MiB of a thread's heap. One that takes more ends alone, as long as it grows step by step. */
const LIMITS = { maxOldGenerationSizeMb: 96, maxYoungGenerationSizeMb: 12 };

/** In the sources and in the bundle, where this is one folder below the entries. */
const ENTRY = import.meta.url.endsWith(".ts") ? "./tick-worker.ts" : "../tick-worker.js";

/** Who is missing, and who does its work. */
const [WITHOUT, HERE] = ["a thread for decisions", "its targets are decided in the main thread"];

/** Threads that make ticks. */
export interface TickThreads {
  /** With `here` for what no thread can do: all of it where none is left, and what cannot be handed to one, which are the functions of a public calendar. */
  ticks(here: Ticks): Ticks;
  /** Ends them. */
  close(): Promise<void>;
}

/** What threads need beside their number. */
interface TickThreadsOptions {
  readonly log: (level: "warn", message: string) => void;
  /** The program of a thread; default: ours. */
  readonly entry?: string | URL;
}

/** Starts so many threads. */
export function tickThreads(count: number, { log, entry }: TickThreadsOptions): TickThreads {
  const all = Array.from({ length: count }, () => {
    try {
      return new Worker(entry ?? new URL(ENTRY, import.meta.url), { resourceLimits: LIMITS });
    } catch (error) {
      // as where the container may have no more processes
      log("warn", `${WITHOUT} could not be started (${asError(error).message}); ${HERE}`);
      return null;
    }
  }).filter((worker) => worker !== null);
  const idle = new Set(all);
  const waiting: ((worker: Worker | null) => void)[] = [];
  let closing = false;
  const left = new Set(all);
  const lose = (worker: Worker, why: string) => {
    if (!left.delete(worker)) return;
    idle.delete(worker);
    if (!closing) log("warn", `${WITHOUT} ended (${why}); ${HERE}`);
    if (left.size === 0) for (const next of waiting.splice(0)) next(null);
  };
  for (const worker of all) {
    worker.on("error", (error) => lose(worker, asError(error).message));
    worker.on("exit", (code) => lose(worker, `code ${code}`));
  }
  /** The next thread that is free; null: none is left. */
  const borrow = async (): Promise<Worker | null> => {
    if (left.size === 0) return null;
    const [free] = idle;
    if (free === undefined) return new Promise((next) => waiting.push(next));
    idle.delete(free);
    return free;
  };
  const giveBack = (worker: Worker) => {
    if (!left.has(worker)) return;
    const next = waiting.shift();
    if (next === undefined) idle.add(worker);
    else next(worker);
  };
  const batch = async (inputs: readonly TickInput[], here: Ticks) => {
    const worker = await borrow();
    const reply = worker && (await sent(worker, inputs).finally(() => giveBack(worker)));
    return reply?.map(madeOf) ?? here(inputs);
  };
  return {
    ticks: (here) => async (inputs) => {
      const batches = Array.from({ length: Math.ceil(inputs.length / BATCH) }, (_, k) =>
        inputs.slice(k * BATCH, (k + 1) * BATCH),
      );
      // all of them wait in line at once: the batches of another slice, which came later, come later
      return (await Promise.all(batches.map((own) => batch(own, here)))).flat();
    },
    close: async () => {
      closing = true;
      await Promise.all(all.map((worker) => worker.terminate()));
    },
  };
}

/** What the thread answers; null: it ended, or cannot be handed these. */
function sent(worker: Worker, inputs: readonly TickInput[]): Promise<TickReply | null> {
  return new Promise((done) => {
    const finish = (reply: TickReply | null) => {
      worker.off("message", finish);
      worker.off("exit", end);
      done(reply);
    };
    const end = () => finish(null);
    worker.on("message", finish);
    worker.on("exit", end);
    try {
      worker.postMessage(inputs);
    } catch {
      finish(null);
    }
  });
}

function madeOf(one: TickReply[number]): TickOutput | Error {
  if (!("failed" in one)) return one;
  const [name, message] = one.failed;
  return Object.assign(new Error(message), { name });
}
