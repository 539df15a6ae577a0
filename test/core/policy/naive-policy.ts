/** The policy a second time, naively and from the input alone: what each stage must make of the replicas it is given. */
import type { LeadPart } from "../../../job/core/forecast/types.ts";
import { persistenceQuantile } from "../../../job/core/policy/persistence.ts";
import type { MetricInput, PolicyInput } from "../../../job/core/policy/stage.ts";
import type { ScalingRules } from "../../../job/core/target.ts";

const podsFor = (value: number, each: number) => Math.max(0, Math.ceil(value / each - 1e-9));
const clamp = (value: number, low: number, high: number) => Math.min(Math.max(value, low), high);
const sum = (list: readonly number[]) => list.reduce((a, b) => a + b, 0);

/** The last value's own quantile; persistence.test.ts has its oracle. */
function lastValue({ series, demand }: MetricInput, part: LeadPart, level: number): number {
  return series === null || series.values.length === 0 ? demand : persistenceQuantile(series, part, level);
}

function asked({ forecast, levels }: MetricInput, part: number, level: number): number {
  return (forecast?.parts?.[part] ?? forecast)?.maxQuantiles[levels.indexOf(level)] ?? Number.NaN;
}

const doubted = (m: MetricInput, input: PolicyInput, part: number, level: number) =>
  m.forecast === null || !Number.isFinite(asked(m, part, level)) || m.forecast.skill > input.config.trustThreshold;

function trusted(m: MetricInput, input: PolicyInput, part: number, level: number): number {
  return doubted(m, input, part, level) ? lastValue(m, m.lead.parts[part]!, level) : asked(m, part, level);
}

/** Rules with a one-off interval in UTC. */
const intervals = ({ config }: PolicyInput) =>
  config.schedule.map((rule) => {
    const [begin, end] = [rule.once!.from, rule.once!.to].map((wall) => Date.parse(`${wall}:00Z`) / 1000);
    return { rule, begin: begin!, end: end! };
  });

/** Floors and factors above 1 from a lead early on; ceilings and factors below 1 only while they hold, factors to the end of the lead. */
function calendar(input: PolicyInput, lead: number) {
  const { now } = input;
  const ready = now + lead;
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
function surge({ series, lead }: MetricInput, { config }: PolicyInput): number {
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
  const limit = (rules.selectPolicy === "Max") === sign > 0 ? largest : smallest;
  return sign > 0 && current === 0 ? Math.max(1, limit) : limit;
}

/** Whether a metric's data may be used; whether it is made by pods that are not there. */
export const usable = ({ quality }: MetricInput) => quality.verdict !== "hold";
export const podless = ({ metric }: MetricInput, { current }: PolicyInput) => metric.name === "cpu" && current === 0;
const zeroAllowed = ({ config: { minReplicas, metrics } }: PolicyInput) =>
  minReplicas === 0 && metrics.some(({ activation }) => activation !== undefined);

/** The largest of what metrics need; 0 where none with an activation needs a pod and no other needs two. */
export function largest(needs: readonly (readonly [MetricInput, number])[], input: PolicyInput): number {
  const most = Math.max(...needs.map(([, pods]) => pods));
  if (!zeroAllowed(input)) return most;
  const awake = needs.some(([{ metric }, pods]) => metric.activation !== undefined && pods >= 1);
  if (awake) return Math.max(1, most);
  return most >= 2 ? most : 0;
}

/** More than a billionth of a pod's worth above the activation. */
const above = (value: number, { metric }: MetricInput) =>
  (value - (metric.activation ?? 0)) / metric.averageValue > 1e-9;

/** What keeps a metric awake where there may be no pods. */
function active(m: MetricInput, input: PolicyInput): boolean {
  const value = trusted(m, input, last(m), m.metric.quantile!) * calendar(input, m.lead.seconds).factor;
  return above(m.demand, m) || above(value, m);
}

const decidesZero = ({ metric }: MetricInput, { config }: PolicyInput) =>
  config.minReplicas === 0 && metric.activation !== undefined;
const needNow = ({ demand, metric }: MetricInput) => podsFor(demand, metric.averageValue);
const last = ({ lead }: MetricInput) => lead.parts.length - 1;

/** Pods that one metric needs at once. */
function urgentOf(m: MetricInput, input: PolicyInput): number {
  if (podless(m, input)) return 0;
  if (!usable(m)) return fallback(0, m, input);
  const pods = Math.max(needNow(m), podsFor(surge(m, input), m.metric.averageValue));
  if (!decidesZero(m, input)) return pods;
  if (!active(m, input)) return 0;
  return input.current === 0 ? Math.max(1, pods) : pods;
}
const urgent = (input: PolicyInput) => Math.max(...input.metrics.map((m) => urgentOf(m, input)));

function fallback(from: number, { metric }: MetricInput, { now, current, memory, config }: PolicyInput): number {
  const missing = now - (memory.metrics[metric.name]?.missingSince ?? now);
  return config.fallback !== undefined && missing >= config.fallback.after
    ? Math.max(current, config.fallback.replicas)
    : from;
}

/** Every stage of a metric: replicas in, replicas out. */
export const NAIVE_METRIC: Readonly<Record<string, (from: number, m: MetricInput, input: PolicyInput) => number>> = {
  data: (from) => from,
  fallback,
  forecast: (_, m, input) => {
    const { quantile = Number.NaN, averageValue } = m.metric;
    const own = asked(m, last(m), quantile);
    return podsFor(Number.isFinite(own) ? own : trusted(m, input, last(m), quantile), averageValue);
  },
  trust: (from, m, input) => {
    const { quantile = Number.NaN, averageValue } = m.metric;
    if (!doubted(m, input, last(m), quantile)) return from;
    return podsFor(trusted(m, input, last(m), quantile), averageValue);
  },
  factor: (from, m, input) => {
    const { quantile = Number.NaN, averageValue } = m.metric;
    const { factor } = calendar(input, m.lead.seconds);
    return factor === 1 ? from : podsFor(trusted(m, input, last(m), quantile) * factor, averageValue);
  },
  surge: (from, m, input) => Math.max(from, podsFor(surge(m, input), m.metric.averageValue)),
  reactive: (from, m) => Math.max(from, needNow(m)),
  activation: (from, m, input) => (active(m, input) ? from : 0),
  band: (from, m, input) => {
    const { quantile = Number.NaN, scaleDownQuantile = quantile, averageValue } = m.metric;
    if (from >= input.current) return from;
    const kept = m.lead.parts.map((_, part) => trusted(m, input, part, scaleDownQuantile));
    const value = Math.max(...kept, trusted(m, input, last(m), quantile)) * calendar(input, m.lead.seconds).factor;
    const least = input.config.minReplicas === 0 && !above(value, m) ? 0 : podsFor(value, averageValue);
    return clamp(least, from, input.current);
  },
  partial: (from, { quality }, { current }) => (quality.verdict === "upOnly" ? Math.max(from, current) : from),
  // as many pods as are missing carry their target beside the measured demand
  missing: (from, { missing = 0 }, { current }) => (from < current ? Math.min(from + missing, current) : from),
};

const rulesOf = ({ current, config: { behavior } }: PolicyInput, to: number) =>
  to > current ? behavior.scaleUp : behavior.scaleDown;
const longest = ({ metrics }: PolicyInput) => Math.max(...metrics.map(({ lead }) => lead.seconds));
const blind = ({ metrics }: PolicyInput) => !metrics.some(usable);

/** Every stage of the target: replicas in, replicas out. `needs`: what each metric asked for. */
export const NAIVE_TARGET: Readonly<
  Record<string, (from: number, input: PolicyInput, needs: readonly (readonly [MetricInput, number])[]) => number>
> = {
  metrics: (_, input, needs) => largest(needs, input),
  rollout: (from, input, needs) => {
    if (input.conditions.rollout !== true) return from;
    const burnt = needs.map(([m, pods]) => {
      const burst = m.metric.name === "cpu" && usable(m) && !podless(m, input);
      return [m, burst ? needNow(m) : pods] as const;
    });
    return from > input.current ? clamp(largest(burnt, input), input.current, from) : input.current;
  },
  drop: (from, { memory, now, current }) => (now < (memory.dropHoldUntil ?? now) ? Math.max(from, current) : from),
  stabilise: (from, input) => {
    const { scaleUp, scaleDown } = input.config.behavior;
    const low = Math.min(...within(input, from, scaleUp.stabilizationWindowSeconds));
    const high = Math.max(...within(input, from, scaleDown.stabilizationWindowSeconds));
    const to = clamp(input.current, low, high);
    const idle = Math.max(...within(input, 0, input.config.idlePeriod)) === 0;
    return to === 0 && input.current > 0 && !idle ? 1 : to;
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
  schedule: (from, input) => {
    const { floor, ceiling } = calendar(input, longest(input));
    const capped = blind(input) ? from : Math.min(from, Math.max(ceiling, floor));
    return Math.max(capped, floor);
  },
  bounds: (from, input) => {
    const { current, config } = input;
    const max = blind(input) ? Math.max(config.maxReplicas, current) : config.maxReplicas;
    const min = zeroAllowed(input) ? 0 : Math.max(1, config.minReplicas);
    return Math.min(Math.max(from, min), max);
  },
  gate: (from, { current, config, conditions, memory }) => {
    const stopped = conditions.paused || (conditions.otherScaler != null && config.actuator === "scale");
    const overruled = (memory.lastWritten?.overruled ?? 0) >= 3;
    return stopped || overruled || config.mode === "ForecastOnly" ? current : from;
  },
};
