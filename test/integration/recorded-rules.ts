/** What the shipped recording rules would have recorded of a past, evaluated by a real Prometheus at every moment; as OpenMetrics. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { startPrometheus } from "../cluster/prometheus.ts";

/** The file of the rules. */
export const RULES = join(import.meta.dirname, "../../manifests/monitoring/recording/recording-rules.yaml");

interface Rule {
  readonly record: string;
  readonly expr: string;
}

/** One recorded series. */
export interface Recorded {
  readonly labels: Readonly<Record<string, string>>;
  readonly values: readonly (readonly [number, string])[];
}

interface Span {
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

/** Samples as OpenMetrics, without its last line. `raw` ends without it, too. */
export type OpenMetricsText = string;

/** Evaluates the rules over the raw series at each step from start to end: first whose pods are, then what is made of it. */
export async function recordRules(raw: OpenMetricsText, span: Span): Promise<readonly Recorded[]> {
  const { groups } = parse(readFileSync(RULES, "utf8")) as { groups: readonly { rules: readonly Rule[] }[] };
  const [owner, cores, ...others] = groups[0]!.rules;
  let all: readonly Recorded[] = [];
  // each of these reads what those before it have written
  for (const rules of [[owner!], [cores!], others]) {
    const prometheus = await startPrometheus({ history: `${raw}${openMetricsOf(all)}# EOF\n` });
    for (const rule of rules) all = [...all, ...(await evaluate(prometheus.url, rule, span))];
    await prometheus.stop();
  }
  return all;
}

async function evaluate(url: string, rule: Rule, { start, end, step }: Span): Promise<readonly Recorded[]> {
  const form = { query: rule.expr, start: String(start), end: String(end), step: String(step) };
  const answer = await fetch(`${url}/api/v1/query_range`, { method: "POST", body: new URLSearchParams(form) });
  if (!answer.ok) throw new Error(`${rule.record}: ${answer.status} ${await answer.text()}`);
  type Row = { metric: Record<string, string>; values: [number, string][] };
  const { data } = (await answer.json()) as { data: { result: Row[] } };
  return data.result.map(({ metric, values }) => ({ labels: { ...metric, __name__: rule.record }, values }));
}

/** Series as OpenMetrics: all of one name together. */
export function openMetricsOf(all: readonly Recorded[]): OpenMetricsText {
  const names = [...new Set(all.map(({ labels }) => labels.__name__!))];
  return names
    .map((name) => {
      const lines = all
        .filter(({ labels }) => labels.__name__ === name)
        .flatMap(({ labels: { __name__, ...labels }, values }) => {
          const inside = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
          return values.map(([time, value]) => `${name}{${inside.join(",")}} ${value} ${time}\n`);
        });
      return `# TYPE ${name} gauge\n${lines.join("")}`;
    })
    .join("");
}
