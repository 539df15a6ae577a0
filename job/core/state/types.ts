/** What is remembered of one target between runs. Advice, never truth: losing it only lengthens a scale-in. */
import type { EpochSeconds, Replicas } from "../units.ts";

/** A past recommendation: the replicas the demand asked for, before stabilisation. */
export interface Recommendation {
  readonly at: EpochSeconds;
  readonly replicas: Replicas;
}

/** A change of the replicas that we made. */
export interface ReplicaChange {
  readonly at: EpochSeconds;
  readonly from: Replicas;
  readonly to: Replicas;
}

/** The last forecast, kept for the cooldown logic, the sudden-drop check and for people. */
export interface LastForecast {
  readonly at: EpochSeconds;
  /** Unusable for decisions after this. */
  readonly expires: EpochSeconds;
  /** Amounts in the metric's unit. */
  readonly max: number;
  readonly quantile: number;
  readonly level: number;
  readonly mean: number;
  readonly method: string;
}

/** Our last write; `overruled` counts writes in a row that another writer undid; `foreign`: `replicas` is that writer's value, since `at`. */
export interface LastWrite {
  readonly at: EpochSeconds;
  readonly replicas: Replicas;
  readonly overruled: number;
  readonly foreign?: boolean;
}

/** From a time to a time, both included. */
export type Span = readonly [EpochSeconds, EpochSeconds];

/** What is remembered of one metric. */
export interface MetricState {
  readonly lastForecast: LastForecast | null;
  /** When its data were last good enough to act on; null: never. */
  readonly lastGoodData: EpochSeconds | null;
  /** Since when its data have been unusable; null: they are usable. */
  readonly missingSince: EpochSeconds | null;
  /** When its sum lacked pods, as far back as the forecaster looks. Not learned. */
  readonly incomplete: readonly Span[];
}

/** State of one target. */
export interface TargetState {
  /** Recommendations of the last stabilisation window, oldest first. */
  readonly recommendations: readonly Recommendation[];
  /** Our changes within the longest rate period or cooldown, oldest first. */
  readonly changes: readonly ReplicaChange[];
  /** By the metric's name; what is not there is unknown. */
  readonly metrics: Readonly<Record<string, MetricState>>;
  /** Rollouts seen in the history window, [from, to]; `to` moves on while one runs. Their start-up burst is not learned. */
  readonly rollouts: readonly Span[];
  /** Until when a sudden drop forbids scale-in; null: none. */
  readonly dropHoldUntil: EpochSeconds | null;
  /** What we last wrote, to recognise another writer (GitOps ping-pong). */
  readonly lastWritten: LastWrite | null;
}

/** State of a job: by "namespace/name" of the target. */
export interface JobState {
  readonly version: number;
  readonly targets: Readonly<Record<string, TargetState>>;
}
