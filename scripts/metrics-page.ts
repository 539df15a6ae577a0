/** Makes docs/metrics-reference.md: every metric of a run. */
import { METRIC_PREFIX, METRIC_TABLE, type MetricRow } from "../job/report/metric-table.ts";
import { markdownTable } from "./markdown.ts";

/** docs/metrics-reference.md as Markdown. `generated` is the comment that names the command which writes the page. */
export function metricsPage(generated: string): string {
  const rows = Object.entries<MetricRow>(METRIC_TABLE).map(([name, { about, labels, stamp }]) => [
    `\`${METRIC_PREFIX}${name}\``,
    about,
    labels.join(", "),
    stamp === "own" ? "its own" : "of the run",
  ]);
  return `${[
    "# Metrics reference",
    generated,
    "All of them are gauges. What they are for, and how they are sent: [metrics.md](metrics.md). What is not known is left out; it is never 0.",
    "A metric with a time stamp of its own comes by OTLP and remote write only: a Pushgateway and a textfile take none.",
    markdownTable(["metric", "meaning", "labels", "time stamp"], rows),
    "`namespace`, `kind` and `name` are those of the target. `metric` and `unit` are as in the settings; the CPU is `cpu`, in `cores`.",
  ].join("\n\n")}\n`;
}
