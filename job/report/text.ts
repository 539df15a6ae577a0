/** The decision and its trail as text: aligned lines with the numbers that decided, and no wide characters. */

import type { MetricRecord, TickRecord, TrailEntry } from "../core/policy/types.ts";
import type { TargetConfig } from "../core/target.ts";
import { pluralize } from "../core/units.ts";
import type { Outcome } from "../ports.ts";

/** A number as a person reads it: 3 significant digits, `-` when there is none. */
export function shortNumber(value: number): string {
  if (!Number.isFinite(value)) return "-";
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1000) return value.toFixed(0);
  return String(Number(value.toPrecision(3)));
}

/** CPU as Kubernetes writes it: milli-cores below one core. */
export function shortCpu(cores: number): string {
  if (!Number.isFinite(cores)) return "-";
  return Math.abs(cores) < 1 ? `${shortNumber(cores * 1000)}m` : pluralize(shortNumber(cores), "core");
}

/** An amount of a metric in its unit; cores as Kubernetes writes them. */
export function shortAmount(value: number, unit: string): string {
  if (unit === "cores") return shortCpu(value);
  return unit === "" || !Number.isFinite(value) ? shortNumber(value) : `${shortNumber(value)} ${unit}`;
}

/** The words of a text in lines of at most `width` characters, with later lines indented. A longer word gets its own line. */
export function wrap(text: string, width: number, indent = ""): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = indent + word;
    } else line += line === "" || line === indent ? word : ` ${word}`;
  }
  return [...lines, line];
}

/** Minimum width in characters of the last column; with less it goes below the others. */
const MIN_ROOM = 28;

/**
 * Columns padded to their widest cell, in lines of at most `width` characters. The last column wraps within itself, or goes below the others
 * where it would be too narrow.
 */
export function columns(
  rows: readonly (readonly string[])[],
  width = Number.POSITIVE_INFINITY,
  gap = "  ",
): readonly string[] {
  const widths = (rows[0] ?? []).map((_, c) => Math.max(...rows.map((row) => row[c]?.length ?? 0)));
  const last = widths.length - 1;
  const before = widths.slice(0, last).reduce((sum, w) => sum + w + gap.length, 0);
  const room = width - before;
  const below = widths[last]! > room && room < MIN_ROOM;
  return rows.flatMap((row) => {
    const head = row
      .slice(0, last)
      .map((cell, c) => cell.padEnd(widths[c]!) + gap)
      .join("");
    const text = row[last] ?? "";
    if (below) return [...wrap(head.trimEnd(), width), ...wrap(text, width - 4).map((line) => `    ${line}`)];
    return wrap(text, room).map((line, i) => (i === 0 ? head : " ".repeat(before)) + line);
  });
}

/** A table of numbers with a head. If it does not fit, each row becomes a block. */
export function table(head: readonly string[], rows: readonly (readonly string[])[], width: number): readonly string[] {
  const lines = columns([head, ...rows]);
  if (lines.every((line) => line.length <= width)) return lines;
  return rows.flatMap((row) => [
    row[0]!,
    ...columns(head.slice(1).map((name, c) => [name, row[c + 1]!])).map((line) => `  ${line}`.slice(0, width)),
  ]);
}

const ACTION: Readonly<Record<Outcome["action"], string>> = {
  scaled: "scaled",
  wouldScale: "would scale",
  unchanged: "unchanged",
  held: "held",
  failed: "FAILED",
};

/** "scaled 4 -> 8". If the job sets another number than the workload's replicas, names the number and its object. */
export function changeText({ action, from, to, sets, object }: Outcome): string {
  if (from === null) return ACTION[action];
  const change = to === null || to === from ? `at ${from}` : `${from} -> ${to}`;
  return sets === "replicas" ? `${ACTION[action]} ${change}` : `${ACTION[action]} ${sets} ${change} of ${object}`;
}

function isTrail(entry: unknown): entry is TrailEntry {
  return typeof entry === "object" && entry !== null && "stage" in entry && "reason" in entry;
}

/** The trail as lines: stage, replicas, reason, message. */
export function trailLines(trail: readonly unknown[], width = Number.POSITIVE_INFINITY): readonly string[] {
  const entries = trail.filter(isTrail);
  const several = new Set(entries.flatMap(({ metric }) => (metric === undefined ? [] : [metric]))).size > 1;
  const rows = entries.map((e) => {
    const change = e.from === e.to ? String(e.to) : `${e.from} -> ${e.to}`;
    return [several && e.metric !== undefined ? `${e.metric}: ${e.stage}` : e.stage, change, e.reason, e.message];
  });
  return columns(rows, width - 2).map((line) => `  ${line}`);
}

function facts(target: TargetConfig, { metrics }: TickRecord, width: number): readonly string[] {
  const rows = metrics.flatMap((record) => {
    const { name } = record.metric;
    const named = ([head, ...rest]: readonly string[]) => [`${name}: ${head}`, ...rest];
    return metrics.length > 1 ? factsOf(target, record).map(named) : factsOf(target, record);
  });
  return columns(rows, width - 2).map((line) => `  ${line}`);
}

function factsOf(target: TargetConfig, record: MetricRecord): (readonly string[])[] {
  const { metric, quality, forecast } = record;
  const { averageValue, unit } = metric;
  const rows = [
    ["data", `${quality.message}`],
    ["demand now", `${shortAmount(record.demand, unit)} (${shortAmount(averageValue, unit)} a pod)`],
  ];
  if (forecast !== null) {
    const weights = Object.entries(forecast.modelWeights)
      .filter(([, weight]) => weight >= 0.05)
      .sort(([, a], [, b]) => b - a)
      .slice(0, 4)
      .map(([name, weight]) => `${name} ${Math.round(weight * 100)} %`);
    const season = forecast.period === null ? "no season" : `season ${shortNumber(forecast.period)} s`;
    rows.push(
      [
        "forecast",
        `${forecast.method}: mean ${shortAmount(forecast.mean, unit)} over the next ${shortNumber(target.horizon)} s, ${season}`,
      ],
      [
        "to cover",
        `${shortAmount(record.quantile, unit)} = ${shortNumber(record.level)} quantile of the maximum ${shortNumber(record.readyAfter)} to ${shortNumber(record.lead)} s ahead`,
      ],
      [
        "recent error",
        `${shortNumber(forecast.skill)} of repeating the last value, over ${pluralize(forecast.origins, "origin")}`,
      ],
    );
    if (weights.length > 0) rows.push(["models", weights.join(", ")]);
  }
  return rows;
}

/** One target's run in lines of at most `width` characters: the action, its reason, the numbers behind it, and the stages. */
export function decisionText(
  target: TargetConfig,
  record: TickRecord | null,
  outcome: Outcome,
  width = Number.POSITIVE_INFINITY,
): string {
  const head = `${outcome.namespace}/${outcome.name}: ${changeText(outcome)} (${outcome.reason})`;
  const trail =
    outcome.trail.length === 0 ? [] : ["", "  Decision, stage by stage", ...trailLines(outcome.trail, width)];
  const known = record === null ? [] : ["", ...facts(target, record, width)];
  const message = wrap(outcome.message, width - 2).map((line) => `  ${line}`);
  return [...wrap(head, width, "  "), ...message, ...known, ...trail, ""].join("\n");
}
