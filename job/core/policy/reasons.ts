/** All reasons of a decision: what each means and what a person may do about it. The docs are made from it; runs load only its type. */
import type { QualityReason } from "../series/types.ts";

/** An explanation for a person who finds the reason in a log, an Event or an answer. */
export interface Explanation {
  readonly means: string;
  readonly todo: string;
}

const NOTHING = "Nothing.";

/** Reasons of the verdict on the data. */
const DATA = {
  DataComplete: { means: "The window holds enough fresh samples. Both directions are allowed.", todo: NOTHING },
  NoData: {
    means: "The metric source gave no sample. That is not zero load, so the replicas are held.",
    todo: "Run `doctor`: it shows the query. For scrapes half a minute apart raise `rateWindow`. For the time until it works, set `fallback`.",
  },
  TooFewSamples: {
    means: "There is only one point. That is not enough to know the load, so the replicas are held.",
    todo: "Wait one step. If it stays, compare `step` with the scrape interval.",
  },
  StaleData: {
    means:
      "The newest sample is older than `maxAge`: the replicas are held. Or the CPU value has not changed for that long: there is no scale-in.",
    todo: "See whether the scrape works and the workload's pods exist. Raise `maxAge` only for a slow source.",
  },
  FutureData: {
    means: "There are samples with times in the future. The replicas are held.",
    todo: "Compare the clocks of what writes the samples and of the metric source.",
  },
  WrongTimeUnit: {
    means: "The samples' times are not in seconds: they fit today only in another unit. The replicas are held.",
    todo: "Look at what stands between the job and Prometheus: its API gives seconds.",
  },
  GapsInData: {
    means: "Less than `minCoverage` of the window holds samples. Scale-out is allowed, scale-in is not.",
    todo: "Nothing for a new workload. Otherwise look for scrapes that fail.",
  },
  PartialAnswer: {
    means: "The source warned that its answer is not complete. Scale-out is allowed, scale-in is not.",
    todo: "Read the warning in the message. With Thanos or Mimir, a store or ingester may be down.",
  },
  NotFinite: {
    means:
      "The newest sample is not a number. Scale-out is allowed, scale-in is not. Without any usable sample the replicas are held.",
    todo: "Look for a division by zero in `query`.",
  },
  NegativeData: {
    means:
      "The newest sample is negative. Scale-out is allowed, scale-in is not. Without any usable sample the replicas are held.",
    todo: "Use `rate` for counters in `query`, not a difference.",
  },
  ZeroUsage: {
    means:
      "Exactly 0 cores were measured while pods run. A running process always uses some, so this does not allow a scale-in.",
    todo: "Take `or vector(0)` out of `query`. Without it, see whether the exporter's counters stand still.",
  },
  AboveCapacity: {
    means: "More CPU was measured than the pods can use, or tens of times their target. The replicas are held.",
    todo: "Look in `query` for a missing `rate()`, for milli-cores and for other pods. Is `podCpuLimit` that of one whole pod?",
  },
  SeveralSeries: {
    means: "The query gave several series where one was expected. The replicas are held.",
    todo: "Put `sum(...)` around `query`.",
  },
} as const satisfies Record<QualityReason, Explanation>;

/** Reasons of how the recommendation was formed. */
const RECOMMENDATION = {
  ForecastQuantile: {
    means:
      "The forecast needs this many pods: as many as are worth their cost, or those for a given `quantile` of the demand.",
    todo: "Nothing. To accept more or less risk, set `slo`: the share of the time in which there may be too few pods.",
  },
  ForecastNotTrusted: {
    means: "The forecast did worse than repeating the last value. The last value and its errors take its place.",
    todo: "Nothing. If it lasts, `backtest` shows how well the series can be forecast.",
  },
  ScheduleFactor: {
    means: "A rule of `schedule` multiplies the demand.",
    todo: "Nothing, or change the rule's `factor`.",
  },
  SurgeAhead: {
    means: "The demand rises faster than the window has ever seen. Its slope is followed for a minute.",
    todo: "Nothing. `followSurge: false` switches it off.",
  },
  ReactiveFloor: {
    means: "The current demand needs more pods than the forecast. There are never fewer than the current demand needs.",
    todo: NOTHING,
  },
  Inactive: {
    means: "Neither demand nor forecast is above the metric's `activation`, so no pod is needed for it.",
    todo: "Nothing. If pods are needed earlier, lower `activation`.",
  },
  ForecastBand: {
    means: "Scale-in stops where pods are still worth a third of their cost, or where `scaleDownQuantile` needs them.",
    todo: "Nothing. A greater `slo`, or a lower `scaleDownQuantile`, scales in earlier and more often.",
  },
} as const satisfies Record<string, Explanation>;

/** Reasons that hold or limit a recommendation. */
const LIMITS = {
  MetricMissing: {
    means: "One of several metrics has no usable data. The others may add pods; none are removed.",
    todo: "The message names the metric and what is wrong with its data. `doctor` shows its query.",
  },
  UpOnlyOnPartialData: {
    means: "The data is incomplete. It may add pods, but not remove any.",
    todo: "See the reason of the data in the same message.",
  },
  MissingPods: {
    means:
      "Pods that run are missing from the measured sum. Before a scale-in each counts at its full target, as in the HPA.",
    todo: "Look for scrape targets that are down, and for a `rateWindow` of less than two scrapes.",
  },
  RolloutInProgress: {
    means:
      "A rollout is in progress. Starting pods use more CPU than they serve with. No scale-in, and scale-out only to the current usage.",
    todo: "Nothing. If there is no rollout, look at the workload's conditions for one that is stuck.",
  },
  SuddenDrop: {
    means: "The demand fell far below the last forecast, as in an outage upstream. No scale-in for `suddenDropHold`.",
    todo: "Nothing. `suddenDropHold: 0` switches it off.",
  },
  ScaleUpStabilized: {
    means: "A lower recommendation lies within the scale-up window.",
    todo: "Nothing, or shorten `behavior.scaleUp.stabilizationWindowSeconds`.",
  },
  ScaleDownStabilized: {
    means: "A higher recommendation lies within the scale-down window.",
    todo: "Nothing, or shorten `behavior.scaleDown.stabilizationWindowSeconds`.",
  },
  WithinTolerance: {
    means: "The change is within `tolerance` of the current replicas.",
    todo: NOTHING,
  },
  ScaleUpLimit: {
    means: "The rate policies allow no faster scale-out.",
    todo: "If the load outruns it, raise `behavior.scaleUp.policies`.",
  },
  ScaleDownLimit: {
    means: "The rate policies allow no faster scale-in.",
    todo: "Nothing, or raise `behavior.scaleDown.policies`.",
  },
  ScaleUpDisabled: { means: "`behavior.scaleUp.selectPolicy` is Disabled.", todo: "Nothing if that is meant." },
  ScaleDownDisabled: { means: "`behavior.scaleDown.selectPolicy` is Disabled.", todo: "Nothing if that is meant." },
  CooldownActive: {
    means: "The last change is too recent, and no pods are needed at once.",
    todo: "Nothing, or shorten `scaleUpCooldown` or `scaleDownCooldown`.",
  },
  FallbackReplicas: {
    means: "Metrics have been missing for longer than `fallback.after`. There are at least `fallback.replicas` pods.",
    todo: "Restore the metrics: `doctor` shows what is missing.",
  },
  ScheduleFloor: { means: "A rule of `schedule` asks for at least this many pods.", todo: NOTHING },
  ScheduleCeiling: {
    means: "A rule of `schedule` allows at most this many pods.",
    todo: "Nothing, or raise the rule's `maxReplicas`.",
  },
  TooFewReplicas: { means: "The result is below `minReplicas` and was raised to it.", todo: NOTHING },
  TooManyReplicas: {
    means: "The result is above `maxReplicas` and was cut to it.",
    todo: "If the pods cannot carry the load, raise `maxReplicas`.",
  },
  DesiredWithinRange: { means: "Nothing limits the result; the replicas are what the demand needs.", todo: NOTHING },
} as const satisfies Record<string, Explanation>;

/** Reasons why nothing is written. */
const GATES = {
  ModeOff: { means: "`mode` is Off. Nothing is decided.", todo: "Set `mode: Active` to scale." },
  ForecastOnlyMode: {
    means: "`mode` is ForecastOnly. The decision is shown, but not carried out.",
    todo: "Set `mode: Active` to scale.",
  },
  Paused: {
    means: "The workload has the annotation `prophet-autoscaler/paused`.",
    todo: "Remove the annotation to go on.",
  },
  ScalingDisabled: {
    means: "The workload has 0 replicas. As with the HPA, that switches scaling off.",
    todo: "Set the replicas to 1 or more to switch it on.",
  },
  OtherScaler: {
    means: "Another scaler, named in the message, sets the same replicas. Two would fight.",
    todo: "Remove one of them, or use `actuator: hpa` to set the floor of that HPA.",
  },
  ChangedByOther: {
    means:
      "Somebody, by name where it is known, changed the replicas after our last change. The decision goes on from there.",
    todo: "Nothing after a change by hand. If it repeats, see `Overruled`.",
  },
  Overruled: {
    means:
      "Three changes in a row were undone by another writer. One more is tried after half an hour, or once no manifest sets them.",
    todo: "Take `spec.replicas` out of the manifest in the steps of operations.md (merely dropped they become 1), or let that tool ignore them.",
  },
  FleetDrop: {
    means:
      "More than `fleetDrop.share` of the targets want to shrink by more than half at once. It looks like lost metrics: held.",
    todo: "See whether the metric source is whole. After `fleetDrop.hold` the scale-in is made; 0 switches it off.",
  },
  StateConflict: {
    means: "Another run wrote the state first. Nothing was changed; the next run decides.",
    todo: "Nothing if it is rare. If not, two jobs scale one target, or share one state object.",
  },
  ScaleConflict: {
    means: "The replicas changed between reading and writing. Nothing was written; the next run decides.",
    todo: "Nothing if it is rare. If not, see `Overruled`.",
  },
} as const satisfies Record<string, Explanation>;

/** All reasons of a decision, in the order in which the page shows them. */
export const REASONS = { ...DATA, ...RECOMMENDATION, ...LIMITS, ...GATES };

/** The name of a reason. Where HPA has a word for it, it is HPA's. */
export type Reason = keyof typeof REASONS;
