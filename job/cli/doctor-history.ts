/** The doctor's checks of the metric source: reachable, clock, and the quality of each target's data. */
import type { Settings } from "../config/types.ts";
import { believable, inspect } from "../core/series/quality.ts";
import type { TargetConfig } from "../core/target.ts";
import type { HistoryReading } from "../ports.ts";
import { type Check, reasonOf } from "./doctor-check.ts";
import type { Choice, World } from "./world.ts";

const MOST_SKEW = 5;

/** Checks the source and the data. Never throws. */
export async function historyChecks(settings: Settings, world: World, choice: Choice): Promise<readonly Check[]> {
  const check = choice.historyFile ?? settings.prometheus?.url ?? "history";
  let now: number;
  try {
    now = await world.history.now();
  } catch (error) {
    const todo =
      choice.historyFile === null
        ? "check prometheus.url, that a NetworkPolicy lets the job out, and the credentials; `curl URL/api/v1/query?query=vector(1)` must answer"
        : "check the path and the form of the file: CSV `timestamp,value`, or the JSON of query_range";
    return [{ check, status: "fail", message: reasonOf(error), todo }];
  }
  const readings = await world.history
    .read(settings.targets, now)
    .catch((error: unknown) => settings.targets.map(() => asError(error)));
  const data = settings.targets.map((target, i) => dataCheck(target, readings[i] ?? new Error("no reading"), now));
  return [
    { check, status: "ok", message: "answers" },
    ...(choice.historyFile === null ? [clockCheck(now, world.clock.now())] : []),
    ...data,
  ];
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

function clockCheck(there: number, here: number): Check {
  const skew = there - here;
  const message = `${Math.abs(skew).toFixed(1)} s ${skew < 0 ? "behind" : "ahead of"} this machine`;
  const todo = "its time is used, so decisions are right; other tools may not be: synchronise the clocks";
  return { check: "clock of the source", status: Math.abs(skew) > MOST_SKEW ? "warn" : "ok", message, todo };
}

function dataCheck(target: TargetConfig, reading: HistoryReading | Error, now: number): Check {
  const check = `data of ${target.namespace}/${target.name}`;
  if (reading instanceof Error) {
    return {
      check,
      status: "fail",
      message: reasonOf(reading),
      todo: "run the query by hand; --query gives one of your own",
    };
  }
  const { quality } = inspect(reading.samples, {
    now,
    step: target.step,
    history: target.history,
    maxAge: target.maxAge,
    minCoverage: target.minCoverage,
    cpu: true,
    capacity: Number.POSITIVE_INFINITY,
    ceiling: believable(target.maxReplicas, target.podCpuLimit, target.targetCpu),
    useful: target.maxReplicas * target.targetCpu,
    partial: reading.partial,
    seriesCount: reading.seriesCount,
  });
  const status = { act: "ok", upOnly: "warn", hold: "fail" } as const;
  return {
    check,
    status: status[quality.verdict],
    message: `${quality.reason}: ${quality.message}`,
    todo: TODO[quality.reason] ?? `look at the raw series: ${reading.source}`,
  };
}

const TODO: Readonly<Record<string, string>> = {
  NoData:
    "does Prometheus scrape cadvisor, and do the labels namespace, pod and container exist? Run the query by hand, or give one with --query",
  StaleData: "is the scrape of cadvisor still running? maxAge is the accepted age",
  TooFewSamples: "wait a few minutes; until then the replicas stay",
  GapsInData: "only scale-out is allowed until the window is covered; minCoverage is the accepted share",
  SeveralSeries: "the query must aggregate to one series: wrap it in sum(...)",
  PartialAnswer: "the source answered with warnings: look at its stores or its limits",
  AboveCapacity:
    "more CPU than the pods can burn: does the query count other pods or containers twice? Or is podCpuLimit too low?",
};
