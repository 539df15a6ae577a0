/** Makes manifests/monitoring/forecast-dashboard.json, the Grafana dashboard of the metrics of every run. `npm run docs` writes it. */
import {
  AnnotationQueryBuilder,
  DashboardBuilder,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  RowBuilder,
  TextBoxVariableBuilder,
  VariableRefresh,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { METRIC_PREFIX } from "../job/report/metric-table.ts";
import { of, PODS_COLOUR, SOURCE, TARGET_LABELS } from "./dashboard-panel.ts";
import { ROWS } from "./dashboard-rows.ts";

function variable(name: string, label: string, labelOf: string, matchers: string): QueryVariableBuilder {
  const series = `${METRIC_PREFIX}demand${matchers === "" ? "" : `{${matchers}}`}`;
  return new QueryVariableBuilder(name)
    .label(label)
    .datasource(SOURCE)
    .query(`label_values(${series}, ${labelOf})`)
    .refresh(VariableRefresh.OnTimeRangeChanged);
}

/** Changes, each with its reason. */
const CHANGES = new AnnotationQueryBuilder()
  .name("Changes")
  .datasource(SOURCE)
  .enable(true)
  .iconColor(PODS_COLOUR!)
  .expr(`(${of("reason")} == 1) and ignoring(reason, action) (${of("action", ',action="scaled"')} == 1)`)
  .step("60s")
  .titleFormat("{{namespace}}/{{name}}")
  .textFormat("{{reason}}");

/** The text of the dashboard's JSON file. It is the same for the same metrics. */
export function dashboardText(): string {
  let dashboard = new DashboardBuilder("Prophet autoscaler: forecast and decisions")
    .uid("prophet-autoscaler-forecast")
    .tags(["autoscaling"])
    .refresh("1m")
    .time({ from: "now-3h", to: "now" })
    .timezone("browser")
    .withVariable(new DatasourceVariableBuilder("datasource").label("Data source").type("prometheus"))
    .withVariable(variable("namespace", "Namespace", "namespace", ""))
    .withVariable(variable("kind", "Kind", "kind", 'namespace="$namespace"'))
    .withVariable(variable("workload", "Workload", "name", 'namespace="$namespace",kind="$kind"'))
    .withVariable(variable("metric", "Metric", "metric", TARGET_LABELS))
    // no price is invented: with 1 the money is pod-hours
    .withVariable(new TextBoxVariableBuilder("price").label("Price of a pod-hour").defaultValue("1"))
    .annotations([CHANGES]);
  let id = 0;
  for (const [title, panels] of ROWS) {
    dashboard = dashboard.withRow(new RowBuilder(title).id(++id));
    for (const panel of panels) dashboard = dashboard.withPanel(panel.id(++id));
  }
  return `${JSON.stringify(dashboard.build(), null, 2)}\n`;
}
