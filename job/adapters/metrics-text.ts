/** Writes metrics in Prometheus' text format for a Pushgateway and the textfile collector; both refuse timestamps. */
import { Gauge, Registry } from "prom-client";
import { ownTurn } from "../in-parallel.ts";
import type { MetricFamily, MetricSample } from "../ports.ts";

/** Samples of one family that become text in one turn of the event loop: 10 ms. Reasons of 10,000 targets are 300,000. */
const MAX_IN_TURN = 5000;

/** The metrics as text. Samples with a time of their own are left out. */
export async function expositionOf(families: readonly MetricFamily[]): Promise<string> {
  const texts: string[] = [];
  for (const family of families) {
    const plain = family.samples.filter(({ at }) => at === undefined);
    for (let i = 0; i < plain.length; i += MAX_IN_TURN) {
      await ownTurn();
      const text = await textOf(family, plain.slice(i, i + MAX_IN_TURN));
      // help and type stand before the first sample alone
      texts.push(i === 0 ? text : text.replace(/^(#.*\n)*/, ""));
    }
  }
  return texts.join("");
}

async function textOf({ name, help, labels }: MetricFamily, samples: readonly MetricSample[]): Promise<string> {
  const registry = new Registry();
  const gauge = new Gauge({ name, help, labelNames: [...labels], registers: [registry] });
  for (const sample of samples) gauge.set(sample.labels, sample.value);
  return registry.metrics();
}
