/** The decision and its trail for a person: aligned lines, the numbers that decided, no wide characters. */
import type { MetricRecord, TickRecord, TrailEntry } from "../core/policy/types.ts";
import type { TargetConfig } from "../core/target.ts";
import type { Outcome } from "../ports.ts";

/** A number as a person reads it: 3 significant digits, `-` when there is none. */
export function number(value: number): string {
  if (!Number.isFinite(value)) return "-";
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1000) return value.toFixed(0);
  return String(Number(value.toPrecision(3)));
}

/** CPU as Kubernetes writes it: milli-cores below one core. */
export function cpu(cores: number): string {
  if (!Number.isFinite(cores)) return "-";
  return Math.abs(cores) < 1 ? `${number(cores * 1000)}m` : `${number(cores)} cores`;
}

/** An amount of a metric in its unit; cores as Kubernetes writes them. */
export function amount(value: number, unit: string): string {
  if (unit === "cores") return cpu(value);
  return unit === "" || !Number.isFinite(value) ? number(value) : `${number(value)} ${unit}`;
}

/** Columns padded to their widest cell; the last one is left ragged. */
export function columns(rows: readonly (readonly string[])[], gap = "  "): readonly string[] {
  const widths = (rows[0] ?? []).map((_, c) => Math.max(...rows.map((row) => row[c]?.length ?? 0)));
  return rows.map((row) => row.map((cell, c) => (c === row.length - 1 ? cell : cell.padEnd(widths[c]!))).join(gap));
}

const ACTION: Readonly<Record<Outcome["action"], string>> = {
  scaled: "scaled",
  unchanged: "unchanged",
  held: "held",
  failed: "FAILED",
};

function replicas(outcome: Outcome): string {
  if (outcome.from === null) return "";
  return outcome.to === null || outcome.to === outcome.from
    ? ` at ${outcome.from}`
    : ` ${outcome.from} -> ${outcome.to}`;
}

function isTrail(entry: unknown): entry is TrailEntry {
  return typeof entry === "object" && entry !== null && "stage" in entry && "reason" in entry;
}

/** The trail as lines: stage, replicas, reason, message. */
export function trailLines(trail: readonly unknown[]): readonly string[] {
  const entries = trail.filter(isTrail);
  const several = new Set(entries.flatMap(({ metric }) => (metric === undefined ? [] : [metric]))).size > 1;
  const rows = entries.map((e) => {
    const change = e.from === e.to ? String(e.to) : `${e.from} -> ${e.to}`;
    return [several && e.metric !== undefined ? `${e.metric}: ${e.stage}` : e.stage, change, e.reason, e.message];
  });
  return columns(rows).map((line) => `  ${line}`);
}

function facts(target: TargetConfig, { metrics }: TickRecord): readonly string[] {
  const rows = metrics.flatMap((record) => {
    const { name } = record.metric;
    const named = ([head, ...rest]: readonly string[]) => [`${name}: ${head}`, ...rest];
    return metrics.length > 1 ? factsOf(target, record).map(named) : factsOf(target, record);
  });
  return columns(rows).map((line) => `  ${line}`);
}

function factsOf(target: TargetConfig, record: MetricRecord): (readonly string[])[] {
  const { metric, quality, forecast } = record;
  const { averageValue, unit } = metric;
  const rows = [
    ["data", `${quality.message}`],
    ["demand now", `${amount(record.demand, unit)} (${amount(averageValue, unit)} a pod)`],
  ];
  if (forecast !== null) {
    const weights = Object.entries(forecast.modelWeights)
      .filter(([, weight]) => weight >= 0.05)
      .sort(([, a], [, b]) => b - a)
      .slice(0, 4)
      .map(([name, weight]) => `${name} ${Math.round(weight * 100)} %`);
    const season = forecast.period === null ? "no season" : `season ${number(forecast.period)} s`;
    rows.push(
      [
        "forecast",
        `${forecast.method}: mean ${amount(forecast.mean, unit)} over the next ${number(target.horizon)} s, ${season}`,
      ],
      [
        "to cover",
        `${amount(record.quantile, unit)} = ${number(metric.quantile)} quantile of the maximum ${number(record.readyAfter)} to ${number(record.lead)} s ahead`,
      ],
      ["recent error", `${number(forecast.skill)} of repeating the last value, over ${forecast.origins} origins`],
    );
    if (weights.length > 0) rows.push(["models", weights.join(", ")]);
  }
  return rows;
}

/** One target's run: what was done, why, from which numbers, and stage by stage. */
export function decisionText(
  target: TargetConfig,
  record: TickRecord | null,
  outcome: Outcome,
  dryRun: boolean,
): string {
  const done = dryRun && outcome.action === "scaled" ? "would scale" : ACTION[outcome.action];
  const head = `${target.namespace}/${outcome.name}: ${done}${replicas(outcome)} (${outcome.reason})`;
  const trail = outcome.trail.length === 0 ? [] : ["", "  Decision, stage by stage", ...trailLines(outcome.trail)];
  const known = record === null ? [] : ["", ...facts(target, record)];
  return [head, `  ${outcome.message}`, ...known, ...trail, ""].join("\n");
}
