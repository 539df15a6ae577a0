/** The registry of metric destinations. A new one needs a field of the settings, a file and a line here. */
import type { Settings } from "../config/types.ts";
import type { MetricsSink } from "../ports.ts";
import type { MetricsTools } from "./metrics-http.ts";

type Destination = "otlp" | "remoteWrite" | "pushgateway" | "textfile";

/** Opens each destination. Its code and library are loaded with the first metrics. */
const DESTINATIONS: Readonly<
  Record<Destination, (settings: Settings["metrics"], tools: MetricsTools) => Promise<MetricsSink>>
> = {
  otlp: async (settings, tools) => (await import("./metrics-otlp.ts")).otlpMetrics(settings, tools),
  remoteWrite: async (settings, tools) =>
    (await import("./metrics-remote-write.ts")).remoteWriteMetrics(settings, tools),
  pushgateway: async (settings, tools) =>
    (await import("./metrics-pushgateway.ts")).pushgatewayMetrics(settings, tools),
  textfile: async (settings) => (await import("./metrics-textfile.ts")).textfileMetrics(settings),
};

/** The destination that the settings name; null: none. */
export function metricsSinkOf({ metrics }: Pick<Settings, "metrics">, tools: MetricsTools): MetricsSink | null {
  const way = (Object.keys(DESTINATIONS) as Destination[]).find((each) => metrics[each] !== undefined);
  if (way === undefined) return null;
  const inParts = way === "otlp" || way === "remoteWrite";
  const { timeout } = metrics;
  return {
    inParts,
    timeout,
    push: async (families, now, signal, within = timeout) => {
      const sink = await DESTINATIONS[way]({ ...metrics, timeout: within }, tools);
      await sink.push(families, now, signal);
    },
  };
}
