/** The policy a second time, naively and from the input alone: what each stage must make of the replicas it is given. */
import type { LeadPart } from "../../../job/core/forecast/types.ts";
import { persistenceQuantile } from "../../../job/core/policy/persistence.ts";
import type { PolicyInput } from "../../../job/core/policy/stage.ts";
import type { ScalingRules } from "../../../job/core/target.ts";

const podsFor = (cores: number, each: number) => Math.max(0, Math.ceil(cores / each - 1e-9));
const clamp = (value: number, low: number, high: number) => Math.min(Math.max(value, low), high);
const sum = (list: readonly number[]) => list.reduce((a, b) => a + b, 0);

/** The last value's own quantile; persistence.test.ts has its oracle. */
function lastValue({ series, demand }: PolicyInput, part: LeadPart, level: number): number {
  return series === null || series.values.length === 0 ? demand : persistenceQuantile(series, part, level);
}

function asked({ forecast, levels }: PolicyInput, part: number, level: number): number {
  return (forecast?.parts?.[part] ?? forecast)?.maxQuantiles[levels.indexOf(level)] ?? Number.NaN;
}

const doubted = (input: PolicyInput, part: number, level: number) =>
  input.forecast === null ||
  !Number.isFinite(asked(input, part, level)) ||
  input.forecast.skill > input.config.trustThreshold;

function trusted(input: PolicyInput, part: number, level: number): number {
  return doubted(input, part, level) ? lastValue(input, input.lead.parts[part]!, level) : asked(input, part, level);
}

/** Rules with a one-off interval in UTC, as [rule, begin, end]. */
const intervals = ({ config }: PolicyInput) =>
  config.schedule.map((rule) => {
    const [begin, end] = [rule.once!.from, rule.once!.to].map((wall) => Date.parse(`${wall}:00Z`) / 1000);
    return { rule, begin: begin!, end: end! };
  });

/** Floors and factors above 1 from a lead early on; ceilings and factors below 1 only while they hold, factors to the end of the lead. */
function calendar(input: PolicyInput) {
  const { now } = input;
  const ready = now + input.lead.seconds;
  const all = intervals(input);
  const soon = all.filter(({ begin, end }) => begin <= ready && now < end).map(({ rule }) => rule);
  const holding = all.filter(({ begin, end }) => begin <= now && now < end);
  const lasting = holding.filter(({ end }) => ready < end).map(({ rule }) => rule);
  const factors = [
    ...soon.flatMap(({ factor = 1 }) => (factor > 1 ? [factor] : [])),
    ...lasting.flatMap(({ factor = 1 }) => (factor < 1 ? [factor] : [])),
  ];
  return {
    floor: Math.max(0, ...soon.flatMap(({ minReplicas = 0 }) => [minReplicas])),
    ceiling: Math.min(...holding.map(({ rule }) => rule.maxReplicas ?? Number.POSITIVE_INFINITY)),
    factor: factors.reduce((a, b) => a * b, 1),
  };
}

/** Three quarters of the slope of a rise that is twice the window's 95th percentile, for a minute at most. */
function surge({ series, lead, config }: PolicyInput): number {
  if (config.followSurge === false || series === null) return 0;
  const { values, filled, step } = series;
  const n = values.length;
  if (n < 20 || [1, 2, 3].some((back) => filled[n - back])) return 0;
  const rise = values[n - 1]! - values[n - 3]!;
  const changes = [...values.keys()]
    .filter((i) => i >= 2 && i < n - 1 && !filled[i] && !filled[i - 2])
    .map((i) => Math.abs(values[i]! - values[i - 2]!))
    .sort((a, b) => a - b);
  if (changes.length === 0) return 0;
  const usual = changes[Math.min(changes.length - 1, Math.floor(0.95 * changes.length))]!;
  if (rise <= 0 || rise <= 2 * usual) return 0;
  return values[n - 1]! + 0.75 * (rise / 2) * Math.min(lead.steps, Math.ceil(60 / step - 1e-9));
}

/** Of the recommendations of a window, the present one included. */
function within(input: PolicyInput, present: number, window: number): number[] {
  const past = input.memory.recommendations.filter(({ at }) => at > input.now - window);
  return [present, ...past.map(({ replicas }) => replicas)];
}

function rateLimit({ now, current, memory }: PolicyInput, rules: ScalingRules, sign: 1 | -1): number {
  if (rules.selectPolicy === "Disabled") return current;
  const limits = rules.policies.map(({ type, value, periodSeconds }) => {
    const since = memory.changes.filter(({ at }) => at > now - periodSeconds);
    const start = current - sum(since.map(({ from, to }) => to - from));
    if (type === "Pods") return start + sign * value;
    return sign > 0 ? Math.ceil(start * (1 + value / 100)) : Math.trunc(start * (1 - value / 100));
  });
  if (limits.length === 0) return sign * Number.POSITIVE_INFINITY;
  const [largest, smallest] = [Math.max(...limits), Math.min(...limits)];
  return (rules.selectPolicy === "Max") === sign > 0 ? largest : smallest;
}

const needNow = (input: PolicyInput) => podsFor(input.demand, input.config.targetCpu);
const urgent = (input: PolicyInput) => Math.max(needNow(input), podsFor(surge(input), input.config.targetCpu));
const rulesOf = ({ current, config: { behavior } }: PolicyInput, to: number) =>
  to > current ? behavior.scaleUp : behavior.scaleDown;
const last = ({ lead }: PolicyInput) => lead.parts.length - 1;

/** Every stage: replicas in, replicas out. */
export const NAIVE: Readonly<Record<string, (from: number, input: PolicyInput) => number>> = {
  data: (from) => from,
  writer: (from) => from,
  forecast: (_, input) => {
    const level = input.config.quantile;
    const own = asked(input, last(input), level);
    return podsFor(Number.isFinite(own) ? own : trusted(input, last(input), level), input.config.targetCpu);
  },
  trust: (from, input) => {
    const { quantile, targetCpu } = input.config;
    return doubted(input, last(input), quantile) ? podsFor(trusted(input, last(input), quantile), targetCpu) : from;
  },
  factor: (from, input) => {
    const { quantile, targetCpu } = input.config;
    const { factor } = calendar(input);
    return factor === 1 ? from : podsFor(trusted(input, last(input), quantile) * factor, targetCpu);
  },
  surge: (from, input) => Math.max(from, podsFor(surge(input), input.config.targetCpu)),
  reactive: (from, input) => Math.max(from, needNow(input)),
  band: (from, input) => {
    const { quantile, scaleDownQuantile = quantile, targetCpu } = input.config;
    if (from >= input.current) return from;
    const kept = input.lead.parts.map((_, part) => trusted(input, part, scaleDownQuantile));
    const cores = Math.max(...kept, trusted(input, last(input), quantile)) * calendar(input).factor;
    return clamp(podsFor(cores, targetCpu), from, input.current);
  },
  partial: (from, { quality, current }) => (quality.verdict === "upOnly" ? Math.max(from, current) : from),
  // as many pods as are missing carry their target beside the measured demand
  missing: (from, { current, missing = 0 }) => (from < current ? Math.min(from + missing, current) : from),
  rollout: (from, input) => {
    if (input.conditions.rollout !== true) return from;
    return from > input.current ? Math.max(input.current, Math.min(from, needNow(input))) : input.current;
  },
  drop: (from, { memory, now, current }) => (now < (memory.dropHoldUntil ?? now) ? Math.max(from, current) : from),
  stabilise: (from, input) => {
    const { scaleUp, scaleDown } = input.config.behavior;
    const low = Math.min(...within(input, from, scaleUp.stabilizationWindowSeconds));
    const high = Math.max(...within(input, from, scaleDown.stabilizationWindowSeconds));
    return clamp(input.current, low, high);
  },
  tolerance: (from, input) => {
    const { current } = input;
    const small = Math.abs(from - current) <= (rulesOf(input, from).tolerance + 1e-9) * current;
    return small ? Math.max(current, Math.min(from, urgent(input))) : from;
  },
  rate: (from, input) => {
    const { current } = input;
    if (from === current) return from;
    return from > current
      ? Math.max(current, Math.min(from, rateLimit(input, input.config.behavior.scaleUp, 1)))
      : Math.min(current, Math.max(from, rateLimit(input, input.config.behavior.scaleDown, -1)));
  },
  cooldown: (from, input) => {
    const { now, current, memory, config } = input;
    if (from === current || (from > current && urgent(input) > current)) return from;
    const cooldown = from > current ? config.scaleUpCooldown : config.scaleDownCooldown;
    const soonest = Math.max(...memory.changes.map(({ at }) => at)) + cooldown - config.interval / 2;
    return now < soonest ? current : from;
  },
  fallback: (from, { now, current, memory, config: { fallback } }) => {
    const missing = now - (memory.missingSince ?? now);
    return fallback !== undefined && missing >= fallback.after ? Math.max(current, fallback.replicas) : from;
  },
  schedule: (from, input) => {
    const { floor, ceiling } = calendar(input);
    const capped = input.quality.verdict === "hold" ? from : Math.min(from, Math.max(ceiling, floor));
    return Math.max(capped, floor);
  },
  bounds: (from, { quality, current, config: { minReplicas, maxReplicas } }) => {
    const max = quality.verdict === "hold" ? Math.max(maxReplicas, current) : maxReplicas;
    return Math.min(Math.max(from, minReplicas, 1), max);
  },
  gate: (from, { current, config, conditions, memory }) => {
    const stopped = conditions.paused || (conditions.otherScaler !== undefined && config.actuator === "scale");
    const overruled = (memory.lastWritten?.overruled ?? 0) >= 3;
    return stopped || overruled || config.mode === "ForecastOnly" ? current : from;
  },
};
