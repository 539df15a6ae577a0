/** From demand to the wish: forecast quantile, trust, schedule factor, reactive floor, band. */
import type { Replicas } from "../units.ts";
import { persistenceQuantile } from "./persistence.ts";
import { scheduleAt } from "./schedule.ts";
import { cores, entry, type PolicyInput, pass, replicasFor } from "./stage.ts";
import type { TrailEntry } from "./types.ts";

/** The wish, its trail, and the quantile in cores that it bought. */
export interface WishResult {
  readonly wish: Replicas;
  readonly quantile: number;
  readonly trail: readonly TrailEntry[];
}

/** Runs the stages that turn demand into a wish. Only with data that is not on hold: `series` is not null and holds a point. */
export function wishFor(input: PolicyInput): WishResult {
  const { config, current, demand } = input;
  const { targetCpu, quantile: level } = config;
  const wanted = quantileAt(input, level);
  const upper = quantileAt(input, config.scaleDownQuantile ?? level);
  const trail: TrailEntry[] = [];

  const first = replicasFor(wanted.forecast, targetCpu);
  const lead = Math.round(input.lead);
  trail.push(
    entry(
      "forecast",
      current,
      first,
      "ForecastQuantile",
      `${cores(wanted.forecast)} cores at quantile ${level} of the maximum over ${lead} s`,
      {
        cores: wanted.forecast,
        level,
        lead: input.lead,
        targetCpu,
        method: input.forecast?.method ?? null,
      },
    ),
  );
  const second = replicasFor(wanted.trusted, targetCpu);
  trail.push(trustEntry(input, first, second, wanted));

  const factor = scheduleAt(config.schedule, input.now, input.now + input.lead).factor;
  const third = replicasFor(wanted.trusted * factor.value, targetCpu);
  trail.push(
    factor.value === 1
      ? pass("factor", second, "no schedule factor")
      : entry("factor", second, third, "ScheduleFactor", `${factor.rule}: demand x ${factor.value}`, {
          cores: wanted.trusted,
          factor: factor.value,
          targetCpu,
        }),
  );

  const floor = replicasFor(demand, targetCpu);
  const wish = Math.max(third, floor);
  const measured = `current demand ${cores(demand)} cores needs ${floor}`;
  const numbers = { demand, targetCpu, floor };
  trail.push(
    floor > third
      ? entry("reactive", third, wish, "ReactiveFloor", measured, numbers)
      : pass("reactive", third, measured, numbers),
  );

  const least = Math.max(floor, replicasFor(Math.max(upper.trusted, wanted.trusted) * factor.value, targetCpu));
  trail.push(bandEntry(input, wish, least));
  return { wish, quantile: wanted.trusted * factor.value, trail };
}

/** Scaling in stops where a higher quantile starts to object: it needs a fall that is larger than the forecast's own wobble. */
function bandEntry(input: PolicyInput, wish: Replicas, least: Replicas): TrailEntry {
  const level = input.config.scaleDownQuantile ?? input.config.quantile;
  const to = wish < input.current ? Math.min(input.current, Math.max(wish, least)) : wish;
  const detail = { least, level, current: input.current };
  if (to === wish) return pass("band", wish, `quantile ${level} needs ${least}`, detail);
  return entry(
    "band",
    wish,
    to,
    "ForecastBand",
    `scale-in no lower than ${least}, which quantile ${level} needs`,
    detail,
  );
}

interface Quantiles {
  /** As forecast. */
  readonly forecast: number;
  /** After the trust gate. */
  readonly trusted: number;
}

function quantileAt(input: PolicyInput, level: number): Quantiles {
  const { forecast, series } = input;
  const asked = forecast?.maxQuantiles[input.levels.indexOf(level)] ?? Number.NaN;
  const leadSteps = series === null ? 1 : Math.max(1, Math.ceil(input.lead / series.step - 1e-9));
  const usable = Number.isFinite(asked);
  if (usable && !(forecast !== null && forecast.skill > input.config.trustThreshold))
    return { forecast: asked, trusted: asked };
  const reactive = series === null ? input.demand : persistenceQuantile(series, leadSteps, level);
  return { forecast: usable ? asked : reactive, trusted: reactive };
}

function trustEntry(input: PolicyInput, from: Replicas, to: Replicas, value: Quantiles): TrailEntry {
  const { forecast, config } = input;
  const skill = forecast?.skill ?? Number.NaN;
  const detail = {
    skill: Number.isFinite(skill) ? skill : null,
    threshold: config.trustThreshold,
    cores: value.trusted,
    targetCpu: config.targetCpu,
  };
  if (forecast === null)
    return entry(
      "trust",
      from,
      to,
      "ForecastNotTrusted",
      `no forecast could be made: last value and its errors, ${cores(value.trusted)} cores`,
      detail,
    );
  if (skill > config.trustThreshold) {
    const text = `error ${skill.toFixed(2)} times that of the last value, limit ${config.trustThreshold}: last value and its errors, ${cores(value.trusted)} cores`;
    return entry("trust", from, to, "ForecastNotTrusted", text, detail);
  }
  const known = Number.isFinite(skill)
    ? `error ${skill.toFixed(2)} times that of the last value`
    : "error not yet known, the forecast is the last value's own";
  return pass("trust", from, known, detail);
}
