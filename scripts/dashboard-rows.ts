/** The panels of the dashboard, row by row: what each shows, and its queries. */
import { GraphDrawStyle, VisibilityMode } from "@grafana/grafana-foundation-sdk/common";
import { DataqueryBuilder } from "@grafana/grafana-foundation-sdk/prometheus";
import type { PanelBuilder as StatPanel } from "@grafana/grafana-foundation-sdk/stat";
import type { PanelBuilder as TimeseriesPanel } from "@grafana/grafana-foundation-sdk/timeseries";
import { METRIC_PREFIX } from "../job/report/metric-table.ts";
import {
  colour,
  custom,
  FORECAST_COLOUR,
  level,
  MEASURED_COLOUR,
  OTHER_COLOUR,
  of,
  ofMetric,
  PODS_COLOUR,
  query,
  stat,
  steps,
  timeseries,
} from "./dashboard-panel.ts";

function load(): TimeseriesPanel {
  return timeseries(
    "Load, and what was forecast for it",
    "Points: measured. Line: the forecast for that moment, made one lead earlier, with its 90 % band.",
  )
    .withTarget(query("A", "measured", ofMetric("load")))
    .withTarget(query("B", "forecast", ofMetric("forecast", level("0.5"))))
    .withTarget(query("C", "95 %", ofMetric("forecast", level("0.95"))))
    .withTarget(query("D", "5 %", ofMetric("forecast", level("0.05"))))
    .overrideByName("measured", [
      colour(MEASURED_COLOUR),
      custom("drawStyle", GraphDrawStyle.Points),
      custom("showPoints", VisibilityMode.Always),
      custom("pointSize", 4),
    ])
    .overrideByName("forecast", [colour(FORECAST_COLOUR), custom("lineWidth", 2)])
    .overrideByName("95 %", [
      colour(FORECAST_COLOUR),
      custom("lineWidth", 0),
      custom("fillBelowTo", "5 %"),
      custom("fillOpacity", 15),
    ])
    .overrideByName("5 %", [colour(FORECAST_COLOUR), custom("lineWidth", 0)]);
}

function replicas(): TimeseriesPanel {
  const ready = (kind: string) => `kube_${kind}_status_replicas_ready{namespace="$namespace",${kind}="$workload"}`;
  return timeseries(
    "Replicas needed, ordered and ready",
    "Needed: what the demand asks for, before anything holds or limits it. Ready: from kube-state-metrics.",
  )
    .withTarget(query("A", "needed", of("needed_replicas")))
    .withTarget(query("B", "ordered", of("desired_replicas")))
    .withTarget(query("C", "ready", `${ready("deployment")} or ${ready("statefulset")}`))
    .withTarget(query("D", "most", of("max_replicas")))
    .overrideByName("needed", [colour(FORECAST_COLOUR), steps])
    .overrideByName("ordered", [colour(PODS_COLOUR), custom("lineWidth", 2), steps])
    .overrideByName("ready", [
      colour(MEASURED_COLOUR),
      custom("drawStyle", GraphDrawStyle.Points),
      custom("pointSize", 4),
    ])
    .overrideByName("most", [colour(OTHER_COLOUR), custom("lineStyle", { fill: "dash", dash: [8, 8] })]);
}

/** Mean absolute error of a forecast over an hour. */
const errorOf = (forecast: string) => `avg_over_time(abs(${ofMetric("load")} - ignoring(level) ${forecast})[1h:1m])`;

function skill(): TimeseriesPanel {
  return timeseries(
    "Error of the forecast over that of the last value",
    "Below 1 the forecast is better. Of the last hour: forecasts that were made, against what came. In the window: what the run itself found.",
  )
    .withTarget(
      query(
        "A",
        "last hour",
        `${errorOf(ofMetric("forecast", level("0.5")))} / ${errorOf(ofMetric("forecast_last_value"))}`,
      ),
    )
    .withTarget(query("B", "in the window", ofMetric("forecast_skill_ratio")))
    .overrideByName("last hour", [colour(FORECAST_COLOUR), custom("lineWidth", 2)])
    .overrideByName("in the window", [colour(OTHER_COLOUR)]);
}

function coverage(): TimeseriesPanel {
  const above = `${ofMetric("load")} >= bool ignoring(level) ${ofMetric("forecast", level("0.05"))}`;
  const below = `${ofMetric("load")} <= bool ignoring(level) ${ofMetric("forecast", level("0.95"))}`;
  return timeseries(
    "Share of the load within the 90 % band",
    "It should be about 90 %. Of the last hour: bands of forecasts that were made. In the window: bands that the run itself remade.",
  )
    .unit("percentunit")
    .max(1)
    .withTarget(query("A", "last hour", `avg_over_time(((${above}) * (${below}))[1h:1m])`))
    .withTarget(query("B", "in the window", ofMetric("forecast_coverage_ratio")))
    .overrideByName("last hour", [colour(FORECAST_COLOUR), custom("lineWidth", 2)])
    .overrideByName("in the window", [colour(OTHER_COLOUR)]);
}

function reasons(): TimeseriesPanel {
  return timeseries("Reasons", "The reason of each decision. docs/reasons.md says what it means.")
    .max(1)
    .drawStyle(GraphDrawStyle.Points)
    .showPoints(VisibilityMode.Always)
    .withTarget(query("A", "{{reason}}", `${of("reason")} == 1`));
}

/** Pods as they were ordered, and as the HPA beside them would have wanted them. */
const [ORDERED, HPA] = [of("desired_replicas"), of("hpa_desired_replicas")];

function pods(): TimeseriesPanel {
  return timeseries(
    "Pods, beside those of an HPA",
    "HPA: the simulated one of replay, over the same history. docs/metrics.md says what it assumes.",
  )
    .withTarget(query("A", "ordered", ORDERED))
    .withTarget(query("B", "HPA", HPA))
    .overrideByName("ordered", [colour(PODS_COLOUR), custom("lineWidth", 2), steps])
    .overrideByName("HPA", [colour(OTHER_COLOUR), steps]);
}

/** Hours of pods within the time that is shown: a minute in which nothing was sent counts nothing. */
const podHours = (replicas: string) => `sum_over_time(${replicas}[$__range:1m]) / 60`;
/** Share of the time in which the demand asked for more pods than these. */
const below = (replicas: string) =>
  `avg_over_time((max by (namespace, kind, name) (${of("demand")} / ${of("target_average_value")}) > bool max by (namespace, kind, name) (${replicas}))[$__range:1m])`;

/** A number of ours, and the same of the HPA. */
function beside(title: string, description: string, unit: string, exprOf: (replicas: string) => string): StatPanel {
  const hpa = new DataqueryBuilder().refId("B").expr(exprOf(HPA)).legendFormat("HPA").instant();
  return stat(title, description, unit, exprOf(ORDERED), "ordered").span(8).withTarget(hpa);
}

const COST = [
  beside("Pod-hours", "Of the time that is shown.", "none", podHours),
  beside(
    "Money",
    "Pod-hours by the price of one, which stands above.",
    "none",
    (replicas) => `${podHours(replicas)} * $price`,
  ),
  beside(
    "Time below the demand",
    "Share of the time in which the demand asked for more pods than were ordered.",
    "percentunit",
    below,
  ),
];

function durations(): TimeseriesPanel {
  return timeseries("Duration of each step", "history, scale and state go on side by side.")
    .unit("s")
    .withTarget(query("A", "{{step}}", `max by (step) (${METRIC_PREFIX}step_duration_seconds)`));
}

const STATS = [
  stat(
    "Since the last success",
    "Of the job that succeeded longest ago.",
    "s",
    `time() - min(max by (instance) (last_over_time(${METRIC_PREFIX}last_success_timestamp_seconds[1d])))`,
  ),
  stat("Without usable data", "Since when, once it is longer than blindAfter.", "s", `max(${of("blind_seconds")})`),
  stat(
    "Replicas held",
    "Now: time since the first of the runs in a row that held them. Last day: share of the runs that held them, as time.",
    "s",
    `max(${of("held_seconds")})`,
    "now",
  ).withTarget(
    new DataqueryBuilder()
      .refId("B")
      .expr(`86400 * avg_over_time(${of("action", ',action="held"')}[1d])`)
      .legendFormat("last day")
      .instant(),
  ),
  stat(
    "State, of its limit",
    "A state that is too large ends the runs.",
    "percentunit",
    `max(${METRIC_PREFIX}state_bytes / ${METRIC_PREFIX}state_limit_bytes)`,
  ),
];

/** The rows in the order of the page: the title of each, and its panels from left to right. */
export const ROWS: readonly (readonly [title: string, panels: readonly (TimeseriesPanel | StatPanel)[]])[] = [
  ["Forecast and replicas", [load(), replicas(), ...STATS]],
  ["Is the forecast any good?", [skill(), coverage()]],
  ["What it costs, beside an HPA", [pods(), ...COST]],
  ["Why", [reasons(), durations()]],
];
