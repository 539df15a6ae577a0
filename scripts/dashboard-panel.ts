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

// biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana fills it in
export const SOURCE = { type: "prometheus", uid: "${datasource}" };
/** Of the target, and of one metric of it: whole names, so that `web` is not `web-api`. */
export const TARGET_LABELS = 'namespace="$namespace",kind="$kind",name="$workload"';
const METRIC = `${TARGET_LABELS},metric="$metric"`;
/** One colour has one meaning, as in the project's pictures: black is measured, blue forecast, orange what pods carry. */
export const [MEASURED_COLOUR, FORECAST_COLOUR, PODS_COLOUR, OTHER_COLOUR] = ["text", "#3274d9", "#d9822b", "#8e8e8e"];

/** A selector of the target; `more` begins with a comma. */
export const of = (name: MetricName, more = "", labels = TARGET_LABELS) => `${METRIC_PREFIX}${name}{${labels}${more}}`;
/** The same of the metric that is chosen. */
export const ofMetric = (name: MetricName, more = "") => of(name, more, METRIC);
/** More for a selector: one edge of the band, or its middle. */
export const level = (value: string) => `,level="${value}"`;

/** A query over the time that is shown. */
export function query(refId: string, legend: string, expr: string): Builder<Dataquery> {
  return new DataqueryBuilder().refId(refId).expr(expr).legendFormat(legend).range();
}

const LEGEND = new VizLegendOptionsBuilder()
  .displayMode(LegendDisplayMode.List)
  .placement(LegendPlacement.Bottom)
  .showLegend(true);

/** Lines over time, half as wide as the page. */
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

/** Properties for `overrideByName`. */
export const colour = (fixedColor: string) => ({ id: "color", value: { mode: "fixed", fixedColor } });
export const custom = (property: string, value: unknown) => ({ id: `custom.${property}`, value });
export const steps = custom("lineInterpolation", LineInterpolation.StepAfter);

/** One number, a quarter as wide as the page; `legend` names it where there are several. */
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
