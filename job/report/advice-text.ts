/** An advice for a person: the front, the settings to take with how sure that is, and the YAML to paste. */
import type { TargetConfig } from "../core/target.ts";
import type { TrialScore, Tried } from "../replay/advise.ts";
import { number, table, wrap } from "./text.ts";

/** What an advice says. */
export interface Advice {
  readonly name: string;
  readonly current: Tried;
  /** null: nothing is promised; `why` says so. */
  readonly advised: Tried | null;
  readonly why: string | null;
  /** Ours that no other beats, cheapest first. */
  readonly front: readonly Tried[];
  readonly hpas: readonly Tried[];
  /** Most time below the demand, and whether it was asked for. */
  readonly slo: number;
  readonly asked: boolean;
  /** The advised settings with a longer history; null: not tried. */
  readonly longHistory: Tried | null;
  /** Price of a core-hour and cores a pod; null: no money is spoken of. */
  readonly money: { readonly price: number; readonly request: number } | null;
  /** Cheapest trial of the earlier part for each share of the time. */
  readonly nines: readonly (readonly [share: number, tried: Tried | null])[];
}

/** The advice, in lines of at most `width` characters. */
export function adviceText(advice: Advice, width: number): string {
  const { name, current, advised, why, front, hpas, nines, asked } = advice;
  const rows = [current, ...front.filter((one) => one !== current), ...hpas].map((one) => cells(one, advice));
  const head = [
    "settings",
    "pod-hours",
    ...(advice.money === null ? [] : ["cost"]),
    "time under",
    "unserved",
    "actions",
  ];
  const parts: (readonly string[])[] = [
    wrap(`${name}: scores of the later half of the history; ours were chosen on the earlier one.`, width),
    table(head, rows, width),
  ];
  if (!asked)
    parts.push(["What each next nine costs:", ...nines.flatMap((nine) => wrap(`  ${nineText(nine)}`, width))]);
  if (advised === null) parts.push(wrap(why ?? "Nothing is advised.", width));
  else
    parts.push(
      sentences(advice, advised).flatMap((one) => wrap(one, width)),
      yamlOf(advised.target!, current.target!),
    );
  return `${parts.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

function cells({ label, judgedOn }: Tried, { money }: Advice): readonly string[] {
  const { cost, under, unserved, actions } = judgedOn;
  const price = money === null ? [] : [number(cost * money.request * money.price)];
  return [label, number(cost), ...price, percent(under), percent(unserved), String(actions)];
}

function percent(share: number): string {
  return `${number(100 * share)} %`;
}

function nineText([share, tried]: readonly [number, Tried | null]): string {
  if (tried === null) return `at most ${percent(share)} of the time below: none of these settings.`;
  const { cost, under } = tried.judgedOn;
  return `at most ${percent(share)} of the time below: ${tried.label}; then ${number(cost)} pod-hours and ${percent(under)}.`;
}

function sentences({ current, slo, longHistory }: Advice, advised: Tried): readonly string[] {
  const { judgedOn, days } = advised;
  const kept = days.filter(({ under }) => under <= slo).length;
  const worst = Math.max(...days.map(({ under }) => under));
  const said = [
    `Advised: ${advised.label}. ${comparison(judgedOn, current.judgedOn)}`,
    `On the later half it was below the demand for ${percent(judgedOn.under)} of the time, where ${percent(slo)} were allowed.`,
    `It kept that on ${kept} of ${days.length} days; on the worst day it was ${percent(worst)}.`,
  ];
  if (longHistory === null) return said;
  const { cost, under } = longHistory.judgedOn;
  return [...said, `With prometheus.longHistory: ${number(cost)} pod-hours and ${percent(under)}.`];
}

function comparison(advised: TrialScore, current: TrialScore): string {
  const change = advised.cost / current.cost - 1;
  return `It costs ${number(100 * Math.abs(change))} % ${change <= 0 ? "less" : "more"} than the current settings.`;
}

/** The fields to change, as they stand in the file. */
export function yamlOf(target: TargetConfig, current: TargetConfig): readonly string[] {
  const fields = (["quantile", "targetCpu", "calibration"] as const).filter(
    (name) => target[name] !== undefined && target[name] !== current[name],
  );
  const { kind, name } = target.scaleTargetRef;
  if (fields.length === 0) return ["Nothing has to be changed."];
  return [
    "targets:",
    `  - scaleTargetRef: { kind: ${kind}, name: ${name} }`,
    `    namespace: ${target.namespace}`,
    ...fields.map((field) => `    ${field}: ${target[field]}`),
  ];
}
