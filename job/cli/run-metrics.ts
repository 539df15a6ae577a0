/** Sends the metrics of a run. It changes neither what was done nor how the run ends. */
import { asError } from "../core/result.ts";
import type { Replicas } from "../core/units.ts";
import { yieldToOthers } from "../in-parallel.ts";
import type { MetricsSink, Ports } from "../ports.ts";
import type { Reported } from "../report/reporter.ts";
import type { RunResult } from "../run.ts";

type MetricsPorts = Pick<Ports, "reporter" | "state" | "clock">;

/**
 * Milliseconds of a run for the simulated HPAs. A target of ten pods takes 1 ms, one of 250 takes 7. Without a limit a thousand of those would
 * take the time for sending the metrics.
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

/** The recommendation of an HPA for each target. It is not known without time left, or after a failure; all other metrics are sent. */
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
      // connections must be served in between
      await yieldToOthers();
    }
  } catch (error) {
    reporter.log("debug", `the HPA beside the decisions: ${asError(error).message}`);
  }
  return shadows;
}
