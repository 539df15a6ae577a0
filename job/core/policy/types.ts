/** The vocabulary of decisions: stages, reasons, conditions of a run, and the decision with its trail. */
import type { Forecast } from "../forecast/types.ts";
import type { Quality, QualityReason, Series } from "../series/types.ts";
import type { Cores, EpochSeconds, Replicas, Seconds } from "../units.ts";

/** Closed vocabulary of stage reasons; HPA's words where HPA has one. */
export type Reason =
  | QualityReason
  | "ForecastQuantile"
  | "ReactiveFloor"
  | "ForecastNotTrusted"
  | "ForecastBand"
  | "SurgeAhead"
  | "DesiredWithinRange"
  | "WithinTolerance"
  | "ScaleUpStabilized"
  | "ScaleDownStabilized"
  | "ScaleUpLimit"
  | "ScaleDownLimit"
  | "ScaleUpDisabled"
  | "ScaleDownDisabled"
  | "CooldownActive"
  | "SuddenDrop"
  | "RolloutInProgress"
  | "ScheduleFloor"
  | "ScheduleCeiling"
  | "ScheduleFactor"
  | "TooFewReplicas"
  | "TooManyReplicas"
  | "FallbackReplicas"
  | "HoldOnBadData"
  | "UpOnlyOnPartialData"
  | "ModeOff"
  | "ForecastOnlyMode"
  | "Paused"
  | "ScalingDisabled"
  | "OtherScaler"
  | "Overruled"
  | "ChangedByOther"
  | "TargetNotFound"
  | "StateConflict"
  | "ScaleConflict"
  | "ReadyForNewScale";

/** One stage of the decision: replicas that went in, that came out, and why. `detail` holds the numbers that re-compute it. */
export interface TrailEntry {
  readonly stage: string;
  readonly from: Replicas;
  readonly to: Replicas;
  readonly reason: Reason;
  readonly message: string;
  readonly detail?: Readonly<Record<string, number | string | boolean | null>>;
}

/** What is known of the target beside its metric, as read in this run. */
export interface Conditions {
  /** A rollout is in progress. */
  readonly rollout?: boolean;
  /** The pause annotation is set on the target. */
  readonly paused?: boolean;
  /** Name of another scaler on the same target, e.g. "HorizontalPodAutoscaler/web". */
  readonly otherScaler?: string;
  /** Who else set the replicas as they are, by the object's managedFields, e.g. "argocd-controller" or "kubectl (scale)". */
  readonly otherWriter?: string;
  /** Measured pod start (upper quantile of ready minus created). */
  readonly podStart?: Seconds;
  /** Ready pods, when known. */
  readonly readyReplicas?: Replicas;
}

/** What to do. `replicas` equals `current` unless action is "scale". */
export interface Decision {
  readonly action: "scale" | "keep" | "hold";
  readonly current: Replicas;
  readonly replicas: Replicas;
  /** The reason that decided, from the last stage that changed or held the value. */
  readonly reason: Reason;
  readonly message: string;
  readonly trail: readonly TrailEntry[];
}

/** Everything one tick computed, enough to re-compute the decision and to draw it. */
export interface TickRecord {
  readonly now: EpochSeconds;
  readonly quality: Quality;
  /** Current demand: mean of the newest complete steps, cores; NaN when unknown. */
  readonly demand: Cores;
  readonly lead: Seconds;
  /** From here on new pods serve; the quantile is that of the maximum from here to the end of the lead. */
  readonly serves: Seconds;
  readonly level: number;
  readonly quantile: Cores;
  readonly forecast: Forecast | null;
  /** The grid the forecast was made from, for pictures; null when there was no data. */
  readonly series: Series | null;
  /** Replicas the demand asked for, before stabilisation: what is remembered; null when data forbade a wish. */
  readonly wish: Replicas | null;
  readonly decision: Decision;
}
