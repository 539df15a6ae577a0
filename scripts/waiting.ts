/** Shows the progress of benches and recordings on stderr; Ctrl-C ends them with the results so far. */
import { setImmediate } from "node:timers/promises";
import { type Progress, showProgress } from "../job/report/progress.ts";

let stop: AbortController | undefined;

/** A signal that the first Ctrl-C aborts, the same for the whole process; a second Ctrl-C ends it at once. */
export function interruption(): AbortSignal {
  if (stop === undefined) {
    const made = new AbortController();
    process.once("SIGINT", () => {
      made.abort();
      process.exitCode = 130;
    });
    stop = made;
  }
  return stop.signal;
}

/** Progress on this process' stderr. */
export function progressOf(name: string, unit: string): Progress {
  const { stderr } = process;
  return showProgress(name, unit, {
    write: (text) => void stderr.write(text),
    columns: stderr.isTTY && process.env.TERM !== "dumb" ? stderr.columns : null,
    tick: () => performance.now(),
    pause: () => setImmediate(),
    signal: interruption(),
  });
}

/** `work` on each item, one after the other, under a display; the results of those that were done before Ctrl-C. */
export async function each<T, R>(
  name: string,
  unit: string,
  items: readonly T[],
  work: (item: T, index: number) => R | Promise<R>,
): Promise<R[]> {
  const progress = progressOf(name, unit);
  const results: R[] = [];
  try {
    for (const item of items) {
      if (interruption().aborted) break;
      results.push(await work(item, results.length));
      await progress.watch(results.length, items.length);
    }
  } finally {
    progress.end();
  }
  return results;
}
