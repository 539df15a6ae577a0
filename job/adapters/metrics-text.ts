/** Writes metrics in Prometheus' text format for a Pushgateway and the textfile collector; both refuse timestamps. */
import { Gauge, Registry } from "prom-client";
import type { MetricFamily } from "../ports.ts";

/** The metrics as text. Samples with a time of their own are left out. */
export async function expositionOf(families: readonly MetricFamily[]): Promise<string> {
  const registry = new Registry();
  for (const { name, help, labels, samples } of families) {
    const plain = samples.filter(({ at }) => at === undefined);
    if (plain.length === 0) continue;
    const gauge = new Gauge({ name, help, labelNames: [...labels], registers: [registry] });
    for (const sample of plain) gauge.set(sample.labels, sample.value);
  }
  return registry.metrics();
}
