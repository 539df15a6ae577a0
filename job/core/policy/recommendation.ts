/** Stages that turn demand into a recommendation: forecast, trust, schedule factor, surge, reactive floor, band. */
import { scaleInQuantile, scaleOutQuantile } from "./quantiles.ts";
import { scheduleAt } from "./schedule.ts";
import { type Apply, coresText, pass, replicasFor, verdict } from "./stage.ts";
import { surgeAhead } from "./surge.ts";

/** Pods for the quantile of what new pods will meet. */
export const forecastStage: Apply = (_, input) => {
  const { config, lead } = input;
  const { quantile: level, targetCpu } = config;
  const { forecast: cores } = scaleOutQuantile(input, level);
  const needed = replicasFor(cores, targetCpu);
  const span = `${Math.round(lead.readyAfter)} to ${Math.round(lead.seconds)} s`;
  const text = `${coresText(cores)} cores at quantile ${level} of the maximum ${span} ahead need ${needed}`;
  const method = input.forecast?.method ?? null;
  const detail = { cores, level, readyAfter: lead.readyAfter, lead: lead.seconds, targetCpu, method };
  return verdict(needed, "ForecastQuantile", text, detail, { cores });
};

/** A forecast that did worse than repeating the last value does not act; the last value and its own errors do. */
export const trustStage: Apply = (draft, input) => {
  const { targetCpu, trustThreshold: threshold } = input.config;
  const { trusted: cores, distrust } = scaleOutQuantile(input, input.config.quantile);
  const skill = input.forecast?.skill ?? Number.NaN;
  const known = Number.isFinite(skill);
  const detail = { skill: known ? skill : null, threshold, cores, targetCpu };
  if (distrust === null) {
    const text = known ? `error ${skill.toFixed(2)} times that of the last value` : "error not yet known";
    return pass(draft, text, detail, { cores });
  }
  const text = `${distrust}: last value and its errors instead, ${coresText(cores)} cores`;
  return verdict(replicasFor(cores, targetCpu), "ForecastNotTrusted", text, detail, { cores });
};

/** Factors of the calendar multiply the demand. */
export const factorStage: Apply = (draft, { config, now, lead }) => {
  const { factor } = scheduleAt(config.schedule, now, now + lead.seconds);
  if (factor.value === 1) return pass(draft, "no schedule factor");
  const cores = draft.cores * factor.value;
  const detail = { cores: draft.cores, factor: factor.value, targetCpu: config.targetCpu };
  const text = `${factor.rule}: demand x ${factor.value}`;
  return verdict(replicasFor(cores, config.targetCpu), "ScheduleFactor", text, detail, { cores, factor: factor.value });
};

/** Only ever adds; bounded by the rate policies and max like every recommendation. */
export const surgeStage: Apply = (draft, { series, lead, config }) => {
  if (config.followSurge === false || series === null) return pass(draft, "not followed");
  const ahead = surgeAhead(series, lead.steps);
  const urgent = replicasFor(ahead, config.targetCpu);
  const detail = { ahead, targetCpu: config.targetCpu, needed: urgent };
  if (urgent <= draft.replicas) {
    const text = ahead > 0 ? `surge to ${coresText(ahead)} cores is covered` : "no surge";
    return pass(draft, text, detail, { urgent });
  }
  const text = `rise beyond the window's usual: ${coresText(ahead)} cores ahead`;
  return verdict(urgent, "SurgeAhead", text, detail, { urgent });
};

/** Never below what the current demand needs. What stands here is the recommendation that is remembered. */
export const reactiveStage: Apply = (draft, { demand, config }) => {
  const floor = replicasFor(demand, config.targetCpu);
  const text = `current demand ${coresText(demand)} cores needs ${floor}`;
  const detail = { demand, targetCpu: config.targetCpu, floor };
  const next = { urgent: Math.max(draft.urgent, floor), recommendation: Math.max(draft.replicas, floor) };
  return floor > draft.replicas ? verdict(floor, "ReactiveFloor", text, detail, next) : pass(draft, text, detail, next);
};

/** Scaling in stops where a higher quantile starts to object: it needs a fall larger than the forecast's own wobble. */
export const bandStage: Apply = (draft, input) => {
  const { current, config } = input;
  const { replicas } = draft;
  const level = config.scaleDownQuantile ?? config.quantile;
  const cores = Math.max(scaleInQuantile(input, level) * draft.factor, draft.cores);
  const least = replicasFor(cores, config.targetCpu);
  const to = replicas < current ? Math.min(current, Math.max(replicas, least)) : replicas;
  const detail = { least, level, current };
  if (to === replicas) return pass(draft, `quantile ${level} needs ${least}`, detail);
  return verdict(to, "ForecastBand", `scale-in no lower than ${least}, which quantile ${level} needs`, detail);
};
