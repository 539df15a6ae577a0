/** What the demo's Prometheus has of the metrics that the autoscaler's runs sent, beside what those runs said. */
import type { DemoResult } from "./run.ts";
import { type DemoWorld, OURS } from "./world.ts";

/** An answer to an instant query of a range selector. */
interface Matrix {
  readonly data?: { readonly result: readonly { readonly values: readonly (readonly [number, string])[] }[] };
  readonly error?: string;
}

/** The samples of the one series in the answer; none where there is no series. Throws where there are several. */
export function valuesOf(answer: unknown): readonly (readonly [number, number])[] {
  const { data, error } = answer as Matrix;
  if (data === undefined || data.result.length > 1) throw new Error(error ?? "there are several series");
  return (data.result[0]?.values ?? []).map(([time, value]) => [time, Number(value)]);
}

/** A run's decision and what was sent of it. */
export interface RecordedRun {
  readonly to: number | null;
  /** `desired_replicas` at the time of the run; undefined: nothing. */
  readonly desired: number | undefined;
  /** Whether `last_success_timestamp_seconds` says, at that time, that this run succeeded. */
  readonly succeeded: boolean;
}

/** The runs that decided, each with what Prometheus has of it at its time, to the millisecond. */
export async function sentOf({ recorded }: DemoWorld, { runs, began }: DemoResult): Promise<readonly RecordedRun[]> {
  const target = `{namespace="${OURS}",kind="Deployment",name="stress-app"}`;
  const [desired, success] = await Promise.all([
    recorded(`prophet_autoscaler_desired_replicas${target}`),
    recorded(`prophet_autoscaler_last_success_timestamp_seconds{instance=~"${OURS}/.*"}`),
  ]);
  const at = (values: readonly (readonly [number, number])[], time: number) =>
    values.find(([t]) => Math.abs(t - time) < 0.002)?.[1];
  return runs
    .filter(({ to }) => to !== null)
    .map(({ t, to }) => {
      const time = began + t;
      const last = at(success, time);
      return { to, desired: at(desired, time), succeeded: last !== undefined && Math.abs(last - time) < 0.002 };
    });
}

/** How many points of the forecast, each at the time that it is for, there are; and of the measured load. */
export async function forecastsIn({
  recorded,
}: DemoWorld): Promise<{ readonly forecasts: number; readonly loads: number }> {
  const labels = `namespace="${OURS}",name="stress-app",metric="cpu"`;
  const [forecasts, loads] = await Promise.all([
    recorded(`prophet_autoscaler_forecast{${labels},level="0.5"}`),
    recorded(`prophet_autoscaler_load{${labels}}`),
  ]);
  return { forecasts: forecasts.length, loads: loads.length };
}
