/** What the job asks of the outside, types only; adapters, the replay and tests implement them. */

import type { Conditions } from "./core/policy/conditions.ts";
import type { PodResources } from "./core/policy/pod-resources.ts";
import type { StandingChanges } from "./core/policy/standing.ts";
import type { TickRecord, TrailEntry } from "./core/policy/types.ts";
import type { OtherWrite } from "./core/policy/writer.ts";
import type { DataVerdict, Samples } from "./core/series/types.ts";
import type { Condition, JobState } from "./core/state/types.ts";
import type { Metric, SetNumber, TargetConfig } from "./core/target.ts";
import type { EpochSeconds, Replicas, Seconds } from "./core/units.ts";

/** A history as read: samples, the clock of the source, and whether the answer was degraded. */
export interface HistoryReading {
  readonly samples: Samples;
  /** Coarser, longer history if configured and available. */
  readonly longSamples?: Samples;
  readonly longStep?: Seconds;
  /** Warnings or a partial response came with it. */
  readonly partial: boolean;
  /** Series in the answer (more than 1: the query is not an aggregate). */
  readonly seriesCount: number;
  /** What may be wrong with the question, where the answer holds no sample. */
  readonly hint?: string;
  /** What was asked, for messages. */
  readonly source: string;
  /** Measured pod start, if the source knows it. */
  readonly podStart?: Seconds;
  /** How many pods the newest sums are made of; absent where the source cannot tell. */
  readonly pods?: Samples;
}

/** What is asked of a metric source: the history of one metric of one target. */
export interface HistoryQuery {
  readonly target: TargetConfig;
  readonly metric: Metric;
}

/** Reads the histories of metrics. What is still under way when `signal` is aborted fails at once, here and in all ports. */
export interface History {
  /** Time as the source has it. Throws HistoryError. */
  now(signal?: AbortSignal): Promise<EpochSeconds>;
  /** One reading per query, same order; one that fails gives its error, the others go on. */
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
  /** What a pod asks for and may use; absent where the workload could not be read. */
  readonly resources?: PodResources;
  /** The number that is set, where that is not the replicas themselves: of the actuator hpa, the HPA's minReplicas. */
  readonly floor?: Replicas;
}

/** Reads and sets replicas. */
export interface Scaler {
  /** Nobody's replicas change: what is set is only remembered here. Absent: they do. */
  readonly pretended?: boolean;
  /** Throws a named error with cause when it cannot be read. */
  read(target: TargetConfig, signal?: AbortSignal): Promise<ScaleReading>;
  /** Sets replicas only if they still are `from`; "conflict" when they are not. Throws a named error otherwise. */
  scale(target: TargetConfig, from: Replicas, to: Replicas, signal?: AbortSignal): Promise<"done" | "conflict">;
  /** Who beside us set the replicas as they are, in words; undefined when that is nobody or not known. One call; never throws. */
  otherWriter?(target: TargetConfig, replicas: Replicas, signal?: AbortSignal): Promise<string | undefined>;
}

/** Equally spaced times: `points` of them from `start` on. */
export interface Times {
  readonly start: EpochSeconds;
  readonly step: Seconds;
  readonly points: number;
}

/** What was recorded of a scale by a time. */
export interface RecordedScale {
  /** The number that is set: the replicas, or of the actuator hpa the HPA's minReplicas. */
  readonly set: Replicas;
  /** When that was measured. */
  readonly at: EpochSeconds;
  /** The most and the least that was set since the time before. */
  readonly most: Replicas;
  readonly least: Replicas;
  /** Pods, where `set` is something else. */
  readonly pods?: Replicas;
}

/** A record of replicas: the metric that it comes from, and what it says at each time; null: nothing. */
export interface RecordedScales {
  readonly source: string;
  readonly scales: readonly (RecordedScale | null)[];
}

/** Reads which replicas a target had. */
export interface ScaleHistory {
  /** null: there is no record of this target. Throws a named error when it cannot be read. */
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

/** Keeps what is remembered between runs. */
export interface StateStore {
  read(signal?: AbortSignal): Promise<StateReading>;
  /** Writes if the stored version still is `version`; "lost" when another run wrote first. */
  claim(state: JobState, version: string | null, signal?: AbortSignal): Promise<"claimed" | "lost">;
  /** Version that the last claim of this process made, so that the next one can go without reading; absent or null: not known. */
  written?(): string | null;
  /** Targets of a state that would not fit: a claim leaves them out. Absent: all fit. */
  leftOut?(state: JobState): readonly string[];
  /** Size of what the last claim of this process wrote, and the size that is refused, in bytes; of several objects the fullest; absent or null: not known. */
  size?(): StateSize | null;
  /** The store that keeps the target of this key ("namespace/name"), where they are spread over several objects; absent: this one keeps all. */
  of?(key: string): StateStore;
}

/** Tells people and machines what was done; must never fail a run. */
export interface Reporter {
  tick(target: TargetConfig, record: TickRecord | null, outcome: Outcome): void;
  log(level: "debug" | "info" | "warn" | "error", message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** What could not be done: reading the metric, reading the scale, keeping the state, setting the replicas, using the settings in annotations. */
export type Failure = "metric" | "scale" | "state" | "rescale" | "settings";

/** What one metric of a target came to, in the metric's unit. */
export interface MetricOutcome {
  readonly name: string;
  readonly unit: string;
  readonly averageValue: number;
  /** The verdict on its data and the reason. */
  readonly data: { readonly verdict: DataVerdict; readonly reason: string };
  /** null: not known. */
  readonly demand: number | null;
  /** Replicas that it alone asks for. */
  readonly replicas: Replicas;
  readonly forecast: ForecastOutcome | null;
}

/** A forecast in figures: of the maximum while new pods serve, the point, and the quantile at `level` that pods are for. */
export interface ForecastOutcome {
  readonly max: number;
  readonly quantile: number;
  readonly level: number;
  readonly method: string;
}

/** What became of one target in one run (the JSON of contract `--once`). */
export interface Outcome extends SetNumber {
  readonly namespace: string;
  readonly name: string;
  /** `wouldScale`: nothing is written, by a dry run or a pretended cluster. */
  readonly action: "scaled" | "wouldScale" | "unchanged" | "held" | "failed";
  readonly from: Replicas | null;
  readonly to: Replicas | null;
  readonly reason: string;
  readonly message: string;
  /** Of a failed outcome: what could not be done. */
  readonly failed?: Failure;
  /** Of the metric that asks for the most replicas. */
  readonly forecast: ForecastOutcome | null;
  /** Every metric, in the target's order; empty where nothing was computed. */
  readonly metrics: readonly MetricOutcome[];
  /** Somebody else's change of the replicas after our last one; absent: none. */
  readonly otherWriter?: OtherWrite;
  /** Since when no metric has had usable data, where that is longer than `blindAfter`: the run ends with 1. */
  readonly blindSince?: EpochSeconds;
  /** What begins or ends with this run; absent: nothing. */
  readonly standing?: StandingChanges;
  readonly trail: readonly TrailEntry[];
}

/** What people are told: a change, or a condition that began, lasts, or is over. */
export interface News {
  readonly outcome: Outcome;
  readonly what: "scaled" | Condition;
  readonly phase: "began" | "lasts" | "ended";
  /** When it began. */
  readonly since: EpochSeconds;
}

/** Tells people who do not look at the cluster. */
export interface Notifier {
  /** Sends all of it. Rejects when nobody got it. */
  send(news: readonly News[], now: EpochSeconds, signal?: AbortSignal): Promise<void>;
}

/** One value of a metric. */
export interface MetricSample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  /** The time it is for, where that is not the time of the run; a way of sending that takes no stamps leaves such samples out. */
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
  /** Sends them, stamped with `now` where they have no time of their own. Rejects when they did not arrive. */
  push(families: readonly MetricFamily[], now: EpochSeconds, signal?: AbortSignal): Promise<void>;
}

/** Local time and pauses; the core never reads a clock. */
export interface Clock {
  now(): EpochSeconds;
  /** Monotonic milliseconds for timing. */
  tick(): number;
  sleep(seconds: Seconds): Promise<void>;
  /** A signal that is aborted in so many seconds; `why` becomes part of messages. */
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
