/** The advice as text: the front of settings, those to take and how certain they are, what one change more would do, and YAML. */
import { pluralize, type TimeRange } from "../core/units.ts";
import type { ScoredTrial, TrialScore } from "../replay/advise.ts";
import type { Trial } from "../replay/trials.ts";
import { frontPlot } from "./front-plot.ts";
import { shortNumber, table, wrap } from "./text.ts";

/** The content of an advice. */
export interface Advice {
  readonly name: string;
  readonly current: ScoredTrial;
  /** Null: no settings meet the objective; `why` says so. */
  readonly advised: ScoredTrial | null;
  readonly why: string | null;
  /** Fields of the file that the advice changes, with their values. */
  readonly fields: readonly (readonly [string, number])[];
  /** Our settings that no other beats, cheapest first. */
  readonly front: readonly ScoredTrial[];
  /** All trials of our settings. */
  readonly ours: readonly ScoredTrial[];
  /** The recorded replicas, and the HPAs. */
  readonly others: readonly ScoredTrial[];
  /** The largest allowed share of the time below the demand, and whether the user set it. */
  readonly slo: number;
  readonly asked: boolean;
  /** Price of a core-hour and cores of a pod; null: no prices are shown. */
  readonly money: { readonly price: number; readonly request: number } | null;
  /** Cheapest trial of the earlier half for each share of the time. */
  readonly nines: readonly (readonly [share: number, tried: ScoredTrial | null])[];
  /** The advised settings with one thing changed each; null: not tried. */
  readonly changed: Changed | null;
}

/** Settings with one change each, alone and with the best others, all over the same time. The first is without a change. */
export interface Changed {
  readonly over: TimeRange;
  readonly tried: readonly { readonly trial: Trial; readonly score: TrialScore }[];
}

type Money = Advice["money"];

/** The advice, in lines of at most `width` characters. */
export function adviceText(advice: Advice, width: number): string {
  const { name, current, advised, why, front, others, nines, asked, money, changed } = advice;
  const rows = [current, ...front.filter((one) => one !== current), ...others];
  const parts: (readonly string[])[] = [
    wrap(`${name}: scores of the later half of the history; ours were chosen on the earlier one.`, width),
    scores(
      rows.map(({ label, judgedOn }) => [label, judgedOn]),
      money,
      width,
    ),
  ];
  const plot = plotOf(advice, width);
  if (plot.length > 0) parts.push(plot);
  if (!asked)
    parts.push(["What each next nine costs:", ...nines.flatMap((nine) => wrap(`  ${nineText(nine)}`, width, "    "))]);
  if (advised === null) parts.push(wrap(why ?? "Nothing is advised.", width));
  else parts.push(sentences(advice, advised).flatMap((one) => wrap(one, width)));
  if (changed !== null) parts.push(changedText(changed, money, width));
  if (advised !== null) parts.push(yamlOf(advice));
  return `${parts.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

function scores(
  rows: readonly (readonly [label: string, score: TrialScore])[],
  money: Money,
  width: number,
): readonly string[] {
  const price = money === null ? [] : ["cost"];
  const head = ["settings", "pod-hours", ...price, "time under", "unserved", "actions"];
  const cells = rows.map(([label, { cost, under, unserved, actions }]) => {
    const paid = money === null ? [] : [shortNumber(cost * money.request * money.price)];
    return [label, shortNumber(cost), ...paid, percentText(under), percentText(unserved), String(actions)];
  });
  return table(head, cells, width);
}

/** The plot of all trials on the later half. */
function plotOf({ ours, others, current, advised }: Advice, width: number): readonly string[] {
  const marks = [
    ...ours.map((one) => ({ mark: ".", one })),
    ...others.map((one) => ({ mark: one.decider.by === "hpa" ? "h" : "r", one })),
    { mark: "c", one: current },
    ...(advised === null ? [] : [{ mark: "A", one: advised }]),
  ];
  const lines = frontPlot(
    marks.map(({ mark, one: { judgedOn } }) => ({ mark, ...judgedOn })),
    width,
  );
  if (lines.length === 0) return lines;
  const known = { c: "current", A: "advised", ".": "other settings", h: "HPA", r: "what really ran" };
  const legend = Object.entries(known).filter(([mark]) => marks.some((one) => one.mark === mark));
  const said = `Time below the demand over pod-hours: ${legend.map(([mark, words]) => `${mark} ${words}`).join(", ")}.`;
  return [...wrap(said, width), ...lines];
}

/** Both ends in UTC, to the minute. */
export function spanText({ from, to }: TimeRange): string {
  const [begin, end] = [from, to].map((t) => new Date(t * 1000).toISOString().slice(0, 16).replace("T", " "));
  return `from ${begin} to ${end} UTC`;
}

/** A share as a person reads it. */
export function percentText(share: number): string {
  return `${shortNumber(100 * share)} %`;
}

function nineText([share, tried]: readonly [number, ScoredTrial | null]): string {
  if (tried === null) return `at most ${percentText(share)} of the time below: none of these settings.`;
  const { cost, under } = tried.judgedOn;
  return `at most ${percentText(share)} of the time below: ${tried.label}; then ${shortNumber(cost)} pod-hours and ${percentText(under)}.`;
}

/** The advised settings, their results on both halves, and how certain these are. */
export function sentences({ current, slo }: Advice, advised: ScoredTrial): readonly string[] {
  const { chosenOn, judgedOn, days } = advised;
  const kept = days.filter(({ under }) => under <= slo).length;
  const worst = Math.max(...days.map(({ under }) => under));
  const broken = judgedOn.under > slo ? ": it did not keep there what it had kept before" : "";
  return [
    advised === current
      ? "Advised: the current settings."
      : `Advised: ${advised.label}. ${comparison(judgedOn, current.judgedOn)}`,
    `On the earlier half, on which it was chosen, it was below the demand for ${percentText(chosenOn.under)} of the time.`,
    `On the later half it was below for ${percentText(judgedOn.under)}, where ${percentText(slo)} were allowed${broken}.`,
    `It kept that on ${kept} of ${pluralize(days.length, "day")}; on the worst day it was ${percentText(worst)}.`,
  ];
}

function comparison(advised: TrialScore, current: TrialScore): string {
  const change = advised.cost / current.cost - 1;
  return `It costs ${shortNumber(100 * Math.abs(change))} % ${change <= 0 ? "less" : "more"} than the current settings.`;
}

/** The fields to change, as written in the file. */
export function yamlOf({ fields, current: { decider } }: Advice): readonly string[] {
  if (fields.length === 0 || decider.by !== "ours") return ["Nothing has to be changed."];
  const { namespace, scaleTargetRef, slo } = decider.target;
  const note = (field: string) => (field === "quantile" && slo !== undefined ? ` # instead of slo: ${slo}` : "");
  return [
    "targets:",
    `  - scaleTargetRef: { kind: ${scaleTargetRef.kind}, name: ${scaleTargetRef.name} }`,
    `    namespace: ${namespace}`,
    ...fields.map(([field, value]) => `    ${field}: ${value}${note(field)}`),
  ];
}

function changedText({ over, tried }: Changed, money: Money, width: number): readonly string[] {
  const said = `The same with one thing changed, alone and with the settings that were best with it the day before, ${spanText(over)}:`;
  return [
    ...wrap(said, width),
    ...scores(
      tried.map(({ trial, score }) => [trial.label, score]),
      money,
      width,
    ),
  ];
}
