/** Runs long work of a command with a progress display; Ctrl-C ends it early. */
import type { Watch } from "../replay/types.ts";
import { showProgress } from "../report/progress.ts";
import type { Io } from "./io.ts";

/** Runs `work`, which reports each step to `watch`, and shows the progress on stderr. Rejects if the work rejects. */
export async function withProgress<T>(
  io: Io,
  name: string,
  unit: string,
  work: (watch: Watch) => Promise<T>,
): Promise<T> {
  const progress = showProgress(name, unit, {
    write: io.drawErr,
    columns: io.errColumns,
    tick: () => performance.now(),
    pause: () => new Promise((done) => setImmediate(done)),
    signal: io.interruption(),
  });
  try {
    return await work(progress.watch);
  } finally {
    progress.end();
  }
}
