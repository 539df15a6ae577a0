/** Shows the progress of benches and recordings on stderr; Ctrl-C ends them with the results so far. */
import { setImmediate } from "node:timers/promises";
import { type Progress, showProgress } from "../job/report/progress.ts";

let stop: AbortController | undefined;

/** A signal that the first Ctrl-C aborts; the whole process has one. A second Ctrl-C ends the process at once. */
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

/** Thrown where Ctrl-C came and the results so far are of no use. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
  constructor(message = "ended early: nothing was written") {
    super(message);
  }
}

let shown: Progress | undefined;

/** A progress display on stderr: `name` and a count in `unit`. Where stderr is no terminal of known size it prints lines. */
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

/** Prints a line to stdout, or by `print`. A progress bar on the terminal goes away first, and comes back with the next step. */
export function say(line: string, print: (line: string) => void = console.log): void {
  shown?.end();
  print(line);
}

/**
 * Does `work` for one item after the other, with progress on stderr. Returns the results of the items that were done before Ctrl-C, in
 * order.
 */
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
