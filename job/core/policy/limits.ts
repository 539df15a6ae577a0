/** Stages that bound: behavior windows and rates, schedule floors and ceilings, min/max, and the gate of modes. */
import { scaleDownLimit, scaleUpLimit, stabilise } from "./behavior.ts";
import { scheduleAt } from "./schedule.ts";
import { entry, type PolicyInput, pass, type Stage } from "./stage.ts";
import type { Reason } from "./types.ts";
import { otherWriterOf, WRITER_ADVICE } from "./writer.ts";

/** The windows of both directions. */
export const stabiliseStage: Stage = (value, { current, memory, config, now }) => {
  const { replicas, low, high } = stabilise(value, current, memory.wishes, config.behavior, now);
  const detail = { current, low, high };
  if (replicas === value) return pass("stabilise", value, `wishes of the windows: ${low} to ${high}`, detail);
  const up = value >= current;
  const window = (up ? config.behavior.scaleUp : config.behavior.scaleDown).stabilizationWindowSeconds;
  const text = `recent wishes were ${up ? "lower" : "higher"}: ${up ? "smallest" : "largest"} of the last ${window} s is ${up ? low : high}`;
  return entry("stabilise", value, replicas, up ? "ScaleUpStabilized" : "ScaleDownStabilized", text, detail);
};

/** The rate policies of both directions. */
export const rateStage: Stage = (value, { current, memory, config, now }) => {
  if (value === current) return pass("rate", value, "no change", { current });
  const up = value > current;
  const rules = up ? config.behavior.scaleUp : config.behavior.scaleDown;
  const limit = up
    ? scaleUpLimit(current, memory.events, rules, now)
    : scaleDownLimit(current, memory.events, rules, now);
  const to = up ? Math.min(value, limit) : Math.max(value, limit);
  const detail = { current, limit: Number.isFinite(limit) ? limit : null, selectPolicy: rules.selectPolicy };
  if (to === value)
    return pass(
      "rate",
      value,
      Number.isFinite(limit) ? `${up ? "at most" : "at least"} ${limit} now` : "no policy limits this direction",
      detail,
    );
  if (rules.selectPolicy === "Disabled")
    return entry("rate", value, to, up ? "ScaleUpDisabled" : "ScaleDownDisabled", "this direction is disabled", detail);
  return entry("rate", value, to, up ? "ScaleUpLimit" : "ScaleDownLimit", `rate policies allow ${limit} now`, detail);
};

/** Floors count from a lead time before they begin, so that the pods are ready when they do; ceilings count now and yield to floors. When data is on hold nothing lowers. */
export const scheduleStage: Stage = (value, input) => {
  const { floor, ceiling } = scheduleAt(input.config.schedule, input.now, input.now + input.lead.seconds);
  const highest =
    ceiling === null || input.quality.verdict === "hold" ? null : Math.max(ceiling.value, floor?.value ?? 0);
  const detail = { floor: floor?.value ?? null, ceiling: highest };
  if (ceiling !== null && highest !== null && value > highest) {
    return entry("schedule", value, highest, "ScheduleCeiling", `${ceiling.rule}: at most ${highest}`, detail);
  }
  if (floor !== null && value < floor.value)
    return entry("schedule", value, floor.value, "ScheduleFloor", `${floor.rule}: at least ${floor.value}`, detail);
  return pass("schedule", value, "no rule binds", detail);
};

/** min and max, corrected at once as HPA does; never to 0, from where nothing is measured any more. Without usable data only min counts: what is not seen is not taken away. */
export const boundsStage: Stage = (value, { config, quality, current }) => {
  const min = Math.max(1, config.minReplicas);
  const max = quality.verdict === "hold" ? Math.max(config.maxReplicas, current) : config.maxReplicas;
  const detail = { min, max };
  if (value > max) return entry("bounds", value, max, "TooManyReplicas", `at most ${max}`, detail);
  if (value < min) return entry("bounds", value, min, "TooFewReplicas", `at least ${min}`, detail);
  return pass("bounds", value, `within ${min} to ${max}`, detail);
};

/** After this many writes in a row that another writer undid, we stop: each further one restarts pods for nothing. */
export const OVERRULED_LIMIT = 3;

/** Why nothing may be written, whatever was computed; null when it may. */
export function gateReason({ config, conditions, memory }: PolicyInput): readonly [Reason, string] | null {
  if (conditions.paused === true) return ["Paused", "the pause annotation is set on the target"];
  if (config.actuator === "scale" && conditions.otherScaler !== undefined) {
    return ["OtherScaler", `${conditions.otherScaler} scales this target: forecast only`];
  }
  if ((memory.lastWritten?.overruled ?? 0) >= OVERRULED_LIMIT) {
    const undone = `${otherWriterOf({ conditions })} undid our last ${memory.lastWritten?.overruled} changes`;
    return ["Overruled", `${undone}; one more try in half an hour. To end it, ${WRITER_ADVICE}`];
  }
  return config.mode === "ForecastOnly" ? ["ForecastOnlyMode", "mode is ForecastOnly"] : null;
}

/** The gate: the whole decision is computed and shown, and not acted upon. */
export const gateStage: Stage = (value, input) => {
  const reason = gateReason(input);
  if (reason === null) return pass("gate", value, "may act", { current: input.current });
  return entry("gate", value, input.current, reason[0], reason[1], { current: input.current });
};
