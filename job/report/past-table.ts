/** Past decisions as a table: one row each, oldest first. */

import { leadingMetric, type MetricRecord } from "../core/policy/types.ts";
import type { TargetConfig } from "../core/target.ts";
import { type EpochSeconds, pluralize } from "../core/units.ts";
import type { Outcome } from "../ports.ts";
import type { PastDecision } from "../replay/past.ts";
import { dayAndClock, zone } from "./clock.ts";
import { columns, shortAmount, shortNumber, table, wrap } from "./text.ts";

/** One row: a decision without its curves. */
export interface PastRow {
  readonly at: EpochSeconds;
  readonly outcome: Outcome;
  readonly recorded: boolean;
  readonly unit: string;
  /** Amounts of the metric that needed the most replicas, in its unit; NaN: not known. */
  readonly demand: number;
  readonly quantile: number;
  readonly max: number;
  readonly skill: number;
}

/** The row of a decision. */
export function pastRow({ input: { at }, decided, recorded }: PastDecision, outcome: Outcome): PastRow {
  const record: MetricRecord | null = decided.output === null ? null : leadingMetric(decided.output.record);
  const { forecast = null } = record ?? {};
  const { max } = forecast?.parts?.at(-1) ?? forecast ?? { max: Number.NaN };
  return {
    at,
    outcome,
    recorded,
    unit: record?.metric.unit ?? "",
    demand: record?.demand ?? Number.NaN,
    quantile: record?.quantile ?? Number.NaN,
    max,
    skill: forecast?.skill ?? Number.NaN,
  };
}

/** The subject of a table. */
export interface PastOfTarget {
  readonly target: TargetConfig;
  readonly rows: readonly PastRow[];
  /** The metric with the recorded replicas; null: none. */
  readonly source: string | null;
  /** With the forecast and the sentence. */
  readonly wide: boolean;
  /** Characters of a line. */
  readonly width: number;
}

/** The table of one target with a line above it. */
export function pastTable({ target, rows, source, wide, width }: PastOfTarget): string {
  const replayed = rows.filter(({ recorded }) => !recorded).length;
  const from =
    replayed === 0
      ? `recorded by ${source}`
      : replayed === rows.length
        ? "as replayed"
        : `recorded by ${source}, * as replayed`;
  const changes = rows.filter(({ outcome: { from: a, to: b } }) => a !== b).length;
  const head = `${target.namespace}/${target.name}: ${pluralize(rows.length, "decision")}, ${pluralize(changes, "change")}; times in ${zone(rows[0]?.at ?? 0)}; replicas ${from}`;
  const names = [
    "time",
    "replicas",
    "load",
    "to cover",
    ...(wide ? ["forecast", "error"] : []),
    "reason",
    ...(wide ? ["why"] : []),
  ];
  const mark = replayed > 0 && replayed < rows.length;
  const lines = rows.map((row) => cells(row, mark, wide));
  // a sentence goes on within its column
  const rowLines = wide ? columns([names, ...lines], width) : table(names, lines, width);
  return `${[...wrap(head, width), ...rowLines].join("\n")}\n`;
}

function cells(row: PastRow, mark: boolean, wide: boolean): readonly string[] {
  const { at, outcome, recorded, unit, demand, quantile, max, skill } = row;
  const { from, to, reason, message } = outcome;
  const change = from === null ? "-" : to === null || to === from ? String(from) : `${from} -> ${to}`;
  return [
    dayAndClock(at),
    mark && !recorded ? `${change} *` : change,
    shortAmount(demand, unit),
    shortAmount(quantile, unit),
    ...(wide ? [shortAmount(max, unit), shortNumber(skill)] : []),
    reason,
    ...(wide ? [message] : []),
  ];
}
