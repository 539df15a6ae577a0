/** Reads the replicas that a target had over a history, as the metric source recorded them. */
import { sourceOf } from "../adapters/sources.ts";
import type { Settings } from "../config/types.ts";
import type { Samples } from "../core/series/types.ts";
import type { TargetConfig } from "../core/target.ts";
import type { Seconds } from "../core/units.ts";
import type { RecordedReplicas } from "../replay/trials.ts";
import type { Io } from "./io.ts";

/** kube-state-metrics is scraped every 30 to 60 s. */
const STEP: Seconds = 60;

/** The replicas that were set over the time of the samples; null where nothing recorded them. A failure is reported. */
export async function recordedReplicas(
  settings: Settings,
  target: TargetConfig,
  { times }: Samples,
  io: Io,
): Promise<RecordedReplicas | null> {
  const wanted = { settings, historyFile: null };
  const log = (_level: string, message: string) => io.err(`${message}\n`);
  const opened = await sourceOf(wanted)?.open(wanted, { log, redactor: io.redactor, env: io.env });
  const [start, end] = [times[0]!, times.at(-1)!];
  const points = 1 + Math.floor((end - start) / STEP);
  try {
    const found = await opened?.scales?.read(target, { start, step: STEP, points });
    const known = (found?.scales ?? []).flatMap((one, i) =>
      one === null ? [] : [{ t: start + i * STEP, pods: one.pods ?? one.set }],
    );
    if (known.length === 0) return null;
    return { times: Float64Array.from(known, ({ t }) => t), values: Float64Array.from(known, ({ pods }) => pods) };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    io.err(`the recorded replicas could not be read, so what really ran is left out: ${why}\n`);
    return null;
  } finally {
    opened?.close();
  }
}
