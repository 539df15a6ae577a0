/** Sends the metrics of a run. Changes nothing that was done, nor how the run ends. */
import { asError } from "../core/result.ts";
import type { Replicas } from "../core/units.ts";
import { yieldToOthers } from "../in-parallel.ts";
import type { MetricsSink, Ports } from "../ports.ts";
import type { Reported } from "../report/reporter.ts";
import type { RunResult } from "../run.ts";

type MetricsPorts = Pick<Ports, "reporter" | "state" | "clock">;

/**
 * Milliseconds a run for the HPAs beside its decisions. A target of ten pods takes 1 ms, one of 250 takes 7; without an
 * end a thousand of those would take the time in which the metrics are sent.
 */
const SHADOW_TIMEOUT_MS = 2000;

/** Sends the metrics within the remaining time of the run. Never rejects: a failure to send is a warning. */
export async function pushMetrics(
  ports: MetricsPorts,
  sink: MetricsSink,
  reported: readonly Reported[],
  { now, exitCode, timings, over }: RunResult,
): Promise<void> {
  const { reporter, state } = ports;
  try {
    const { metricsOfRun } = await import("../report/metrics.ts");
    const hpa = await shadowsOf(ports, reported);
    const size = state.size?.() ?? null;
    await sink.push(metricsOfRun({ now, exitCode, timings, reported, hpa, state: size }), now, over);
  } catch (error) {
    reporter.log("warn", `${asError(error).message}; what was done is unchanged`);
  }
}

/** The recommendation of an HPA for each target. It is unknown for targets without time left, and for those after a failure. All other metrics are sent. */
async function shadowsOf(
  { reporter, clock }: MetricsPorts,
  reported: readonly Reported[],
): Promise<readonly (Replicas | null)[]> {
  const shadows: (Replicas | null)[] = [];
  const begin = clock.tick();
  try {
    const { shadowHpa } = await import("../replay/shadow-hpa.ts");
    for (const { target, record } of reported) {
      if (clock.tick() - begin > SHADOW_TIMEOUT_MS) break;
      shadows.push(record === null ? null : await shadowHpa(target, record));
      // connections must be looked at meanwhile
      await yieldToOthers();
    }
  } catch (error) {
    reporter.log("debug", `the HPA beside the decisions: ${asError(error).message}`);
  }
  return shadows;
}
