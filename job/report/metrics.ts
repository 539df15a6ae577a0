/** Makes a run's metric families from what it recorded. Pure. */
import { REASONS } from "../core/policy/reasons.ts";
import type { MetricRecord } from "../core/policy/types.ts";
import type { Series } from "../core/series/types.ts";
import type { EpochSeconds, Replicas, Seconds } from "../core/units.ts";
import type { MetricFamily, MetricSample, Outcome, StateSize } from "../ports.ts";
import { withoutTrail } from "./answer.ts";
import { METRIC_PREFIX, METRIC_TABLE, type MetricName } from "./metric-table.ts";
import type { Reported } from "./reporter.ts";

/** The parts of a run that its metrics show. */
export interface MeasuredTargets {
  readonly now: EpochSeconds;
  /** Of the run as a whole; null: only these targets are to be told. */
  readonly run: MeasuredRun | null;
  readonly reported: readonly Reported[];
  /** What an HPA would set, one for each reported target; null: not known. */
  readonly hpa: readonly (Replicas | null)[];
}

/** The parts of the metrics that are of no target. */
export interface MeasuredRun {
  readonly exitCode: 0 | 1;
  /** Milliseconds of each step. */
  readonly timings: Readonly<Record<string, number>>;
  /** The size of the written state; null: none was written. */
  readonly state: StateSize | null;
}

type Labels = Readonly<Record<string, string>>;
type Add = (name: MetricName, labels: Labels, value: number | null | undefined, at?: EpochSeconds) => void;

const ACTIONS: readonly Outcome["action"][] = ["scaled", "unchanged", "held", "failed"];
/** Reasons of failed outcomes with a name of their own; every other failure counts as the last one. */
export const FAILED_REASONS = ["HistoryError", "ClusterError", "StateFull", "InvalidSettings", "Error"] as const;
/** The edges of the band of each step. */
const [LOW, POINT, HIGH] = ["0.05", "0.5", "0.95"];

/** Metrics that come part by part. */
export interface CollectedMetrics {
  /** Adds the metrics of some targets, or of the run. */
  add(measured: MeasuredTargets): void;
  /** All that were added, in the order of the table, without unknown values. */
  families(): readonly MetricFamily[];
}

/** An empty collection. */
export function collectMetrics(): CollectedMetrics {
  const families = new Map<MetricName, MetricSample[]>();
  const add: Add = (name, labels, value, at) => {
    if (value === null || value === undefined || !Number.isFinite(value)) return;
    const samples = families.get(name) ?? [];
    families.set(name, samples);
    samples.push({ labels, value, ...(at !== undefined && { at }) });
  };
  return {
    add: ({ now, run, reported, hpa }) => {
      for (const [i, one] of reported.entries()) {
        add("hpa_desired_replicas", labelsOf(one), hpa[i]);
        addTarget(add, one, now);
      }
      if (run !== null) addRun(add, run, now);
    },
    families: () =>
      (Object.keys(METRIC_TABLE) as MetricName[]).flatMap((name) => {
        const samples = families.get(name);
        const { about, labels } = METRIC_TABLE[name];
        return samples === undefined ? [] : [{ name: METRIC_PREFIX + name, help: about, labels, samples }];
      }),
  };
}

function addRun(add: Add, { exitCode, timings, state }: MeasuredRun, now: EpochSeconds): void {
  if (state !== null) {
    add("state_bytes", {}, state.bytes);
    add("state_limit_bytes", {}, state.limit);
  }
  for (const [step, milliseconds] of Object.entries(timings))
    add("step_duration_seconds", { step }, milliseconds / 1000);
  add("last_run_timestamp_seconds", {}, now);
  if (exitCode === 0) add("last_success_timestamp_seconds", {}, now);
}

/**
 * The report with what its metrics show: of a series the newest step, of the curves the steps up to the lead, no trail. 3 kB where the whole has 25:
 * those of 10,000 targets are there together, until the run is over.
 */
export function reportForMetrics({ target, record, outcome }: Reported): Reported {
  const short = withoutTrail(outcome);
  if (record === null) return { target, record, outcome: short };
  const decision = { ...record.decision, trail: [] };
  return { target, record: { ...record, decision, metrics: record.metrics.map(shown) }, outcome: short };
}

/** A metric's record, whose metrics are those of the whole one. */
function shown({ longHistory: _, ...record }: MetricRecord): MetricRecord {
  const { series, forecast, lead } = record;
  if (series === null || series.values.length === 0) return { ...record, forecast: null };
  const last = series.values.length - 1;
  const newest = {
    start: series.start + last * series.step,
    step: series.step,
    values: series.values.slice(last),
    filled: series.filled.slice(last),
  };
  if (forecast === null) return { ...record, series: newest };
  const { path, lower, upper, parts } = forecast;
  const steps = leadStepsOf(lead, series);
  const ahead = {
    path: path.slice(0, steps),
    lower: lower.slice(0, steps),
    upper: upper.slice(0, steps),
    meanQuantiles: [],
    maxQuantiles: [],
    ...(parts && { parts: parts.slice(-1) }),
  };
  return { ...record, series: newest, forecast: { ...forecast, ...ahead } };
}

function leadStepsOf(lead: Seconds, { step }: Pick<Series, "step">): number {
  return Math.max(1, Math.ceil(lead / step - 1e-9));
}

function labelsOf({ target: { namespace, scaleTargetRef } }: Pick<Reported, "target">): Labels {
  return { namespace, kind: scaleTargetRef.kind, name: scaleTargetRef.name };
}

function addTarget(add: Add, { target, record, outcome }: Reported, now: EpochSeconds): void {
  const labels = labelsOf({ target });
  add("needed_replicas", labels, record?.recommendation);
  add("current_replicas", labels, outcome.from);
  add("desired_replicas", labels, outcome.to);
  add("min_replicas", labels, target.minReplicas);
  add("max_replicas", labels, target.maxReplicas);
  for (const action of ACTIONS) add("action", { ...labels, action }, action === outcome.action ? 1 : 0);
  const reason = knownReason(outcome.reason);
  for (const each of [...Object.keys(REASONS), ...FAILED_REASONS])
    add("reason", { ...labels, reason: each }, each === reason ? 1 : 0);
  if (record !== null) add("held_seconds", labels, Math.max(0, now - (record.heldSince ?? now)));
  add("blind_seconds", labels, outcome.blindSince === undefined ? 0 : Math.max(0, now - outcome.blindSince));
  for (const metric of record?.metrics ?? []) addMetric(add, metric, labels);
}

/** The reason as a value of the fixed list, so that each state set has exactly one 1. */
function knownReason(reason: string): string {
  const known = Object.hasOwn(REASONS, reason) || (FAILED_REASONS as readonly string[]).includes(reason);
  return known ? reason : "Error";
}

function addMetric(add: Add, record: MetricRecord, target: Labels): void {
  const { metric, quality, demand, lead, forecast, quantile, level, series, replicas } = record;
  const labels = { ...target, metric: metric.name, unit: metric.unit };
  add("demand", labels, demand);
  add("target_average_value", labels, metric.averageValue);
  add("metric_replicas", labels, replicas);
  add("data_coverage_ratio", labels, quality.coverage);
  add("data_age_seconds", labels, quality.age);
  const last = (series?.values.length ?? 0) - 1;
  if (series === null || last < 0) return;
  const end = series.start + last * series.step;
  // a gap that was filled was not measured
  if (series.filled[last] === 0) add("load", labels, series.values[last], end);
  if (forecast === null) return;
  const leadSteps = leadStepsOf(lead, series);
  const at = end + leadSteps * series.step;
  const k = Math.min(leadSteps, forecast.path.length) - 1;
  const curves = [
    [LOW, forecast.lower],
    [POINT, forecast.path],
    [HIGH, forecast.upper],
  ] as const;
  for (const [edge, curve] of curves) {
    add("forecast", { ...labels, level: edge! }, curve[k], at);
    add("forecast_ahead", { ...labels, level: edge! }, curve[k]);
  }
  add("forecast_last_value", labels, series.values[last], at);
  add("forecast_timestamp_seconds", labels, at);
  add("forecast_peak", labels, (forecast.parts?.at(-1) ?? forecast).max);
  add("planned_load", labels, quantile);
  add("planned_level_ratio", labels, level);
  add("forecast_skill_ratio", labels, forecast.skill);
  add("forecast_coverage_ratio", labels, forecast.coverage);
  add("forecast_lead_seconds", labels, leadSteps * series.step);
}
