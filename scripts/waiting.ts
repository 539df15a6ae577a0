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

/** Ctrl-C came, and what is done so far is of no use. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
  constructor(message = "ended early: nothing was written") {
    super(message);
  }
}

let shown: Progress | undefined;

/** Progress on this process' stderr. A terminal that was told no size gets lines, as a file does. */
export function progressOf(name: string, unit: string): Progress {
  const { stderr } = process;
  shown = showProgress(name, unit, {
    write: (text) => void stderr.write(text),
    columns: stderr.isTTY && process.env.TERM !== "dumb" ? stderr.columns || null : null,
    tick: () => performance.now(),
    pause: () => setImmediate(),
    signal: interruption(),
  });
  return shown;
}

/** Prints a line, on stdout or where `print` does; a bar that stands there is taken away first, and comes back with the next step. */
export function say(line: string, print: (line: string) => void = console.log): void {
  shown?.end();
  print(line);
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
