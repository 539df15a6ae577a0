/** Sends the metrics of a run. Changes nothing that was done, nor how the run ends. */
import { asError } from "../core/result.ts";
import type { MetricsSink, Ports } from "../ports.ts";
import type { Reported } from "../report/reporter.ts";
import type { RunResult } from "../run.ts";

/** Sends them within what is left of the run's time. Never rejects: what could not be sent is a warning. */
export async function pushMetrics(
  { reporter, state }: Pick<Ports, "reporter" | "state">,
  sink: MetricsSink,
  reported: readonly Reported[],
  { now, exitCode, timings, over }: RunResult,
): Promise<void> {
  try {
    const { metricsOfRun } = await import("../report/metrics.ts");
    const size = state.size?.() ?? null;
    await sink.push(metricsOfRun({ now, exitCode, timings, reported, state: size }), now, over);
  } catch (error) {
    reporter.log("warn", `${asError(error).message}; what was done is unchanged`);
  }
}
