/** What is remembered of each target between runs. It is advice, never truth: losing it only lengthens a scale-in. */
import type { EpochSeconds, Replicas, Seconds } from "../units.ts";

/** A past recommendation: the replicas that the demand asked for, before stabilisation. */
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

/** The last forecast, for cooldowns, the sudden-drop check and people. */
export interface LastForecast {
  readonly at: EpochSeconds;
  /** After this time it is not used for decisions. */
  readonly expires: EpochSeconds;
  /** Amounts in the metric's unit. */
  readonly max: number;
  readonly quantile: number;
  readonly level: number;
  readonly mean: number;
  readonly method: string;
}

/**
 * Our last write, and what became of it:
 * - `overruled`: writes in a row that another writer undid;
 * - `foreign`: `replicas` is that writer's value, since `at`;
 * - `floor`: it was the minReplicas of an HPA.
 */
export interface LastWrite {
  readonly at: EpochSeconds;
  readonly replicas: Replicas;
  readonly overruled: number;
  readonly foreign?: boolean;
  readonly floor?: boolean;
}

/** A condition that lasts longer than a run. It is reported once when it begins and once when it ends. */
export type Standing = "Blind" | "OtherScaler" | "Paused" | "FleetDrop";

/** Since when each standing condition of a target has lasted; the others are absent. */
export type StandingSince = Readonly<Partial<Record<Standing, EpochSeconds>>>;

/** A span of time, both ends included. */
export type Span = readonly [EpochSeconds, EpochSeconds];

/** What is remembered of one metric. */
export interface MetricState {
  readonly lastForecast: LastForecast | null;
  /** When its data were last good enough to act on; null: never. */
  readonly lastGoodData: EpochSeconds | null;
  /** Since when its data have been unusable; null: they are usable. */
  readonly missingSince: EpochSeconds | null;
  /** When its sum lacked pods, as far back as the forecaster reads. These times are not learned. */
  readonly incomplete: readonly Span[];
}

/** Time in which the demand was above what the pods carry. Older time counts less, by half a day's memory. */
export interface Service {
  /** Until when it is counted. */
  readonly at: EpochSeconds;
  readonly below: Seconds;
  readonly seen: Seconds;
}

/** Conditions of a target of which people are notified when they begin and when they end. */
export const CONDITIONS = ["failed", "blind", "overruled"] as const;
/** The name of such a condition. */
export type Condition = (typeof CONDITIONS)[number];

/** Whether a name is one of CONDITIONS. */
export function isCondition(name: string): name is Condition {
  return (CONDITIONS as readonly string[]).includes(name);
}

/** What people were told about a condition. */
export interface Notified {
  readonly since: EpochSeconds;
  /** When it was last told. */
  readonly told: EpochSeconds;
  /** When a run first found it gone; null: it goes on. */
  readonly gone: EpochSeconds | null;
}

/** State of one target. */
export interface TargetState {
  /** Recommendations of the last stabilisation window, oldest first. */
  readonly recommendations: readonly Recommendation[];
  /** Our changes within the longest rate period or cooldown, oldest first. */
  readonly changes: readonly ReplicaChange[];
  /** By the metric's name; what is not there is unknown. */
  readonly metrics: Readonly<Record<string, MetricState>>;
  /** Rollouts in the history window as [from, to]; `to` moves on while one runs. Their start-up burst is not learned. */
  readonly rollouts: readonly Span[];
  /** Until when a sudden drop forbids scale-in; null: none. */
  readonly dropHoldUntil: EpochSeconds | null;
  /** The time below that was measured for the target's `slo`; null: it has none, or nothing is known. */
  readonly service: Service | null;
  /** What we last wrote, to recognise another writer (GitOps ping-pong). */
  readonly lastWritten: LastWrite | null;
  /** The standing conditions with their begin; absent: none. */
  readonly standing?: StandingSince;
  /** Since when each decision has held the replicas; absent: the last one did not. */
  readonly heldSince?: EpochSeconds;
  /** The kind of the workload that it is of; absent: a Deployment. Memory is kept by a name that a workload of another kind may have too. */
  readonly kind?: string;
  /** Conditions of which people were notified; absent: none. */
  readonly notified?: Readonly<Partial<Record<Condition, Notified>>>;
}

/** The state of a job, by "namespace/name" of the target. */
export interface JobState {
  readonly version: number;
  readonly targets: Readonly<Record<string, TargetState>>;
}
