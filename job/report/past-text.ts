/** Explains a past decision in sentences: observations, forecast, decision and reasons, what would have changed it, and what followed. */

import { REASONS } from "../core/policy/reasons.ts";
import type { MetricRecord, TrailEntry } from "../core/policy/types.ts";
import type { Samples } from "../core/series/types.ts";
import { type EpochSeconds, pluralize } from "../core/units.ts";
import type { Outcome } from "../ports.ts";
import type { PastDecision } from "../replay/past.ts";
import type { Alternative } from "../replay/what-if.ts";
import { clock, dayAndClock, zone } from "./clock.ts";
import { shortAmount, shortNumber, wrap } from "./text.ts";

/** The content of one past decision. */
export interface PastExplanation {
  readonly decision: PastDecision;
  readonly outcome: Outcome;
  /** The decisions that followed, oldest first. */
  readonly after: readonly PastDecision[];
  readonly alternatives: readonly Alternative[];
  /** The metric that recorded the replicas; null: none did. */
  readonly source: string | null;
}

/** The past, in lines of at most `width` characters. */
export function pastText(past: PastExplanation, width = Number.POSITIVE_INFINITY): string {
  const { decision, outcome } = past;
  const { at, target } = decision.input;
  const name = `${target.namespace}/${target.name}`;
  const head = `${name} at ${dayAndClock(at)} (${zone(at)}): ${replicasText(outcome)} (${outcome.reason})`;
  const parts: readonly (readonly [string, readonly string[]])[] = [
    ["What was seen", seen(past)],
    ["What was forecast", forecast(past)],
    ["What was decided", decided(past)],
    ["What would have changed it", changed(past)],
    ["What came afterwards", afterwards(past)],
  ];
  const sections = parts
    .filter(([, sentences]) => sentences.length > 0)
    .flatMap(([title, sentences]) => [
      "",
      `  ${title}`,
      ...sentences.flatMap((sentence) => wrap(sentence, width - 4).map((line) => `    ${line}`)),
    ]);
  return `${[...wrap(head, width), ...sections].join("\n")}\n`;
}

/** `6 -> 8 replicas`, or `6 replicas` where they stayed. */
function replicasText({ from, to }: Pick<Outcome, "from" | "to">): string {
  if (from === null) return "no decision";
  return to === null || to === from ? pluralize(from, "replica") : `${from} -> ${pluralize(to, "replica")}`;
}

function metricsIn({ decided }: PastDecision): readonly MetricRecord[] {
  return decided.output?.record.metrics ?? [];
}

/** With several metrics each sentence begins with the metric's name. */
function named(decision: PastDecision, { metric }: MetricRecord, sentence: string): string {
  return metricsIn(decision).length > 1 ? `${metric.name}: ${sentence}` : sentence;
}

function seen({ decision, source }: PastExplanation): readonly string[] {
  const { scale } = decision.input;
  const set = scale.floor ?? scale.replicas;
  const demands = metricsIn(decision).map((record) => {
    const { metric, demand, quality } = record;
    const { averageValue, unit } = metric;
    const load = Number.isFinite(demand)
      ? `The load was ${shortAmount(demand, unit)}: ${shortAmount(demand / Math.max(1, scale.replicas), unit)} a pod, of ${shortAmount(averageValue, unit)} that a pod should carry.`
      : "The load was not known.";
    return named(decision, record, `${load} The data: ${quality.message}.`);
  });
  const number = scale.floor === undefined ? pluralize(set, "replica") : `minReplicas ${set}`;
  const origin = decision.recorded
    ? `as ${source} has recorded it`
    : `as replayed, for ${source === null ? "no metric has" : `${source} had not yet`} recorded it`;
  return [...demands, `The workload had ${number}, ${origin}.`];
}

function forecast({ decision, outcome }: PastExplanation): readonly string[] {
  const { at } = decision.input;
  return metricsIn(decision).flatMap((record) => {
    const { metric, forecast: made, readyAfter, lead } = record;
    if (made === null) return Number.isFinite(record.demand) ? [named(decision, record, "There was no forecast.")] : [];
    const when = `New pods would meet the load that is measured from ${clock(at + readyAfter)} to ${clock(at + lead)}.`;
    const error = Number.isFinite(made.skill)
      ? `was ${shortNumber(made.skill)} of that of repeating the last value`
      : "is not known yet";
    const skill = `The forecast was made by ${made.method}. Its recent error ${error}.`;
    const chance = chanceText(
      record,
      made,
      outcome.trail.filter((entry) => entry.metric === metric.name),
    );
    return [named(decision, record, `${when} ${chance}`), named(decision, record, skill)];
  });
}

/** What the pods were planned for: by the forecast, or by the last value where the forecast was not followed, and times the factor of a schedule. */
function chanceText(
  { metric, quantile, level }: MetricRecord,
  forecast: NonNullable<MetricRecord["forecast"]>,
  trail: readonly TrailEntry[],
): string {
  const told = (reason: string) => trail.find((entry) => entry.reason === reason);
  const { value = quantile, factor } = told("ScheduleFactor")?.detail ?? {};
  const below = `With probability ${shortNumber(level)} it would stay below ${shortAmount(Number(value), metric.unit)}`;
  const max = shortAmount((forecast.parts?.at(-1) ?? forecast).max, metric.unit);
  const chance =
    told("ForecastNotTrusted") === undefined
      ? `${below}; its expected maximum was ${max}.`
      : `The forecast of its maximum, ${max}, was not followed. ${below}, by the last value and the errors of repeating it.`;
  return factor === undefined
    ? chance
    : `${chance} The schedule multiplies that by ${factor}: ${shortAmount(quantile, metric.unit)}.`;
}

function decided({ outcome }: PastExplanation): readonly string[] {
  const stages = outcome.trail.filter(isWorthTelling).map((entry) => {
    const name = entry.metric !== undefined && hasSeveral(outcome) ? `${entry.metric}: ${entry.stage}` : entry.stage;
    const change = entry.from === entry.to ? `kept ${entry.to}` : `${entry.from} -> ${entry.to}`;
    return `Stage ${name}: ${change}. ${sentence(entry.message)}`;
  });
  const { means } = (REASONS as Readonly<Record<string, { readonly means: string }>>)[outcome.reason] ?? {};
  const why = means === undefined ? outcome.message : means.replaceAll("`", "");
  const result = `The result: ${replicasText(outcome)} (${outcome.reason}). ${sentence(why)}`;
  return [...(stages.length > 0 ? stages : ["No stage changed the number."]), result];
}

/** With a capital and a full stop. */
function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1).replace(/\.$/, "")}.`;
}

/** A stage that changed the number, or that had a reason to keep it. */
function isWorthTelling({ stage, from, to, reason }: TrailEntry): boolean {
  return (
    from !== to || (stage !== "data" && !["DesiredWithinRange", "DataComplete", "ForecastQuantile"].includes(reason))
  );
}

function hasSeveral({ metrics }: Outcome): boolean {
  return metrics.length > 1;
}

function changed({ decision, alternatives }: PastExplanation): readonly string[] {
  if (decision.decided.output === null) return [];
  const changes = alternatives.map(({ change, replicas }) => {
    if ("setting" in change)
      return `With ${change.setting} ${change.value} instead of ${change.was}: ${pluralize(replicas, "replica")}.`;
    const share = shortNumber(100 * Math.abs(change.load - 1));
    return `With ${share} % ${change.load > 1 ? "more" : "less"} load: ${pluralize(replicas, "replica")}.`;
  });
  return changes.length > 0
    ? ["Each of these alone, and at this decision only: those before it stay as they were.", ...changes]
    : ["Neither a quarter nor four times the load, and no single setting."];
}

function afterwards({ decision, outcome, after }: PastExplanation): readonly string[] {
  const last = after.at(-1);
  if (last === undefined) return ["That was the newest decision; nothing has come yet."];
  const came = metricsIn(decision).flatMap((record, i) => cameOf({ decision, outcome }, record, i, last));
  return [...came, nextChange(after, last)];
}

/** The load in the time for which this decision added pods. */
function cameOf(
  { decision, outcome: { to } }: Pick<PastExplanation, "decision" | "outcome">,
  record: MetricRecord,
  i: number,
  last: PastDecision,
): readonly string[] {
  const { at, scale } = decision.input;
  const { readyAfter, lead, quantile, metric } = record;
  const history = last.input.histories[i];
  if (history === undefined || history instanceof Error || !Number.isFinite(quantile)) return [];
  const top = largest(history.samples, at + readyAfter, at + lead);
  if (top === null) return [named(decision, record, "The load of that time has not been measured.")];
  const until = Math.min(last.input.at, at + lead);
  const against = `${top.value > quantile ? "above" : "within"} the ${shortAmount(quantile, metric.unit)} that the pods were planned for`;
  // of the floor of an HPA it is not known how many pods there were
  const carried =
    to === null || scale.floor !== undefined
      ? ""
      : ` ${pluralize(to, "pod")} should carry ${shortAmount(to * metric.averageValue, metric.unit)}.`;
  return [
    named(
      decision,
      record,
      `From ${clock(at + readyAfter)} to ${clock(until)} the load reached ${shortAmount(top.value, metric.unit)}, ${against}.${carried}`,
    ),
  ];
}

function largest({ times, values }: Samples, from: EpochSeconds, to: EpochSeconds) {
  let top: { readonly at: EpochSeconds; readonly value: number } | null = null;
  times.forEach((at, i) => {
    const value = values[i]!;
    if (at > from && at <= to && Number.isFinite(value) && value > (top?.value ?? Number.NEGATIVE_INFINITY))
      top = { at, value };
  });
  return top as { readonly at: EpochSeconds; readonly value: number } | null;
}

function nextChange(after: readonly PastDecision[], last: PastDecision): string {
  for (const { input, decided: next } of after) {
    const made = next.output?.decision;
    if (made !== undefined && made.replicas !== made.current)
      return `The next change was at ${clock(input.at)}: ${made.current} -> ${made.replicas} (${made.reason}).`;
  }
  return `There was no other change until ${clock(last.input.at)}.`;
}
