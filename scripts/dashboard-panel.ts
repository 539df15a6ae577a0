/** The building blocks of the dashboard's panels: selectors, queries, and colours with one meaning each. */
import type { Builder, Dataquery } from "@grafana/grafana-foundation-sdk/cog";
import {
  AxisColorMode,
  GraphDrawStyle,
  LegendDisplayMode,
  LegendPlacement,
  LineInterpolation,
  VisibilityMode,
  VizLegendOptionsBuilder,
} from "@grafana/grafana-foundation-sdk/common";
import { DataqueryBuilder } from "@grafana/grafana-foundation-sdk/prometheus";
import { PanelBuilder as StatPanel } from "@grafana/grafana-foundation-sdk/stat";
import { PanelBuilder as TimeseriesPanel } from "@grafana/grafana-foundation-sdk/timeseries";
import { METRIC_PREFIX, type MetricName } from "../job/report/metric-table.ts";

/** The data source of every panel: the Prometheus that the dashboard's variable `datasource` names. */
export const SOURCE = {
  type: "prometheus",
  // biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana fills it in
  uid: "${datasource}",
};
/** Label matchers of the chosen target. They match whole names, so that `web` is not `web-api`. */
export const TARGET_LABELS = 'namespace="$namespace",kind="$kind",name="$workload"';
const METRIC = `${TARGET_LABELS},metric="$metric"`;
/** One colour has one meaning, as in the project's pictures: black is measured, blue forecast, orange what pods carry. */
export const [MEASURED_COLOUR, FORECAST_COLOUR, PODS_COLOUR, OTHER_COLOUR] = ["text", "#3274d9", "#d9822b", "#8e8e8e"];

/** A PromQL selector of one of our metrics for the chosen target. `more` is further matchers and begins with a comma. */
export const of = (name: MetricName, more = "", labels = TARGET_LABELS) => `${METRIC_PREFIX}${name}{${labels}${more}}`;
/** As `of`, but also for the chosen metric of the target. */
export const ofMetric = (name: MetricName, more = "") => of(name, more, METRIC);
/** The matcher of one line of the forecast's band, to pass as `more`: "0.05", "0.5" or "0.95". */
export const level = (value: string) => `,level="${value}"`;

/** A query over the time that the dashboard shows. `refId` is its letter in the panel, `legend` may have labels as `{{name}}`. */
export function query(refId: string, legend: string, expr: string): Builder<Dataquery> {
  return new DataqueryBuilder().refId(refId).expr(expr).legendFormat(legend).range();
}

const LEGEND = new VizLegendOptionsBuilder()
  .displayMode(LegendDisplayMode.List)
  .placement(LegendPlacement.Bottom)
  .showLegend(true);

/** A panel of lines over time, half as wide as the page. `description` is the text behind its (i). */
export function timeseries(title: string, description: string): TimeseriesPanel {
  return new TimeseriesPanel()
    .title(title)
    .description(description)
    .datasource(SOURCE)
    .height(9)
    .span(12)
    .min(0)
    .drawStyle(GraphDrawStyle.Line)
    .lineWidth(1)
    .fillOpacity(0)
    .showPoints(VisibilityMode.Never)
    .axisColorMode(AxisColorMode.Text)
    .legend(LEGEND);
}

/** An override of Grafana: draws one series in this colour. Pass it to `overrideByName`. */
export const colour = (fixedColor: string) => ({ id: "color", value: { mode: "fixed", fixedColor } });
/** An override of Grafana: sets one property of how a series is drawn. Pass it to `overrideByName`. */
export const custom = (property: string, value: unknown) => ({ id: `custom.${property}`, value });
/** An override of Grafana: a value holds until the next one, as replicas do. */
export const steps = custom("lineInterpolation", LineInterpolation.StepAfter);

/**
 * A panel with one number, a quarter as wide as the page. `unit` is Grafana's name of a unit. `legend` names the number where there are
 * several.
 */
export function stat(title: string, description: string, unit: string, expr: string, legend = ""): StatPanel {
  return new StatPanel()
    .title(title)
    .description(description)
    .datasource(SOURCE)
    .height(4)
    .span(6)
    .unit(unit)
    .withTarget(new DataqueryBuilder().refId("A").expr(expr).legendFormat(legend).instant());
}
