/** From demand to the wish: forecast quantile, trust, schedule factor, surge, reactive floor, band. */
import type { Replicas } from "../units.ts";
import { bought, kept } from "./bought.ts";
import { type Bound, scheduleAt } from "./schedule.ts";
import { cores, entry, type PolicyInput, pass, replicasFor } from "./stage.ts";
import { surgeAhead } from "./surge.ts";
import type { TrailEntry } from "./types.ts";

/** The wish, its trail, and the quantile in cores that it bought. */
export interface WishResult {
  readonly wish: Replicas;
  readonly quantile: number;
  /** Of the wish, what the current demand or a surge needs. */
  readonly urgent: Replicas;
  readonly trail: readonly TrailEntry[];
}

/** Runs the stages that turn demand into a wish. Only with data that is not on hold: `demand` is finite. */
export function wishFor(input: PolicyInput): WishResult {
  const { config } = input;
  const wanted = bought(input, config.quantile);
  const upper = kept(input, config.scaleDownQuantile ?? config.quantile);
  const { factor } = scheduleAt(config.schedule, input.now, input.now + input.lead.seconds);
  const forecast = forecastEntry(input, wanted.asked);
  const trust = trustEntry(input, forecast.to, wanted.trusted, wanted.doubt);
  const scaled = factorEntry(input, trust.to, wanted.trusted, factor);
  const surge = surgeEntry(input, scaled.to);
  const reactive = reactiveEntry(input, surge.to);
  const wish = reactive.to;
  const least = replicasFor(Math.max(upper, wanted.trusted) * factor.value, config.targetCpu);
  const trail = [forecast, trust, scaled, surge, reactive, bandEntry(input, wish, least)];
  const urgent = Math.max(Number(surge.detail?.needed ?? 0), Number(reactive.detail?.floor));
  return { wish, quantile: wanted.trusted * factor.value, urgent, trail };
}

function forecastEntry({ current, config, lead, forecast }: PolicyInput, asked: number): TrailEntry {
  const { quantile: level, targetCpu } = config;
  const needed = replicasFor(asked, targetCpu);
  const span = `${Math.round(lead.serves)} to ${Math.round(lead.seconds)} s`;
  const text = `${cores(asked)} cores at quantile ${level} of the maximum ${span} ahead need ${needed}`;
  const method = forecast?.method ?? null;
  const detail = { cores: asked, level, serves: lead.serves, lead: lead.seconds, targetCpu, method };
  return entry("forecast", current, needed, "ForecastQuantile", text, detail);
}

/** A forecast that did worse than repeating the last value does not act; the last value and its own errors do. */
function trustEntry(input: PolicyInput, from: Replicas, trusted: number, doubt: string | null): TrailEntry {
  const { targetCpu, trustThreshold: threshold } = input.config;
  const skill = input.forecast?.skill ?? Number.NaN;
  const known = Number.isFinite(skill);
  const detail = { skill: known ? skill : null, threshold, cores: trusted, targetCpu };
  if (doubt === null) {
    return pass(
      "trust",
      from,
      known ? `error ${skill.toFixed(2)} times that of the last value` : "error not yet known",
      detail,
    );
  }
  const text = `${doubt}: last value and its errors instead, ${cores(trusted)} cores`;
  return entry("trust", from, replicasFor(trusted, targetCpu), "ForecastNotTrusted", text, detail);
}

function factorEntry({ config }: PolicyInput, from: Replicas, trusted: number, factor: Bound): TrailEntry {
  if (factor.value === 1) return pass("factor", from, "no schedule factor");
  const detail = { cores: trusted, factor: factor.value, targetCpu: config.targetCpu };
  const to = replicasFor(trusted * factor.value, config.targetCpu);
  return entry("factor", from, to, "ScheduleFactor", `${factor.rule}: demand x ${factor.value}`, detail);
}

/** Only ever adds; bounded by the rate policies and max like every wish. */
function surgeEntry({ series, lead, config }: PolicyInput, from: Replicas): TrailEntry {
  if (config.followSurge === false || series === null) return pass("surge", from, "not followed");
  const ahead = surgeAhead(series, lead.steps);
  const needed = replicasFor(ahead, config.targetCpu);
  const detail = { ahead, targetCpu: config.targetCpu, needed };
  if (needed <= from)
    return pass("surge", from, ahead > 0 ? `surge to ${cores(ahead)} cores is covered` : "no surge", detail);
  return entry(
    "surge",
    from,
    needed,
    "SurgeAhead",
    `rise beyond the window's usual: ${cores(ahead)} cores ahead`,
    detail,
  );
}

function reactiveEntry({ demand, config }: PolicyInput, from: Replicas): TrailEntry {
  const floor = replicasFor(demand, config.targetCpu);
  const text = `current demand ${cores(demand)} cores needs ${floor}`;
  const detail = { demand, targetCpu: config.targetCpu, floor };
  return floor > from
    ? entry("reactive", from, floor, "ReactiveFloor", text, detail)
    : pass("reactive", from, text, detail);
}

/** Scaling in stops where a higher quantile starts to object: it needs a fall that is larger than the forecast's own wobble. */
function bandEntry({ current, config }: PolicyInput, wish: Replicas, least: Replicas): TrailEntry {
  const level = config.scaleDownQuantile ?? config.quantile;
  const to = wish < current ? Math.min(current, Math.max(wish, least)) : wish;
  const detail = { least, level, current };
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
