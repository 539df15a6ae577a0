/** Stages that limit: behavior's windows and rates, schedule floors and ceilings, min and max, and the gate of modes. */
import { pluralize } from "../units.ts";
import { scaleDownLimit, scaleUpLimit, stabilise } from "./behavior.ts";
import { mayBeZero } from "./metrics.ts";
import type { Reason } from "./reasons.ts";
import { scheduleAt } from "./schedule.ts";
import { type Apply, isBlind, longestLead, type PolicyInput, pass, verdict } from "./stage.ts";
import { otherWriterOf, WRITER_ADVICE } from "./writer.ts";

/** The stabilisation windows of both directions. The last pod is removed only after a whole idle period. */
export const stabiliseStage: Apply = (draft, { current, memory, config, now }) => {
  const { replicas, low, high } = stabilise(draft.replicas, current, memory.recommendations, config.behavior, now);
  const detail = { current, low, high };
  const idleSince = now - config.idlePeriod;
  if (replicas === 0 && current > 0 && memory.recommendations.some((r) => r.at > idleSince && r.replicas > 0))
    return verdict(1, "ScaleDownStabilized", `idle for less than ${config.idlePeriod} s: one pod stays`, detail);
  if (replicas === draft.replicas) return pass(draft, `recommendations of the windows: ${low} to ${high}`, detail);
  const up = draft.replicas >= current;
  const window = (up ? config.behavior.scaleUp : config.behavior.scaleDown).stabilizationWindowSeconds;
  const extreme = up ? `smallest of the last ${window} s is ${low}` : `largest of the last ${window} s is ${high}`;
  const text = `recent recommendations were ${up ? "lower" : "higher"}: ${extreme}`;
  return verdict(replicas, up ? "ScaleUpStabilized" : "ScaleDownStabilized", text, detail);
};

/** The rate policies of both directions. */
export const rateStage: Apply = (draft, { current, memory, config, now }) => {
  const { replicas } = draft;
  if (replicas === current) return pass(draft, "no change", { current });
  const up = replicas > current;
  const rules = up ? config.behavior.scaleUp : config.behavior.scaleDown;
  const allowed = (up ? scaleUpLimit : scaleDownLimit)(current, memory.changes, rules, now);
  // any percentage of no pods is none: the first pod is always allowed, unless the direction is disabled
  const limit = up && current === 0 && rules.selectPolicy !== "Disabled" ? Math.max(1, allowed) : allowed;
  const to = up ? Math.min(replicas, limit) : Math.max(replicas, limit);
  const detail = { current, limit: Number.isFinite(limit) ? limit : null, selectPolicy: rules.selectPolicy };
  if (to === replicas) {
    const text = Number.isFinite(limit)
      ? `${up ? "at most" : "at least"} ${limit} now`
      : "no policy limits this direction";
    return pass(draft, text, detail);
  }
  if (rules.selectPolicy === "Disabled")
    return verdict(to, up ? "ScaleUpDisabled" : "ScaleDownDisabled", "this direction is disabled", detail);
  return verdict(to, up ? "ScaleUpLimit" : "ScaleDownLimit", `rate policies allow ${limit} now`, detail);
};

/**
 * Schedule floors count from a lead time before they begin, so that the pods are ready in time. Ceilings count from their start and yield to
 * floors. While the data are on hold nothing lowers the replicas.
 */
export const scheduleStage: Apply = (draft, input) => {
  const { config, now } = input;
  const { floor, ceiling } = scheduleAt(config.schedule, now, now + longestLead(input));
  const lowers = ceiling !== null && !isBlind(input);
  const highest = lowers ? Math.max(ceiling.value, floor?.value ?? 0) : null;
  const detail = { floor: floor?.value ?? null, ceiling: highest };
  if (lowers && highest !== null && draft.replicas > highest)
    return verdict(highest, "ScheduleCeiling", `${ceiling.rule}: at most ${highest}`, detail);
  if (floor !== null && draft.replicas < floor.value)
    return verdict(floor.value, "ScheduleFloor", `${floor.rule}: at least ${floor.value}`, detail);
  return pass(draft, "no rule binds", detail);
};

/**
 * min and max, corrected at once as HPA does. 0 replicas need a metric that shows without pods when one is needed.
 * Without usable data only min counts: what cannot be seen is not removed.
 */
export const boundsStage: Apply = (draft, input) => {
  const { config, current } = input;
  const min = mayBeZero(config) ? 0 : Math.max(1, config.minReplicas);
  const max = isBlind(input) ? Math.max(config.maxReplicas, current) : config.maxReplicas;
  const detail = { min, max };
  if (draft.replicas > max) return verdict(max, "TooManyReplicas", `at most ${max}`, detail);
  if (draft.replicas < min) return verdict(min, "TooFewReplicas", `at least ${min}`, detail);
  return pass(draft, `within ${min} to ${max}`, detail);
};

/**
 * After this many writes in a row that another writer undid the job stops: each further one restarts pods for nothing. Two may be an accident;
 * by that reason, not by a measurement.
 */
export const OVERRULED_LIMIT = 3;

/** What the gate waits for. */
const RESUMES = "the job goes on in the run that sees it done, at the latest with that try";

/** Why nothing may be written; null: it may. */
function gateReason({ config, conditions, memory }: PolicyInput): readonly [Reason, string] | null {
  if (conditions.paused === true) return ["Paused", "the pause annotation is set on the target"];
  if (config.actuator === "scale" && conditions.otherScaler)
    return ["OtherScaler", `${conditions.otherScaler} scales this target: forecast only`];
  const overruled = memory.lastWritten?.overruled ?? 0;
  if (overruled >= OVERRULED_LIMIT && conditions.manifestFree !== true) {
    const undone = `${otherWriterOf(conditions)} undid our last ${pluralize(overruled, "change")}`;
    return ["Overruled", `${undone}; one more try in half an hour. To end it, ${WRITER_ADVICE}; ${RESUMES}`];
  }
  return config.mode === "ForecastOnly" ? ["ForecastOnlyMode", "mode is ForecastOnly"] : null;
}

/** The gate: the decision is computed and shown, but not carried out. */
export const gateStage: Apply = (draft, input) => {
  const reason = gateReason(input);
  const detail = { current: input.current };
  return reason === null ? pass(draft, "may act", detail) : verdict(input.current, reason[0], reason[1], detail);
};
