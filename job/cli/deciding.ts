/** Where a run's decisions are computed: in worker threads where many targets and a second processor make that worth their memory. */
import { availableParallelism } from "node:os";
import type { TickThreads } from "../run/tick-threads.ts";
import type { RunOptions } from "../run.ts";

/** Threads cost 30 to 50 MB and 100 ms of CPU, which a run over fewer targets does not get back. */
const MIN_THREADED_TARGETS = 1001;
/** The thread that reads and writes has as much to do as two of these. */
const MAX_THREADS = 2;

/** Threads for a run over so many targets, where so many processors can be used: one of these is for reading and writing. */
export function threadsFor(targets: number, processors: number): number {
  return targets < MIN_THREADED_TARGETS ? 0 : Math.min(MAX_THREADS, processors - 1);
}

/** The threads of a command, which are started once and kept for all of its runs. */
export function decidingThreads(
  log: (level: "warn", message: string) => void,
  processors = availableParallelism(),
): Required<Pick<RunOptions, "ticksFor">> & { close(): Promise<void> } {
  let threads: Promise<TickThreads> | undefined;
  return {
    ticksFor: async (targets, here) => {
      const count = threadsFor(targets, processors);
      if (count === 0) return undefined;
      threads ??= import("../run/tick-threads.ts").then(({ tickThreads }) => tickThreads(count, { log }));
      return (await threads).ticks(here);
    },
    close: async () => (await threads)?.close(),
  };
}
