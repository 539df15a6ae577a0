/** Stages that only hold: data, rollout, sudden drop, tolerance, cooldown; and the fallback when metrics are missing for long. */
import { entry, pass, replicasFor, type Stage } from "./stage.ts";

/** The data verdict before anything is computed from the data. */
export const dataStage: Stage = (value, { quality }) =>
  entry("data", value, value, quality.reason, `${quality.verdict}: ${quality.message}`, {
    verdict: quality.verdict,
    points: quality.points,
    coverage: quality.coverage,
    age: Number.isFinite(quality.age) ? quality.age : null,
  });

/** Partial data reads too low: 1 of 2 scrape targets missing looks like half the load. It may add pods, never take any. */
export const partialStage: Stage = (value, { quality, current }) => {
  const detail = { verdict: quality.verdict, current };
  if (quality.verdict === "act" || value >= current)
    return pass("partial", value, "scale-in is not forbidden by the data", detail);
  return entry(
    "partial",
    value,
    current,
    "UpOnlyOnPartialData",
    `no scale-in on ${quality.reason}: ${quality.message}`,
    detail,
  );
};

/** While pods start anew their burst is no demand: no scale-in, and scale-out only to what is burnt now. */
export const rolloutStage: Stage = (value, { conditions, current, demand, config }) => {
  const reactive = replicasFor(demand, config.targetCpu);
  const detail = { rollout: conditions.rollout === true, current, reactive };
  if (conditions.rollout !== true) return pass("rollout", value, "no rollout in progress", detail);
  const to = value > current ? Math.max(current, Math.min(value, reactive)) : current;
  return entry(
    "rollout",
    value,
    to,
    "RolloutInProgress",
    `rollout in progress: no scale-in, scale-out up to the reactive need of ${reactive}`,
    detail,
  );
};

/** A load that fell off a cliff is more often an outage upstream than an end of demand; the retry storm follows. */
export const dropStage: Stage = (value, { memory, now, current }) => {
  const until = memory.dropHoldUntil;
  const detail = { until, now, current };
  if (until === null || now >= until) return pass("drop", value, "no sudden drop", detail);
  const left = Math.round(until - now);
  if (value >= current) return pass("drop", value, `sudden drop: scale-in held for ${left} s more`, detail);
  return entry(
    "drop",
    value,
    current,
    "SuddenDrop",
    `demand fell far below the forecast: no scale-in for ${left} s more`,
    detail,
  );
};

/** A change of this share or less is not worth an action; but never below what is needed now. */
export const toleranceStage: Stage = (value, { current, urgent = 0, config }) => {
  const rules = value > current ? config.behavior.scaleUp : config.behavior.scaleDown;
  const detail = { tolerance: rules.tolerance, current, urgent };
  // 1e-9: 11 / 10 - 1 is 0.10000000000000009 and still within 10 %.
  const within = Math.abs(value / current - 1) <= rules.tolerance + 1e-9;
  const to = within ? Math.max(current, Math.min(value, urgent)) : value;
  if (to === value)
    return pass("tolerance", value, `change is ${value === current ? "none" : "outside the tolerance"}`, detail);
  return entry(
    "tolerance",
    value,
    to,
    "WithinTolerance",
    `${value} is within ${rules.tolerance} of ${current}`,
    detail,
  );
};

/**
 * Least time between a change and the next, unless pods are needed now. Of several runs the one nearest to the end of the time counts: with runs 59 to 61 s apart and a cooldown
 * of 60 s the next run is not too early.
 */
export const cooldownStage: Stage = (value, { memory, now, current, urgent = 0, config }) => {
  const up = value > current;
  const cooldown = up ? config.scaleUpCooldown : config.scaleDownCooldown;
  const last = memory.events.reduce((at, event) => Math.max(at, event.at), Number.NEGATIVE_INFINITY);
  const left = last + cooldown - config.interval / 2 - now;
  const detail = { left: Number.isFinite(left) ? left : null, current, urgent };
  if (value === current || !(left > 0)) return pass("cooldown", value, "no cooldown in force", detail);
  if (up && urgent > current) return pass("cooldown", value, `${urgent} are needed now`, detail);
  const message = `changed ${Math.round(now - last)} s ago, cooldown ${cooldown} s`;
  return entry("cooldown", value, current, "CooldownActive", message, detail);
};

/** Metrics missing for long: first hold, then at least N, never below the current. */
export const fallbackStage: Stage = (value, { memory, now, current, config }) => {
  const { fallback } = config;
  const missing = memory.missingSince === null ? 0 : now - memory.missingSince;
  const detail = { missing, after: fallback?.after ?? null, replicas: fallback?.replicas ?? null, current };
  if (fallback === undefined)
    return pass("fallback", value, `metrics missing for ${Math.round(missing)} s, no fallback configured`, detail);
  if (missing < fallback.after)
    return pass(
      "fallback",
      value,
      `metrics missing for ${Math.round(missing)} s, fallback after ${fallback.after} s`,
      detail,
    );
  const to = Math.max(current, fallback.replicas);
  return entry(
    "fallback",
    value,
    to,
    "FallbackReplicas",
    `metrics missing for ${Math.round(missing)} s: at least ${fallback.replicas}, never below the current`,
    detail,
  );
};
