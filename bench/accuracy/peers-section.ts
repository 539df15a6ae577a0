/** The section of docs/accuracy.md on other libraries: the same windows and targets. */
import { forecastAuto } from "../../job/core/forecast/forecasters/auto.ts";
import { detectSeason } from "../../job/core/forecast/seasons/detect.ts";
import type { Series } from "../../job/core/series/types.ts";
import { originsOf, outcome, windowBefore } from "../../job/replay/backtest.ts";
import { each } from "../../scripts/waiting.ts";
import { geometric } from "../geometric.ts";
import { augursPeers, type PeerAnswer, type PeerWindow, pythonPeers } from "./peers.ts";

const WINDOW = 120;

/** A series, and the set in whose mean it counts. */
export interface SeriesOfSet {
  readonly set: string;
  readonly name: string;
  readonly series: Series;
}

/** One question: a window, what came, and which series it is from. */
interface Question {
  readonly at: number;
  readonly window: PeerWindow;
  readonly actual: number;
  readonly auto: number;
}

/** Forecasts `origins` windows a series with ours and with the peers. Returns the section as Markdown. */
export async function peersSection(list: readonly SeriesOfSet[], origins: number): Promise<string> {
  const questions = (
    await each("other libraries", "series", list, ({ series }, at) => questionsOf(series, at, origins))
  ).flat();
  const windows = questions.map((q) => q.window);
  const answers: PeerAnswer[] = [
    { name: "**auto**", means: questions.map((q) => q.auto) },
    ...augursPeers(windows),
    ...(await pythonPeers(windows)),
  ];
  const sets = [...new Set(list.map((l) => l.set))];
  const rows = answers.map(({ name, means }) => {
    if (means === undefined) return `| ${name} | ${sets.map(() => "not installed").join(" | ")} | | |`;
    const rel = relMaes(list, questions, means);
    const of = (set: string) => geometric(rel.filter((_, i) => list[i]!.set === set)).toFixed(3);
    const failed = means.filter((m) => m === null).length;
    return `| ${name} | ${sets.map(of).join(" | ")} | ${Math.max(...rel).toFixed(3)} | ${failed} |`;
  });
  return `## Other libraries

The same ${questions.length} windows for all, ${origins} a series at most, the mean of the next minute asked; relMAE as above. Each with its own defaults and automatic choice; those that take a season are
given the one that our detection found, if any. Where one fails, the last value stands in for it. Python's run where \`$PYTHON\` has prophet and statsforecast.

| library | ${sets.map((s) => `relMAE ${s}`).join(" | ")} | worst series | windows it failed on |
|---|${sets.map(() => "---|").join("")}---|---|
${rows.join("\n")}
`;
}

function questionsOf(series: Series, at: number, most: number): Question[] {
  const ahead = Math.max(1, Math.round(60 / series.step));
  return originsOf(series.values.length, WINDOW, ahead, most).map((origin) => {
    const window = windowBefore(series, origin, WINDOW);
    const season = detectSeason(window.values)?.period ?? 1;
    return {
      at,
      window: { values: [...window.values], step: series.step, ahead, season: Math.round(season) },
      actual: outcome(series.values, origin, ahead).actualMean,
      auto: forecastAuto({ series: window, horizonSteps: ahead, leadSteps: ahead, levels: [0.5] }).mean,
    };
  });
}

function relMaes(
  list: readonly SeriesOfSet[],
  questions: readonly Question[],
  means: readonly (number | null)[],
): number[] {
  const own = new Float64Array(list.length);
  const naive = new Float64Array(list.length);
  questions.forEach(({ at, window, actual }, i) => {
    const last = window.values.at(-1)!;
    own[at] = own[at]! + Math.abs(actual - (means[i] ?? last));
    naive[at] = naive[at]! + Math.abs(actual - last);
  });
  return [...own].map((v, i) => v / naive[i]!);
}
