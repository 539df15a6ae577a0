/** What all stages share: their input, the draft that they change, their verdict, and rounding to replicas. */
import type { Forecast } from "../forecast/types.ts";
import type { Quality, Series } from "../series/types.ts";
import type { TargetState } from "../state/types.ts";
import type { Metric, TargetConfig } from "../target.ts";
import type { EpochSeconds, Replicas } from "../units.ts";
import type { Conditions } from "./conditions.ts";
import type { Lead } from "./lead.ts";
import type { Reason } from "./reasons.ts";

/** What is known of one metric. */
export interface MetricInput {
  readonly metric: Metric;
  readonly quality: Quality;
  /** Current demand in the metric's unit; NaN when unknown. */
  readonly demand: number;
  /** The series from which the forecast was made; null: no usable data. */
  readonly series: Series | null;
  readonly forecast: Forecast | null;
  /** Why the forecaster gave no forecast, where it said so. */
  readonly problem?: string;
  /** The requested levels of `forecast.maxQuantiles`. */
  readonly levels: readonly number[];
  readonly lead: Lead;
  /** Pods that its sum lacks, since they were not measured; absent: none, or not known. */
  readonly missing?: Replicas;
}

/** All that a decision rests on. `memory` is already recalled for this `now`: it always has a recommendation. */
export interface PolicyInput {
  readonly now: EpochSeconds;
  readonly current: Replicas;
  /** At least one. */
  readonly metrics: readonly MetricInput[];
  readonly config: TargetConfig;
  readonly conditions: Conditions;
  readonly memory: TargetState;
}

/** What the stages pass on to each other. */
export interface Draft {
  readonly replicas: Replicas;
  /** Demand that the replicas are for, in the metric's unit; NaN before the forecast stage. */
  readonly value: number;
  /** Level of the forecast maximum that it covers; NaN before the forecast stage. */
  readonly level: number;
  /** Product of the schedule's factors. */
  readonly factor: number;
  /** Pods that the current demand or a surge needs now: neither tolerance nor cooldown hold these back. */
  readonly urgent: Replicas;
  /** What the demand asked for, to be remembered; null: the data allow none. */
  readonly recommendation: Replicas | null;
  /** The result for each metric, in order; empty until all are done. */
  readonly metrics: readonly MetricDraft[];
}

/** A metric and the draft that its stages left. */
export interface MetricDraft {
  readonly input: MetricInput;
  readonly draft: Draft;
  /** `missing`: there are no usable data. `podless`: the metric comes from pods, and there are none. */
  readonly state: "usable" | "missing" | "podless";
  /** What last changed its draft; null: nothing did. */
  readonly why: { readonly reason: Reason; readonly message: string } | null;
}

/** Numbers for logs and pictures. No stage reads them. */
export type Detail = Readonly<Record<string, number | string | boolean | null>>;

/** What a stage makes of a draft. */
export interface Verdict {
  readonly replicas: Replicas;
  readonly reason: Reason;
  readonly message: string;
  readonly detail: Detail;
  /** What later stages need to know of this one. */
  readonly next?: Partial<Omit<Draft, "replicas" | "metrics">>;
}

/** One stage of the target; null: it leaves no entry. */
export type Apply = (draft: Draft, input: PolicyInput) => Verdict | null;

/** One stage of each metric. */
export type ApplyToMetric = (draft: Draft, metric: MetricInput, input: PolicyInput) => Verdict | null;

interface RowOfStage {
  readonly stage: string;
  /** Whether it runs with usable data, without, or in both cases. Without usable data no stage may lower. */
  readonly runs: "sighted" | "blind" | "always";
  /** Whether it can lower the replicas below the current ones. */
  readonly lowers: boolean;
  /** Whether it only limits what others recommend: then its entry says that as well. */
  readonly limits: boolean;
  /** What it does, for the docs. */
  readonly about: string;
  /** The reasons it can give beside DesiredWithinRange; for `data` those of the verdict. */
  readonly reasons: readonly Reason[];
}

/** A row of the table: a stage of each metric, which starts from the current replicas. Its data are that metric's. */
export interface MetricStage extends RowOfStage {
  readonly of: "metric";
  readonly apply: ApplyToMetric;
}

/** A row of the table: a stage of the target; its data are usable when one metric's are. */
export interface TargetStage extends RowOfStage {
  readonly of: "target";
  readonly apply: Apply;
}

/** One row of the table. */
export type StageRow = MetricStage | TargetStage;

/** A verdict that sets the replicas. */
export function verdict(
  replicas: Replicas,
  reason: Reason,
  message: string,
  detail: Detail = {},
  next: Verdict["next"] = {},
): Verdict {
  return { replicas, reason, message, detail, next };
}

/** A verdict that leaves the replicas as they are. */
export function pass(draft: Draft, message: string, detail: Detail = {}, next: Verdict["next"] = {}): Verdict {
  return verdict(draft.replicas, "DesiredWithinRange", message, detail, next);
}

/** Whether anything may be computed from a metric's data. */
export function isUsable({ quality, demand }: Pick<MetricInput, "quality" | "demand">): boolean {
  return quality.verdict !== "hold" && Number.isFinite(demand);
}

/** Whether no metric has usable data: then nothing lowers the replicas. */
export function isBlind({ metrics }: Pick<PolicyInput, "metrics">): boolean {
  return !metrics.some(isUsable);
}

/** The longest lead of the metrics in seconds: the schedule's floors start so early. */
export function longestLead({ metrics }: Pick<PolicyInput, "metrics">): number {
  return metrics.reduce((most, { lead }) => Math.max(most, lead.seconds), 0);
}

/** The pods for a demand: ceil(value / perPod), at least 0. 1e-9 is subtracted first: 0.25 / 0.05 may be 5.000000000000001 and must give 5. */
export function replicasFor(value: number, perPod: number): Replicas {
  return Math.max(0, Math.ceil(value / perPod - 1e-9));
}

/**
 * Whether an amount is demand at all: above the metric's activation by more than a billionth of what a pod carries. A forecast of nothing is
 * 1e-15 as often as 0. By `replicasFor` too what is above needs a pod.
 */
export function isActive(value: number, { activation = 0, averageValue }: Metric): boolean {
  return replicasFor(value - activation, averageValue) > 0;
}

/** An amount of a metric as text: cores to the milli-core, others with four digits, and the unit. */
export function preciseAmount(value: number, { unit }: Pick<Metric, "unit">): string {
  if (!Number.isFinite(value)) return unit === "" ? "unknown" : `unknown ${unit}`;
  if (unit === "cores") return `${value.toFixed(3)} cores`;
  const digits = Math.abs(value) >= 1000 ? value.toFixed(0) : String(Number(value.toPrecision(4)));
  return unit === "" ? digits : `${digits} ${unit}`;
}
