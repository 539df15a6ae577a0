/** One worked case for each reason to hold, bound or refuse. */
import { behavior, config, NOW } from "../../fakes/config.ts";
import { type Case, missing, policyInput, quality, remembered } from "../../fakes/policy-input.ts";

/** What happens, its input, and what is decided: action, replicas, reason. */
export const LIMIT_CASES: readonly Case[] = [
  [
    "cooldown after a rise",
    policyInput({
      current: 9,
      memory: { ...remembered([0, 1]), changes: [{ at: NOW - 60, from: 4, to: 9 }] },
      config: config({ scaleDownCooldown: 120 }),
    }),
    "hold",
    9,
    "CooldownActive",
  ],
  [
    "cooldown after a fall too",
    policyInput({
      current: 9,
      memory: { ...remembered([0, 1]), changes: [{ at: NOW - 15, from: 11, to: 9 }] },
      config: config({ scaleDownCooldown: 75, interval: 15 }),
    }),
    "hold",
    9,
    "CooldownActive",
  ],
  [
    "the run nearest to the cooldown's end acts: 59 s after a change with runs a minute apart",
    policyInput({
      current: 9,
      memory: { ...remembered([0, 1]), changes: [{ at: NOW - 59, from: 4, to: 9 }] },
      config: config({ scaleDownCooldown: 75 }),
    }),
    "scale",
    2,
    "ForecastQuantile",
  ],
  [
    "cooldown of a rise that only the forecast asks for",
    policyInput({
      current: 4,
      quantileCores: 3,
      memory: { ...remembered([0, 1]), changes: [{ at: NOW - 15, from: 3, to: 4 }] },
      config: config({ scaleUpCooldown: 60, interval: 15 }),
    }),
    "hold",
    4,
    "CooldownActive",
  ],
  [
    "no cooldown of a rise that the current demand asks for, which then gets all that the forecast asks for",
    policyInput({
      current: 4,
      quantileCores: 3,
      demand: 2.2,
      memory: { ...remembered([0, 1]), changes: [{ at: NOW - 15, from: 3, to: 4 }] },
      config: config({ scaleUpCooldown: 60, interval: 15 }),
    }),
    "scale",
    6,
    "ForecastQuantile",
  ],
  [
    "a sudden drop",
    policyInput({ current: 9, memory: { ...remembered([0, 1]), dropHoldUntil: NOW + 60 } }),
    "hold",
    9,
    "SuddenDrop",
  ],
  [
    "a rollout takes no pod away",
    policyInput({ current: 9, conditions: { rollout: true } }),
    "hold",
    9,
    "RolloutInProgress",
  ],
  [
    "a rollout adds what is burnt now",
    policyInput({ quantileCores: 20, demand: 1.9, conditions: { rollout: true } }),
    "scale",
    4,
    "RolloutInProgress",
  ],
  [
    "partial data takes no pod away",
    policyInput({ current: 9, quality: quality("upOnly", "PartialAnswer") }),
    "hold",
    9,
    "UpOnlyOnPartialData",
  ],
  [
    "partial data may add",
    policyInput({ quantileCores: 3, quality: quality("upOnly", "PartialAnswer") }),
    "scale",
    6,
    "ForecastQuantile",
  ],
  ["stale data hold", policyInput({ current: 9, quality: quality("hold", "StaleData") }), "hold", 9, "StaleData"],
  ["blind above max stays", policyInput({ current: 200, quality: quality("hold", "NoData") }), "hold", 200, "NoData"],
  [
    "blind below min rises",
    policyInput({ current: 2, quality: quality("hold", "NoData"), config: config({ minReplicas: 4 }) }),
    "scale",
    4,
    "TooFewReplicas",
  ],
  [
    "a floor by schedule",
    policyInput({
      config: config({
        schedule: [
          { name: "day", timeZone: "UTC", once: { from: "2023-11-14T00:00", to: "2023-11-15T00:00" }, minReplicas: 6 },
        ],
      }),
    }),
    "scale",
    6,
    "ScheduleFloor",
  ],
  [
    "a ceiling by schedule",
    policyInput({
      quantileCores: 9,
      config: config({
        schedule: [
          { name: "day", timeZone: "UTC", once: { from: "2023-11-14T00:00", to: "2023-11-15T00:00" }, maxReplicas: 6 },
        ],
      }),
    }),
    "scale",
    6,
    "ScheduleCeiling",
  ],
  [
    "a factor by schedule",
    policyInput({
      quantileCores: 2,
      config: config({
        schedule: [
          { name: "day", timeZone: "UTC", once: { from: "2023-11-14T00:00", to: "2023-11-15T00:00" }, factor: 1.5 },
        ],
      }),
    }),
    "scale",
    6,
    "ScheduleFactor",
  ],
  ["max", policyInput({ quantileCores: 90 }), "scale", 100, "TooManyReplicas"],
  [
    "max at once, whatever the windows say",
    policyInput({ current: 200, memory: remembered([10, 200]) }),
    "scale",
    100,
    "TooManyReplicas",
  ],
  ["min", policyInput({ quantileCores: 0, demand: 0 }), "scale", 1, "TooFewReplicas"],
  [
    "forecast only",
    policyInput({ quantileCores: 9, config: config({ mode: "ForecastOnly" }) }),
    "hold",
    2,
    "ForecastOnlyMode",
  ],
  ["off", policyInput({ quantileCores: 9, config: config({ mode: "Off" }) }), "hold", 2, "ModeOff"],
  ["paused", policyInput({ quantileCores: 9, conditions: { paused: true } }), "hold", 2, "Paused"],
  [
    "another scaler",
    policyInput({ quantileCores: 9, conditions: { otherScaler: "HorizontalPodAutoscaler/web" } }),
    "hold",
    2,
    "OtherScaler",
  ],
  [
    "another scaler is what actuator hpa works with",
    policyInput({
      quantileCores: 3,
      conditions: { otherScaler: "HorizontalPodAutoscaler/web" },
      config: config({ actuator: "hpa" }),
    }),
    "scale",
    6,
    "ForecastQuantile",
  ],
  ["replicas 0 disable", policyInput({ current: 0, quantileCores: 9 }), "hold", 0, "ScalingDisabled"],
  [
    "overruled again and again",
    policyInput({
      quantileCores: 9,
      memory: { ...remembered([0, 2]), lastWritten: { at: NOW - 60, replicas: 2, overruled: 3, foreign: true } },
    }),
    "hold",
    2,
    "Overruled",
  ],
  [
    "fallback not yet",
    policyInput({
      quality: quality("hold", "NoData"),
      memory: missing(599),
      config: config({ fallback: { after: 600, replicas: 7 } }),
    }),
    "hold",
    2,
    "NoData",
  ],
  [
    "fallback",
    policyInput({
      quality: quality("hold", "NoData"),
      memory: missing(600),
      config: config({ fallback: { after: 600, replicas: 7 } }),
    }),
    "scale",
    7,
    "FallbackReplicas",
  ],
  [
    "fallback is never below the current",
    policyInput({
      current: 9,
      quality: quality("hold", "NoData"),
      memory: missing(600),
      config: config({ fallback: { after: 600, replicas: 7 } }),
    }),
    "hold",
    9,
    "NoData",
  ],
  [
    "a window that runs out pod by pod is not one action a minute",
    policyInput({
      current: 20,
      quantileCores: 5,
      memory: remembered([5, 19]),
      config: config({ behavior: behavior({}, { tolerance: 0.1 }) }),
    }),
    "hold",
    20,
    "WithinTolerance",
  ],
];
