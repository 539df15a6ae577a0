/** Where a run's decisions are computed: in worker threads where many targets and a second processor make that worth their memory. */
import { availableParallelism } from "node:os";
import type { TickThreads } from "../run/tick-threads.ts";
import type { RunOptions } from "../run.ts";

/** Threads cost 30 to 50 MB and 100 ms of CPU, which a run over fewer targets does not get back. */
const MIN_THREADED_TARGETS = 1001;
/**
 * Of 88 s of CPU for 10,000 targets the thread that reads and writes took 20. So two processors have two of these beside it: with one of them a
 * run would take its 60 s, and the other processor would wait.
 */
const MAX_THREADS = 2;

/** Threads for a run over so many targets, where so many processors can be used: with a single one they would only cost. */
export function threadsFor(targets: number, processors: number): number {
  return targets < MIN_THREADED_TARGETS || processors < 2 ? 0 : MAX_THREADS;
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
