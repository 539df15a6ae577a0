/** The job's ports, as types alone. Adapters, the replay and tests implement them. */

import type { Conditions } from "./core/policy/conditions.ts";
import type { PodResources } from "./core/policy/pod-resources.ts";
import type { StandingChanges } from "./core/policy/standing.ts";
import type { TickRecord, TrailEntry } from "./core/policy/types.ts";
import type { OtherWrite } from "./core/policy/writer.ts";
import type { DataVerdict, Samples } from "./core/series/types.ts";
import type { Condition, JobState } from "./core/state/types.ts";
import type { Metric, SetNumber, TargetConfig } from "./core/target.ts";
import type { EpochSeconds, Replicas, Seconds } from "./core/units.ts";

/** A history as read: samples, the source's clock, and whether the answer was degraded. */
export interface HistoryReading {
  readonly samples: Samples;
  /** Coarser, longer history if configured and available. */
  readonly longSamples?: Samples;
  readonly longStep?: Seconds;
  /** Whether the answer came with warnings, or was partial. */
  readonly partial: boolean;
  /** Number of series in the answer; more than 1: the query is not an aggregate. */
  readonly seriesCount: number;
  /** What may be wrong with the query, where the answer has no sample. */
  readonly hint?: string;
  /** The query, for messages. */
  readonly source: string;
  /** Measured time from a pod's creation to its readiness, where the source knows it. */
  readonly podStart?: Seconds;
  /** The number of pods in the newest sums; absent where the source cannot say. */
  readonly pods?: Samples;
}

/** A request to a metric source: the history of one metric of one target. */
export interface HistoryQuery {
  readonly target: TargetConfig;
  readonly metric: Metric;
}

/** Reads the histories of metrics. In all ports, calls in progress fail at once when `signal` is aborted. */
export interface History {
  /** The time by the source's clock. Throws HistoryError. */
  now(signal?: AbortSignal): Promise<EpochSeconds>;
  /** One reading per query, in their order. One that fails gives its error, and the others continue. */
  read(
    queries: readonly HistoryQuery[],
    now: EpochSeconds,
    signal?: AbortSignal,
  ): Promise<readonly (HistoryReading | Error)[]>;
}

/** The scale of a target as read in this run. */
export interface ScaleReading {
  readonly replicas: Replicas;
  readonly conditions: Conditions;
  /** CPU requests and limits of a pod; absent where the workload could not be read. */
  readonly resources?: PodResources;
  /** The number that is set, where it is not the replicas themselves: with the actuator hpa, the HPA's minReplicas. */
  readonly floor?: Replicas;
}

/** Reads and sets replicas. */
export interface Scaler {
  /** Whether no real replicas change, and set ones are only remembered here. Absent: they change. */
  readonly pretended?: boolean;
  /** Throws a named error with its cause where the scale cannot be read. */
  read(target: TargetConfig, signal?: AbortSignal): Promise<ScaleReading>;
  /** Sets replicas only if they still are `from`; "conflict" where they are not. Throws a named error otherwise. */
  scale(target: TargetConfig, from: Replicas, to: Replicas, signal?: AbortSignal): Promise<"done" | "conflict">;
  /** Who else set the replicas as they are, in words; undefined: nobody, or not known. One call; never throws. */
  otherWriter?(target: TargetConfig, replicas: Replicas, signal?: AbortSignal): Promise<string | undefined>;
}

/** Equally spaced times: `points` of them from `start` on. */
export interface Times {
  readonly start: EpochSeconds;
  readonly step: Seconds;
  readonly points: number;
}

/** The record of a scale at a time. */
export interface RecordedScale {
  /** The number that is set: the replicas, or with the actuator hpa the HPA's minReplicas. */
  readonly set: Replicas;
  /** When it was measured. */
  readonly at: EpochSeconds;
  /** The largest and the smallest number that was set since the time before. */
  readonly highest: Replicas;
  readonly lowest: Replicas;
  /** Pods, where `set` is something else. */
  readonly pods?: Replicas;
}

/** A record of replicas: the metric from which it comes, and its value at each time; null: none. */
export interface RecordedScales {
  readonly source: string;
  readonly scales: readonly (RecordedScale | null)[];
}

/** Reads the replicas that a target had. */
export interface ScaleHistory {
  /** Null: this target has no record. Throws a named error where it cannot be read. */
  read(target: TargetConfig, times: Times, signal?: AbortSignal): Promise<RecordedScales | null>;
}

/** State as read, with the version a claim must name. */
export interface StateReading {
  readonly state: JobState;
  readonly version: string | null;
  /** Why the stored state could not be used, if it could not. */
  readonly warning?: string;
}

/** How large a state is, and how large it may become, in bytes. */
export interface StateSize {
  readonly bytes: number;
  readonly limit: number;
}

/** Stores what is remembered between runs. */
export interface StateStore {
  read(signal?: AbortSignal): Promise<StateReading>;
  /** Writes if the stored version still is `version`; "lost": another run wrote first. */
  claim(state: JobState, version: string | null, signal?: AbortSignal): Promise<"claimed" | "lost">;
  /** The version that this process's last claim made, so that the next one needs no read; absent or null: not known. */
  written?(): string | null;
  /** The targets of a state that do not fit; a claim leaves them out. Absent: all fit. */
  leftOut?(state: JobState): readonly string[];
  /** The size that this process's last claim wrote, and the size that is refused; of several objects the fullest. Absent or null: not known. */
  size?(): StateSize | null;
  /** The store for the target of this key ("namespace/name"), where targets are spread over several objects; absent: this one. */
  of?(key: string): StateStore;
}

/** Reports to people and machines what was done; must never fail a run. */
export interface Reporter {
  tick(target: TargetConfig, record: TickRecord | null, outcome: Outcome): void;
  log(level: "debug" | "info" | "warn" | "error", message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** What failed: reading the metric, reading the scale, storing the state, setting the replicas, or using the settings in annotations. */
export type Failure = "metric" | "scale" | "state" | "rescale" | "settings";

/** The result for one metric of a target, in the metric's unit. */
export interface MetricOutcome {
  readonly name: string;
  readonly unit: string;
  readonly averageValue: number;
  /** The verdict on its data and the reason. */
  readonly data: { readonly verdict: DataVerdict; readonly reason: string };
  /** null: not known. */
  readonly demand: number | null;
  /** The replicas that it alone asks for. */
  readonly replicas: Replicas;
  readonly forecast: ForecastOutcome | null;
}

/** A forecast in figures, of the maximum while new pods serve: the point forecast, and the quantile at `level` for which pods are set. */
export interface ForecastOutcome {
  readonly max: number;
  readonly quantile: number;
  readonly level: number;
  readonly method: string;
}

/** The result for one target in one run (the JSON of contract `--once`). */
export interface Outcome extends SetNumber {
  readonly namespace: string;
  readonly name: string;
  /** `wouldScale`: nothing is written, by a dry run or a pretended cluster. */
  readonly action: "scaled" | "wouldScale" | "unchanged" | "held" | "failed";
  readonly from: Replicas | null;
  readonly to: Replicas | null;
  readonly reason: string;
  readonly message: string;
  /** What failed; absent: nothing. */
  readonly failed?: Failure;
  /** The forecast of the metric that asks for the most replicas. */
  readonly forecast: ForecastOutcome | null;
  /** Every metric, in the target's order; empty where nothing was computed. */
  readonly metrics: readonly MetricOutcome[];
  /** Another writer's change of the replicas after our last one; absent: none. */
  readonly otherWriter?: OtherWrite;
  /** Since when no metric has had usable data, where that is longer than `blindAfter`: the run exits with 1. */
  readonly blindSince?: EpochSeconds;
  /** Standing conditions that begin or end with this run; absent: none. */
  readonly standing?: StandingChanges;
  readonly trail: readonly TrailEntry[];
}

/** What people are notified of: a change, or a condition that began, lasts, or is over. */
export interface Notification {
  readonly outcome: Outcome;
  readonly what: "scaled" | Condition;
  readonly phase: "began" | "lasts" | "ended";
  /** When it began. */
  readonly since: EpochSeconds;
}

/** Notifies people who do not look at the cluster. */
export interface Notifier {
  /** Sends all of them. Rejects when nobody got them. */
  send(notifications: readonly Notification[], now: EpochSeconds, signal?: AbortSignal): Promise<void>;
}

/** One value of a metric. */
export interface MetricSample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  /** Its own time, where that is not the time of the run. Formats without timestamps leave such samples out. */
  readonly at?: EpochSeconds;
}

/** A gauge with its samples; every sample has all labels. */
export interface MetricFamily {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
  readonly samples: readonly MetricSample[];
}

/** Takes the metrics of runs. */
export interface MetricsSink {
  /** Whether the metrics of some targets may be sent before those of others; absent: what is sent replaces what was sent before. */
  readonly inParts?: boolean;
  /** Time limit for all parts of a run together; absent: there is none. */
  readonly timeout?: Seconds;
  /** Sends them `within` this time, with the time `now` where they have no time of their own. Rejects when they did not arrive. */
  push(families: readonly MetricFamily[], now: EpochSeconds, signal?: AbortSignal, within?: Seconds): Promise<void>;
}

/** Local time and timers. The core never reads a clock. */
export interface Clock {
  now(): EpochSeconds;
  /** Monotonic milliseconds for timing. */
  tick(): number;
  sleep(seconds: Seconds): Promise<void>;
  /** A signal that aborts after so many seconds; `why` becomes part of messages. */
  after(seconds: Seconds, why: string): AbortSignal;
}

/** All ports of a run. */
export interface Ports {
  readonly history: History;
  readonly scaler: Scaler;
  readonly state: StateStore;
  readonly reporter: Reporter;
  readonly clock: Clock;
}
