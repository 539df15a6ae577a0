/** Sends metrics to a Pushgateway, as one group of this job. */
import type { MetricsSink } from "../ports.ts";
import { below, type MetricsSettings, type MetricsTools, withPost } from "./metrics-http.ts";
import { expositionOf } from "./metrics-text.ts";

/** A sink for a Pushgateway. POST replaces metrics of the same names only, so that the last success outlives a run that fails. */
export function pushgatewayMetrics(settings: MetricsSettings, tools: MetricsTools): MetricsSink {
  // a value with a slash in it cannot stand in the path as it is
  const instance = Buffer.from(tools.instance).toString("base64url");
  const base = new URL(settings.pushgateway!);
  const url = below(base, `/metrics/job/prophet-autoscaler/instance@base64/${instance}`);
  return {
    push: async (families, _now, signal) => {
      const body = await expositionOf(families);
      await withPost(base, settings, tools, (post) =>
        post({ url, type: "text/plain; version=0.0.4; charset=utf-8", body }, signal),
      );
    },
  };
}
