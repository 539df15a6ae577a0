/** The results of the `advise` bench, and their part of docs/advise.md. */
import type { TimeRange } from "../../job/core/units.ts";
import { cheapestWithin, type ScoredTrial, type TrialScore } from "../../job/replay/advise.ts";
import type { Advice } from "../../job/report/advice-text.ts";
import { markdownTable } from "../../scripts/markdown.ts";

/** Scores over one half of a history. */
type Score = Pick<TrialScore, "cost" | "under" | "actions">;

/** A row of the table: the same settings on both halves. */
interface Row {
  readonly label: string;
  readonly earlier: Score;
  readonly later: Score;
}

/** What the bench found for one history. */
export interface AdviseResult {
  readonly name: string;
  readonly kind: "recorded" | "public" | "held back";
  readonly about: string;
  readonly slo: number;
  /** Hours of the later half. */
  readonly hours: number;
  /** Whether the command promises anything on so much. */
  readonly promised: boolean;
  /** The cheapest settings within the objective on the earlier half; null: none. */
  readonly chosen: Row | null;
  /** Days of the later half that kept the objective, and all of them; null: nothing was promised. */
  readonly days: readonly [kept: number, all: number] | null;
  readonly current: Row;
  readonly hpas: readonly Row[];
}

/** The result of an advice: how what it chose, the current settings and HPAs do over `judgedOn`. */
export function resultOf(
  about: Pick<AdviseResult, "name" | "kind" | "about">,
  { advised, current, ours, others, slo }: Omit<Advice, "changed">,
  judgedOn: TimeRange,
): AdviseResult {
  // what it would have been, also where nothing is promised
  const chosen = advised ?? cheapestWithin(ours, slo);
  const days = advised?.days ?? null;
  return {
    ...about,
    slo,
    hours: Number(((judgedOn.to - judgedOn.from) / 3600).toFixed(1)),
    promised: advised !== null,
    chosen: chosen && rowOf(chosen),
    days: days && [days.filter(({ under }) => under <= slo).length, days.length],
    current: rowOf(current),
    hpas: others.map(rowOf),
  };
}

function rowOf({ label, chosenOn, judgedOn }: ScoredTrial): Row {
  const score = ({ cost, under, actions }: TrialScore): Score => {
    return { cost: Number(cost.toPrecision(4)), under: Number(under.toPrecision(3)), actions };
  };
  return { label, earlier: score(chosenOn), later: score(judgedOn) };
}

const [BEGIN, END] = ["<!-- results: begin, by `npm run bench -- advise` -->", "<!-- results: end -->"];

/** The text of docs/advise.md with these results in their place. Throws where the page has no such place. */
export function putResults(page: string, results: readonly AdviseResult[]): string {
  const [from, to] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`the page has no ${BEGIN} before ${END}`);
  return `${page.slice(0, from)}${BEGIN}\n\n${resultsText(results)}\n\n${page.slice(to)}`;
}

function resultsText(results: readonly AdviseResult[]): string {
  const told = results.filter(({ kind }) => kind !== "held back");
  const held = results.filter(({ kind }) => kind === "held back");
  return [...told.map(seriesText), ...(held.length === 0 ? [] : [heldText(held)])].join("\n\n");
}

function seriesText({ name, about, hours, promised, chosen, days, current, hpas }: AdviseResult): string {
  const kept = days === null ? "" : ` It kept the objective on ${days[0]} of ${days[1]} days.`;
  const none = chosen === null ? " None of the settings kept the objective on the earlier half." : "";
  const said = promised
    ? `${hours} hours were judged.${kept}`
    : `${Math.round(60 * hours)} minutes were judged: less than a day, so the command advises nothing.${none}`;
  const rows = [
    ["current", current] as const,
    ...(chosen === null ? [] : [[`chosen: ${chosen.label}`, chosen] as const]),
    ...hpas.map((one) => [one.label, one] as const),
  ];
  const cells = rows.map(([label, { earlier, later }]) => [
    label,
    pods(earlier),
    percent(earlier),
    pods(later),
    percent(later),
    String(later.actions),
  ]);
  const head = ["settings", "earlier half: pod-hours", "time under", "later half: pod-hours", "time under", "changes"];
  return `**${name}**: ${about}. ${said}\n\n${markdownTable(head, cells)}`;
}

function heldText(results: readonly AdviseResult[]): string {
  const cells = results.map(({ name, about, chosen, days, current, hpas, slo }) => {
    const hpa = hpas.find(({ label }) => label === "HPA at 70 %")!;
    const both = ({ later }: Row) => `${pods(later)} at ${percent(later)}`;
    const kept = days === null ? "nothing advised" : `${days[0]} of ${days[1]}`;
    const held = chosen === null ? "none" : both(chosen);
    const broken = chosen !== null && chosen.later.under > slo ? ", above" : "";
    return [
      `${name}: ${about}`,
      chosen === null ? "none" : percent(chosen.earlier),
      `${held}${broken}`,
      kept,
      both(current),
      both(hpa),
    ];
  });
  const head = ["series", "chosen, earlier half", "chosen, later half", "days kept", "current", "HPA at 70 %"];
  const kept = results.filter(({ chosen, slo }) => chosen !== null && chosen.later.under <= slo).length;
  const daily = results.filter(({ days }) => days !== null && days[0] === days[1]).length;
  const sum = `Over the whole later half the advice kept the objective on ${kept} of ${results.length}; on every single day of it, on ${daily}.`;
  return `On these nothing of this project was chosen. ${sum} Scores are pod-hours and the time under, of the later half where nothing else is said.\n\n${markdownTable(head, cells)}`;
}

function pods({ cost }: Score): string {
  return String(Number(cost.toPrecision(3)));
}

function percent({ under }: Score): string {
  return `${Number((100 * under).toPrecision(2))} %`;
}
