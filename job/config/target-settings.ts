/** Turns the table's values of a target into the core's settings, with names and numbers that follow from others. */
import { calibrationFor } from "../core/policy/calibration.ts";
import { keepLevel } from "../core/policy/level.ts";
import type { MetricSettings, ScheduleRule, TargetConfig } from "../core/target.ts";
import { complete } from "./complete.ts";
import { type Calendars, daysFrom, noCalendars } from "./days.ts";
import type { METRIC } from "./metric-schema.ts";
import { DAYS, type SCHEDULE_RULE } from "./nested-schema.ts";
import { prophetFrom } from "./prophet-settings.ts";
import type { PartialValue, Value } from "./schema.ts";
import { TABLE } from "./table.ts";
import type { Settings } from "./types.ts";

type Target = (typeof TABLE)["target"];

/** One target with every default filled in, for the replay, benches and tests. The given fields must be valid, and required fields present. */
export function resolveTarget(given: PartialValue<Target>): TargetConfig {
  const full = complete(TABLE.target, given, "", (path) => {
    throw new RangeError(`${path} is missing`);
  });
  if (full.targetCpu === undefined && full.metrics === undefined) throw new RangeError("targetCpu is missing");
  if (full.targetCpu !== undefined && typeof full.targetCpu !== "number")
    throw new RangeError("targetCpu is a share of a request that is not known");
  return targetFrom(full);
}

/** The core's settings of a target. All fields of the table pass through. */
export function targetFrom(raw: Value<Target>, calendars: Calendars = noCalendars): Settings["targets"][number] {
  const { name, hpaName, schedule, prophet, targetCpu, ...rest } = raw;
  const down = raw.scaleDownQuantile ?? (raw.quantile === undefined ? undefined : keepLevel(raw.quantile));
  const metrics = (raw.metrics ?? []).map(toMetric);
  const floor = hpaName ?? (raw.actuator === "hpa" ? raw.scaleTargetRef?.name : undefined);
  return {
    ...rest,
    ...coresOrShare(targetCpu),
    name: name ?? raw.scaleTargetRef?.name,
    namespace: raw.namespace ?? "default",
    schedule: schedule.map((rule) => toRule(rule, calendars)),
    ...(prophet === undefined ? {} : { prophet: prophetFrom(prophet, calendars) }),
    ...(down === undefined ? {} : { scaleDownQuantile: down }),
    metrics,
    calibration: raw.calibration ?? calibrationFor([down, ...metrics.map((one) => one.scaleDownQuantile)], raw.step),
    ...(floor === undefined ? {} : { hpaName: floor }),
  };
}

function coresOrShare(targetCpu: Value<Target>["targetCpu"]) {
  if (targetCpu === undefined) return {};
  return typeof targetCpu === "number" ? { targetCpu } : { averageUtilization: targetCpu.share };
}

/** A metric's settings. Its own level for scale-out brings one for scale-in, as the target's does. */
function toMetric(raw: Value<typeof METRIC>): MetricSettings {
  const { quantile, scaleDownQuantile } = raw;
  if (quantile === undefined || scaleDownQuantile !== undefined) return raw;
  return { ...raw, scaleDownQuantile: keepLevel(quantile) };
}

function toRule(raw: Value<typeof SCHEDULE_RULE>, calendars: Calendars): ScheduleRule {
  const { recurring, except, ...given } = raw;
  const rest = { ...given, ...(except && { except: daysFrom(except, calendars) }) };
  if (recurring === undefined) return rest;
  // the end of a day is the beginning of the next; a value that was refused is missing here
  const to = recurring.to === "24:00" ? "00:00" : recurring.to;
  return { ...rest, recurring: { ...recurring, to, days: (recurring.days ?? []).map((day) => DAYS.indexOf(day)) } };
}
