/** The doctor's checks of the metric source: reachable, clock, and the quality of each target's data. */

import { type Check, reasonOf, stepCheck } from "../adapters/check.ts";
import type { MetricSource } from "../adapters/source.ts";
import type { Settings } from "../config/types.ts";
import { asError } from "../core/result.ts";
import { believable, type Expectation, inspect } from "../core/series/quality.ts";
import { metricsOf } from "../core/target.ts";
import type { HistoryQuery, HistoryReading } from "../ports.ts";
import { MAX_CLOCK_SKEW, queriesOf } from "../run/read.ts";
import type { RunInputs } from "./run-inputs.ts";
import type { World } from "./world.ts";

/** Checks the source and the data. Never throws. */
export async function historyChecks(settings: Settings, world: World, inputs: RunInputs): Promise<readonly Check[]> {
  const { source } = world;
  const check = source.where({ settings, historyFile: inputs.historyFile }) ?? source.name;
  let now: number;
  try {
    now = await world.history.now();
  } catch (error) {
    return [{ check, status: "fail", message: reasonOf(error), todo: source.checks.noAnswer }];
  }
  const queries = settings.targets.flatMap(queriesOf);
  const readings = await world.history.read(queries, now).catch((error: unknown) => queries.map(() => asError(error)));
  const data = queries.flatMap((query, i) => dataChecks(source, query, readings[i] ?? new Error("no reading"), now));
  // the source's own word goes before what its samples look like
  const own = await world.sourceChecks(queries, now);
  const said = new Set(own.map((one) => one.check));
  return [
    { check, status: "ok", message: "answers" },
    ...(source.live ? [clockCheck(now, world.clock.now())] : []),
    ...data.filter((one) => !said.has(one.check)),
    ...own,
  ];
}

function clockCheck(there: number, here: number): Check {
  const skew = there - here;
  const message = `${Math.abs(skew).toFixed(1)} s ${skew < 0 ? "behind" : "ahead of"} this machine`;
  const todo = "its time is used, so decisions are right. Other tools may be wrong: synchronise the clocks";
  return { check: "clock of the source", status: Math.abs(skew) > MAX_CLOCK_SKEW ? "warn" : "ok", message, todo };
}

function dataChecks(
  source: MetricSource,
  { target, metric }: HistoryQuery,
  reading: HistoryReading | Error,
  now: number,
): readonly Check[] {
  const several = metricsOf(target).length > 1 || !metric.ofPods;
  const of = `${target.namespace}/${target.name}${several ? `, metric ${metric.name}` : ""}`;
  const check = `data of ${of}`;
  if (reading instanceof Error) {
    const todo = "run the query by hand; --query gives one of your own";
    return [{ check, status: "fail", message: reasonOf(reading), todo }];
  }
  const { quality } = inspect(reading.samples, expectationOf({ target, metric }, reading, now));
  const status = { act: "ok", upOnly: "warn", hold: "fail" } as const;
  return [
    {
      check,
      status: status[quality.verdict],
      message: `${quality.reason}: ${quality.message}${reading.hint === undefined || quality.reason !== "NoData" ? "" : `; ${reading.hint}`}`,
      todo: source.checks.data[quality.reason] ?? `look at the raw series: ${reading.source}`,
    },
    ...stepCheck(of, target.step, quality.cadence),
  ];
}

function expectationOf({ target, metric }: HistoryQuery, reading: HistoryReading, now: number): Expectation {
  return {
    now,
    step: target.step,
    history: target.history,
    maxAge: target.maxAge,
    minCoverage: target.minCoverage,
    cpu: metric.ofPods,
    zero: !metric.ofPods,
    counted: reading.pods !== undefined,
    capacity: Number.POSITIVE_INFINITY,
    ceiling: metric.ofPods
      ? believable(target.maxReplicas, target.podCpuLimit, metric.averageValue)
      : Number.POSITIVE_INFINITY,
    useful: target.maxReplicas * metric.averageValue,
    partial: reading.partial,
    seriesCount: reading.seriesCount,
  };
}
