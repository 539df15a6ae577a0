/** The table of a run's metrics: name, labels and meaning. Values, exposition and the docs page are made from it. */

/** The fixed properties of a metric. */
export interface MetricRow {
  /** One sentence, for HELP and the docs. */
  readonly about: string;
  readonly labels: readonly string[];
  /** `run`: the time of the decision; omitted where a format has no timestamps. `own`: its own time, which only OTLP and remote write carry. */
  readonly stamp: "run" | "own";
}

const TARGET = ["namespace", "kind", "name"] as const;
const METRIC = [...TARGET, "metric", "unit"] as const;

function of(labels: readonly string[], about: string): MetricRow {
  return { about, labels, stamp: "run" };
}

function stamped(labels: readonly string[], about: string): MetricRow {
  return { about, labels, stamp: "own" };
}

/** All metrics; METRIC_PREFIX is added to each name. */
export const METRIC_TABLE = {
  load: stamped(METRIC, "Measured load of the newest complete step, stamped with the end of that step."),
  forecast: stamped(
    [...METRIC, "level"],
    "Forecast of the load at its own time stamp, made one lead earlier: the point (level 0.5) and the edges of the 90 % band.",
  ),
  forecast_last_value: stamped(
    METRIC,
    "The load that was known when that forecast was made, with the same time stamp: what repeating the last value forecasts.",
  ),
  forecast_ahead: of(
    [...METRIC, "level"],
    "The same forecast when it is made; it is for the time in forecast_timestamp_seconds.",
  ),
  forecast_timestamp_seconds: of(METRIC, "The time that forecast_ahead is for: the end of the lead."),
  forecast_peak: of(METRIC, "Forecast of the peak load while new pods will serve."),
  planned_load: of(METRIC, "Load that the pods are planned for: a quantile of the peak while new pods will serve."),
  planned_level_ratio: of(
    METRIC,
    "Level of that quantile. It moves with each decision where settings.quantile is not set.",
  ),
  forecast_skill_ratio: of(
    METRIC,
    "Mean absolute error of the forecast over that of the last value, within the window. Below 1 it is better.",
  ),
  forecast_coverage_ratio: of(
    METRIC,
    "Share of the window's load within its 90 % band, as forecast one lead earlier from what was known then. About 0.9 is right.",
  ),
  forecast_lead_seconds: of(METRIC, "How far the forecast looks ahead of the newest data."),
  demand: of(METRIC, "Load that the decision went from: the mean of the newest complete steps."),
  target_average_value: of(METRIC, "Load that one pod should carry."),
  metric_replicas: of(METRIC, "Replicas that this metric alone asks for."),
  data_coverage_ratio: of(METRIC, "Share of the window that holds samples."),
  data_age_seconds: of(METRIC, "Age of the newest sample."),
  needed_replicas: of(TARGET, "Replicas that the demand asks for, before anything holds or limits them."),
  current_replicas: of(TARGET, "Replicas before the decision, or minReplicas of the HPA that is the actuator."),
  desired_replicas: of(TARGET, "Replicas after the decision: what was ordered."),
  hpa_desired_replicas: of(
    TARGET,
    "Replicas that an HPA would want now: the simulated one of replay, over the history that the run read. It acts nowhere.",
  ),
  min_replicas: of(TARGET, "Minimum of replicas from the settings."),
  max_replicas: of(TARGET, "Maximum of replicas from the settings."),
  action: of(
    [...TARGET, "action"],
    "1 for what the run did: scaled, unchanged, held or failed; 0 for the other actions.",
  ),
  reason: of([...TARGET, "reason"], "1 for the reason of the decision, 0 for all other reasons."),
  held_seconds: of(
    TARGET,
    "Time since the first of the runs in a row that held the replicas. 0 at the first of them, and where this run did not hold.",
  ),
  blind_seconds: of(
    TARGET,
    "How long no metric has had usable data, once that is longer than blindAfter; 0 otherwise.",
  ),
  state_bytes: of([], "Size of the state that this run wrote."),
  state_limit_bytes: of([], "Size at which a state is refused."),
  step_duration_seconds: of(["step"], "Time that each step of the run took."),
  last_run_timestamp_seconds: of([], "When the last run decided, by the clock of the metric source."),
  last_success_timestamp_seconds: of([], "When the last run decided that ended with exit code 0."),
} as const satisfies Readonly<Record<string, MetricRow>>;

/** The name of a metric, without its prefix. */
export type MetricName = keyof typeof METRIC_TABLE;

/** The prefix of every name. */
export const METRIC_PREFIX = "prophet_autoscaler_";
