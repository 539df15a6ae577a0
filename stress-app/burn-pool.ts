/** A small fixed pool of CPU-burning worker threads behind a bounded queue. */
import { Worker } from "node:worker_threads";

/** The queue already holds as many burns as it may: the caller answers 503. */
export class QueueFullError extends Error {
  override readonly name = "QueueFullError";
  readonly limit: number;
  constructor(limit: number) {
    super(`all workers busy and ${limit} burns waiting already`);
    this.limit = limit;
  }
}

/** A burn that was taken back (client gone) or that the end of the pool cut off. */
export class BurnAbortedError extends Error {
  override readonly name = "BurnAbortedError";
}

interface Job {
  readonly seconds: number;
  readonly resolve: (missing: number) => void;
  readonly reject: (error: Error) => void;
}

/** What the routes and the metrics see of the pool. */
export interface BurnPool {
  /**
   * Burns `seconds` of CPU once a worker is free; resolves to the CPU seconds that the machine did not give within wallLimit(seconds),
   * 0 as a rule. Rejects with QueueFullError or BurnAbortedError.
   */
  run(seconds: number, signal?: AbortSignal): Promise<number>;
  /** Burns waiting for a worker. */
  queued(): number;
  /** Burns running now. */
  running(): number;
  /** Resolves when nothing runs or waits, with true; with false once `seconds` have passed. */
  idle(seconds: number): Promise<boolean>;
  /** Ends the threads; what still runs or waits is rejected. */
  close(): Promise<void>;
}

/** The worker lies beside this file, under the extension this file has: .ts from a checkout, .js in the bundle. */
const WORKER = new URL(import.meta.url.endsWith(".ts") ? "./burn-worker.ts" : "./burn-worker.js", import.meta.url);

/** Starts a pool of `workers` threads. At most `queueLimit` burns wait for one; further ones are refused with QueueFullError. */
export function createBurnPool(workers: number, queueLimit: number): BurnPool {
  const waiting: Job[] = [];
  const busy = new Map<Worker, Job>();
  const free: Worker[] = [];
  const idleListeners = new Set<() => void>();
  let closed = false;

  function next(worker: Worker): void {
    const job = waiting.shift();
    if (job) {
      busy.set(worker, job);
      worker.postMessage(job.seconds);
      return;
    }
    free.push(worker);
    if (busy.size === 0) for (const listener of idleListeners) listener();
  }

  // No "error" listener: a thread that dies ends the process, and its supervisor starts a whole one again.
  const threads = Array.from({ length: workers }, () => {
    const worker = new Worker(WORKER);
    worker.on("message", (missing: number) => {
      busy.get(worker)?.resolve(missing);
      busy.delete(worker);
      next(worker);
    });
    free.push(worker);
    return worker;
  });

  function enqueue(seconds: number, signal: AbortSignal | undefined): Promise<number> {
    return new Promise((resolve, reject) => {
      const job: Job = { seconds, resolve, reject };
      const worker = free.pop();
      if (worker) {
        busy.set(worker, job);
        worker.postMessage(seconds);
        return;
      }
      waiting.push(job);
      signal?.addEventListener("abort", () => {
        const at = waiting.indexOf(job);
        if (at < 0) return;
        waiting.splice(at, 1);
        reject(new BurnAbortedError("the client left before a worker was free"));
      });
    });
  }

  return {
    run(seconds, signal) {
      if (closed) return Promise.reject(new BurnAbortedError("the pool is closed"));
      if (free.length === 0 && waiting.length >= queueLimit) return Promise.reject(new QueueFullError(queueLimit));
      return enqueue(seconds, signal);
    },
    queued: () => waiting.length,
    running: () => busy.size,
    idle(seconds) {
      if (busy.size === 0 && waiting.length === 0) return Promise.resolve(true);
      return new Promise((resolve) => {
        const finish = (done: boolean): void => {
          clearTimeout(timer);
          idleListeners.delete(listener);
          resolve(done);
        };
        const listener = (): void => finish(true);
        const timer = setTimeout(() => finish(false), seconds * 1000);
        idleListeners.add(listener);
      });
    },
    async close() {
      closed = true;
      const cut = new BurnAbortedError("the server is going down");
      for (const job of [...waiting.splice(0), ...busy.values()]) job.reject(cut);
      busy.clear();
      await Promise.all(threads.map((worker) => worker.terminate()));
    },
  };
}
