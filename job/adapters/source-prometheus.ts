/** The metric source Prometheus, or any server with its query_range API. */
import { PROMETHEUS } from "../config/groups/prometheus.ts";
import type { MetricSource } from "./source.ts";

/** Reads Prometheus by its HTTP API. */
export const PROMETHEUS_SOURCE: MetricSource = {
  name: "prometheus",
  settings: PROMETHEUS,
  needs: ["url"],
  how: "--prometheus URL (or prometheus.url in the file, or PROPHET_AUTOSCALER_PROMETHEUS_URL)",
  live: true,
  where: ({ settings }) => settings.prometheus.url ?? null,
  open: async ({ settings, repeats = false }, tools) => {
    const { prometheusHistory } = await import("./prometheus.ts");
    const own = { ...settings.prometheus, url: settings.prometheus.url! };
    const history = prometheusHistory(own, { ...tools, keeps: repeats });
    return { history, scales: history.scales, checks: history.checks, close: history.close };
  },
  checks: {
    noAnswer:
      "check prometheus.url, that a NetworkPolicy lets the job out, and the credentials; `curl URL/api/v1/query?query=vector(1)` must answer",
    data: {
      NoData:
        "does Prometheus scrape cadvisor, and do the labels namespace, pod and container exist? Run the query by hand, or give one with --query",
      StaleData: "is the scrape of cadvisor still running? maxAge is the accepted age",
      TooFewSamples: "wait a few minutes; until then the replicas stay",
      GapsInData: "only scale-out is allowed until the window is covered; minCoverage is the accepted share",
      SeveralSeries: "the query must aggregate to one series: wrap it in sum(...)",
      PartialAnswer: "the source answered with warnings: look at its stores or its limits",
      AboveCapacity:
        "more CPU than the pods can use: does the query count other pods or containers twice? Or is podCpuLimit too low?",
    },
  },
};
