/** Stages that turn one metric's demand into a recommendation: forecast, trust, factor, surge, reactive floor, activation and band. */
import { scaleInAmount, scaleOutAmount } from "./amounts.ts";
import { scheduleAt } from "./schedule.ts";
import { type ApplyToMetric, isActive, type PolicyInput, pass, preciseAmount, replicasFor, verdict } from "./stage.ts";
import { surgeAhead } from "./surge.ts";

/** Pods for the demand that new pods will meet: for a given quantile of it, or as many as pay. */
export const forecastStage: ApplyToMetric = (_, input, policy) => {
  const { lead, metric, forecast } = input;
  const { averageValue, quantile } = metric;
  const { value, level, carriedLevel } = scaleOutAmount(input, policy).forecast;
  const needed = replicasFor(value, averageValue);
  const span = `${Math.round(lead.readyAfter)} to ${Math.round(lead.seconds)} s`;
  const within = carriedLevel === undefined ? "" : ` (${carriedLevel} within the tolerance)`;
  const why = quantile === undefined ? `${within}, beyond which a pod does not pay${towards(policy)}` : "";
  const text = `${preciseAmount(value, metric)} at quantile ${level} of the maximum ${span} ahead need ${needed}${why}`;
  const method = forecast?.method ?? null;
  const detail = { value, level, readyAfter: lead.readyAfter, lead: lead.seconds, averageValue, method };
  return verdict(needed, "ForecastQuantile", text, detail, { value, level });
};

/** With an `slo`: the share of time below that was met, which moves the level. */
function towards({ config: { slo }, memory: { service } }: PolicyInput): string {
  if (slo === undefined) return "";
  const percent = (share: number) => `${Number((share * 100).toPrecision(2))} %`;
  const met = service === null || service.seen === 0 ? "" : `, ${percent(service.below / service.seen)} were`;
  return ` where ${percent(slo)} of the time may be below${met}`;
}

/** A forecast that did worse than repeating the last value is not used; the last value and its own errors are. */
export const trustStage: ApplyToMetric = (draft, input, policy) => {
  const { metric, forecast } = input;
  const { config } = policy;
  const { trusted, distrust } = scaleOutAmount(input, policy);
  const { value, level } = trusted;
  const skill = forecast?.skill ?? Number.NaN;
  const known = Number.isFinite(skill);
  const detail = { skill: known ? skill : null, threshold: config.trustThreshold, value };
  if (distrust === null) {
    const text = known ? `error ${skill.toFixed(2)} times that of the last value` : "error not yet known";
    return pass(draft, text, detail, { value, level });
  }
  const text = `${distrust}: last value and its errors instead, ${preciseAmount(value, metric)}`;
  return verdict(replicasFor(value, metric.averageValue), "ForecastNotTrusted", text, detail, { value, level });
};

/** The schedule's factors multiply the demand. */
export const factorStage: ApplyToMetric = (draft, { metric, lead }, { config, now }) => {
  const { factor } = scheduleAt(config.schedule, now, now + lead.seconds);
  if (factor.value === 1) return pass(draft, "no schedule factor");
  const value = draft.value * factor.value;
  const text = `${factor.rule}: demand x ${factor.value}`;
  const detail = { value: draft.value, factor: factor.value };
  return verdict(replicasFor(value, metric.averageValue), "ScheduleFactor", text, detail, {
    value,
    factor: factor.value,
  });
};

/** Adds pods for a surge. It never removes any, and rate policies and max limit it like every recommendation. */
export const surgeStage: ApplyToMetric = (draft, { metric, series, lead }, { config }) => {
  if (config.followSurge === false || series === null) return pass(draft, "not followed");
  const ahead = surgeAhead(series, lead.steps);
  const urgent = replicasFor(ahead, metric.averageValue);
  const detail = { ahead, needed: urgent };
  if (urgent <= draft.replicas) {
    const text = ahead > 0 ? `surge to ${preciseAmount(ahead, metric)} is covered` : "no surge";
    return pass(draft, text, detail, { urgent });
  }
  const text = `rise beyond the window's usual: ${preciseAmount(ahead, metric)} ahead`;
  return verdict(urgent, "SurgeAhead", text, detail, { urgent });
};

/** Never below what the current demand needs. The result is the recommendation that is remembered. */
export const reactiveStage: ApplyToMetric = (draft, { metric, demand }) => {
  const floor = replicasFor(demand, metric.averageValue);
  const text = `current demand ${preciseAmount(demand, metric)} needs ${floor}`;
  const detail = { demand, averageValue: metric.averageValue, floor };
  const next = { urgent: Math.max(draft.urgent, floor), recommendation: Math.max(draft.replicas, floor) };
  return floor > draft.replicas ? verdict(floor, "ReactiveFloor", text, detail, next) : pass(draft, text, detail, next);
};

/**
 * With minReplicas 0: a metric needs no pod while demand and forecast are within its activation. Above it the first pod is urgent: nothing
 * serves before it.
 */
export const activationStage: ApplyToMetric = (draft, { metric, demand }, { config, current }) => {
  const { activation } = metric;
  if (config.minReplicas > 0 || activation === undefined) return null;
  const { replicas, value } = draft;
  const detail = { activation, demand, value };
  if (isActive(demand, metric) || isActive(value, metric)) {
    const urgent = current === 0 ? Math.max(1, draft.urgent) : draft.urgent;
    return pass(draft, `demand or forecast is above ${preciseAmount(activation, metric)}`, detail, { urgent });
  }
  const text = `neither demand nor forecast is above ${preciseAmount(activation, metric)}`;
  const next = { urgent: 0, recommendation: 0 };
  return replicas === 0 ? pass(draft, text, detail, next) : verdict(0, "Inactive", text, detail, next);
};

/** Scale-in stops at a higher quantile: it needs a fall larger than the forecast's own fluctuation. */
export const bandStage: ApplyToMetric = (draft, input, policy) => {
  const { current, config } = policy;
  const { replicas } = draft;
  const { averageValue } = input.metric;
  const { value: kept, level } = scaleInAmount(input, policy);
  const value = Math.max(kept * draft.factor, draft.value);
  const idle = config.minReplicas === 0 && !isActive(value, input.metric);
  const least = idle ? 0 : replicasFor(value, averageValue);
  const to = replicas < current ? Math.min(current, Math.max(replicas, least)) : replicas;
  const detail = { least, level, current };
  if (to === replicas) return pass(draft, `quantile ${level} needs ${least}`, detail);
  return verdict(to, "ForecastBand", `scale-in no lower than ${least}, which quantile ${level} needs`, detail);
};
