/** The page of an advice: all settings in one figure, the YAML to paste, and a replay of advised beside current settings. */
import { pluralize } from "../../core/units.ts";
import type { ScoredTrial, TrialScore } from "../../replay/advise.ts";
import { type Advice, type Changed, percentText, sentences, spanText, yamlOf } from "../advice-text.ts";
import { shortNumber } from "../text.ts";
import { FRONT_MARKS } from "./front-marks.ts";
import type { FrontText, Page, Scores } from "./html.ts";
import { type ReplayReport, replayPage } from "./replay-page.ts";
import type { FrontKind, FrontPoint } from "./types.ts";

/** The page of an advice. `played` null: the run was ended before the last replay, and the page has no timeline. */
export function advicePage(advice: Advice, played: ReplayReport | null): Page {
  const { name, advised, why, slo } = advice;
  const below = played === null ? null : replayPage(played);
  const [sentence, ...notes] = advised === null ? [why ?? "Nothing is advised."] : sentences(advice, advised);
  return {
    title: `Settings for ${name}`,
    sentence: sentence!,
    notes,
    front: frontText(advice),
    between:
      below === null
        ? null
        : {
            heading: "The whole history, played once more",
            notes: [`auto: ${(advised ?? advice.current).label}. ${below.sentence}`, ...below.notes],
          },
    scores: below?.scores ?? null,
    pictures: [],
    data: { reasons: {}, sections: [], ...below?.data, front: { points: pointsOf(advice), slo } },
  };
}

/** All trials, each once, cheapest first. */
function pointsOf(advice: Advice): readonly FrontPoint[] {
  const { ours, others, money } = advice;
  const textOf = ({ judgedOn, chosenOn }: ScoredTrial): string => {
    const { cost, under, unserved, actions } = judgedOn;
    const paid = money === null ? "" : `, ${shortNumber(cost * money.request * money.price)} in money`;
    return `${shortNumber(cost)} pod-hours${paid}; below the demand for ${percentText(under)} of the time, ${percentText(unserved)} of the demand unserved, ${pluralize(actions, "change")}. On the earlier half: ${shortNumber(chosenOn.cost)} pod-hours, below for ${percentText(chosenOn.under)}.`;
  };
  return [...ours, ...others]
    .map((one): FrontPoint => {
      const { cost, under } = one.judgedOn;
      return { kind: kindOf(advice, one), label: one.label, cost, under, text: textOf(one) };
    })
    .sort((a, b) => a.cost - b.cost);
}

function kindOf({ advised, current, front }: Advice, one: ScoredTrial): FrontKind {
  if (one === advised) return "advised";
  if (one === current) return "current";
  if (one.decider.by !== "ours") return one.decider.by;
  return front.includes(one) ? "front" : "other";
}

function frontText(advice: Advice): FrontText {
  const { advised, asked, changed } = advice;
  return {
    yaml: advised === null ? null : yamlOf(advice).join("\n"),
    tables: [
      ["The settings on the later half of the history; ours were chosen on the earlier one", settingsTable(advice)],
      ...(asked ? [] : [["What each next nine costs", ninesTable(advice)] as const]),
      ...(changed === null
        ? []
        : [[`With one thing changed, ${spanText(changed.over)}`, changedTable(advice, changed)] as const]),
    ],
  };
}

function settingsTable(advice: Advice): Scores {
  const { current, advised, front, others } = advice;
  const all = [...new Set([current, ...(advised === null ? [] : [advised]), ...front, ...others])];
  return {
    head: ["settings", ...headOf(advice), "time under, earlier half"],
    rows: all.map((one) => ({
      role: FRONT_MARKS[kindOf(advice, one)].role,
      cells: [one.label, ...scoreCells(advice, one.judgedOn), percentText(one.chosenOn.under)],
    })),
  };
}

function ninesTable(advice: Advice): Scores {
  const none = ["none of these", ...headOf(advice).map(() => "")];
  return {
    head: ["time under, at most", "settings", ...headOf(advice)],
    rows: advice.nines.map(([share, one]) => ({
      role: null,
      cells: [percentText(share), ...(one === null ? none : [one.label, ...scoreCells(advice, one.judgedOn)])],
    })),
  };
}

function changedTable(advice: Advice, { tried }: Changed): Scores {
  return {
    head: ["settings", ...headOf(advice)],
    rows: tried.map(({ trial, score }) => ({ role: null, cells: [trial.label, ...scoreCells(advice, score)] })),
  };
}

function headOf({ money }: Advice): readonly string[] {
  return ["pod-hours", ...(money === null ? [] : ["cost"]), "time under", "unserved", "actions"];
}

function scoreCells({ money }: Advice, { cost, under, unserved, actions }: TrialScore): readonly string[] {
  const paid = money === null ? [] : [shortNumber(cost * money.request * money.price)];
  return [shortNumber(cost), ...paid, percentText(under), percentText(unserved), String(actions)];
}
