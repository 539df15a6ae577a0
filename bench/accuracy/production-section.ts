/** The first section of docs/accuracy.md: what production does, on series that took part in its choices and on others. */

import { pinball } from "../../job/core/forecast/combine/losses.ts";
import { forecastAuto } from "../../job/core/forecast/forecasters/auto.ts";
import { QUANTILE_LEVELS } from "../../job/core/policy/level.ts";
import { persistenceQuantiles } from "../../job/core/policy/persistence.ts";
import { each } from "../../scripts/waiting.ts";
import { CALIBRATION_LEVELS, calibrationLines, calibrationOf, furthestFromLevel } from "../ablation/calibration.ts";
import { DEFAULT_LEVELS, type ForecastCase, type Losses, lossesOf, questionsOf } from "../ablation/score.ts";
import { type Judged, judgedSeries } from "../ablation/series.ts";
import { geometric } from "../geometric.ts";

/** Two hours of 15 s, as the job reads them for its errors. */
const WINDOW = 480;
/** Generated series that no constant was chosen on. */
const SEED = 0;

/** Which sets are shown, and whether they took part in choosing. */
const SETS: Readonly<Record<string, string>> = {
  public: "yes",
  synthetic: "yes",
  generated: "other seeds of the same kinds",
  "held back": "no",
};

/** One series: losses over the last value's, and what each level that the job reads of the last part was worth. */
interface Row {
  readonly set: string;
  readonly name: string;
  readonly losses: Losses;
  readonly levels: readonly LevelResult[];
}

/** The share of outcomes at or below a quantile, and its loss over that of the last value's; NaN where that made none. */
interface LevelResult {
  readonly below: number;
  readonly loss: number;
}

const mean = (values: readonly number[]) => values.reduce((sum, v) => sum + v / values.length, 0);

/** Forecasts at most `origins` windows a series with `auto`, as the job does. Returns the section as Markdown. */
export async function productionSection(origins: number): Promise<string> {
  const series = judgedSeries(WINDOW, SEED).filter((one) => one.set in SETS && one.series.values.length > WINDOW + 20);
  const rows = await each("production", "series", series, (one) => rowOf(one, origins));
  const sets = Object.keys(SETS).filter((set) => rows.some((row) => row.set === set));
  const shares = await calibrationOf(WINDOW, origins, SEED);
  const heldBack = shares.filter((row) => row.set === "held back");
  return `# Accuracy

Written by \`npm run bench -- accuracy\`. First what the job does at its defaults; then the next minute at 120 values, beside other forecasters.

## As the job forecasts

Windows of ${WINDOW} values, at most ${origins} a series. Forecast are the mean of the next minute, and the quantiles ${DEFAULT_LEVELS.join(" and ")} of a maximum.
It is that over the part of the lead in which new pods serve (start-up 30 s, a decision a minute). Losses are relative to the last value with its own errors; below 1 is better than doing nothing.

| series | took part in choosing | count | error of the mean | worst series | loss at 0.7 | loss at 0.91 | below 0.7 | below 0.91 |
|---|---|---|---|---|---|---|---|---|
${sets.map((set) => line(set, rows)).join("\n")}

The job reads ten levels of that part, and takes the one at which a pod still pays. How often the maximum lay at or below each; in brackets the loss.

| series | ${QUANTILE_LEVELS.join(" | ")} |
|---|${QUANTILE_LEVELS.map(() => "---|").join("")}
${sets.map((set) => levelsLine(set, rows)).join("\n")}

How often the maximum over a whole lead lay at or below its quantile; honest is the level itself. In brackets the interval that holds 90 % of the bootstrap
means over series, at most ${origins} windows each. From 0.6 to 0.95 the share on held-back series is within ${furthestFromLevel(heldBack).toFixed(3)} of the level.

| series, lead | ${CALIBRATION_LEVELS.join(" | ")} |
|---|${CALIBRATION_LEVELS.map(() => "---|").join("")}
${calibrationLines(
  "known and generated",
  shares.filter((row) => row.set !== "held back" && row.set in SETS),
)}
${calibrationLines("held back", heldBack)}

| held back | error of the mean | loss at 0.7 | loss at 0.91 |
|---|---|---|---|
${rows
  .filter((row) => row.set === "held back")
  .map(own)
  .join("\n")}
`;
}

function rowOf({ set, name, series }: Judged, origins: number): Row {
  const questions = questionsOf(series, WINDOW, origins);
  return { set, name, losses: lossesOf(forecastAuto, questions), levels: levelsOf(questions) };
}

/** What each level that the job reads was worth over the last part of the lead. */
function levelsOf(questions: readonly ForecastCase[]): readonly LevelResult[] {
  const sums = QUANTILE_LEVELS.map(() => ({ below: 0, own: 0, last: 0 }));
  let size = 0;
  for (const { request, maximum } of questions) {
    const part = request.parts!.at(-1)!;
    const { maxQuantiles } = forecastAuto({ ...request, levels: QUANTILE_LEVELS }).parts!.at(-1)!;
    const beside = persistenceQuantiles(request.series, part, QUANTILE_LEVELS);
    size += request.series.values.at(-1)!;
    for (const [l, level] of QUANTILE_LEVELS.entries()) {
      const sum = sums[l]!;
      // a billionth: a constant load's quantile is that load, but for rounding
      if (maximum <= maxQuantiles[l]! * (1 + 1e-9) + 1e-12) sum.below += 1 / questions.length;
      sum.own += pinball(maximum - maxQuantiles[l]!, level);
      sum.last += pinball(maximum - beside[l]!, level);
    }
  }
  return sums.map(({ below, own, last }) => ({
    below,
    loss: last > 1e-6 * size ? Math.max(own / last, 0.01) : Number.NaN,
  }));
}

function levelsLine(set: string, rows: readonly Row[]): string {
  const of = rows.filter((row) => row.set === set);
  const cells = QUANTILE_LEVELS.map((_, l) => {
    const results = of.map((row) => row.levels[l]!);
    const loss = geometric(results.map((result) => result.loss).filter(Number.isFinite));
    return `${mean(results.map((result) => result.below)).toFixed(3)} (${loss.toFixed(2)})`;
  });
  return `| ${set} | ${cells.join(" | ")} |`;
}

function line(set: string, rows: readonly Row[]): string {
  const of = rows.filter((row) => row.set === set);
  const loss = (target: keyof Losses) => of.map(({ losses }) => losses[target]).filter(Number.isFinite);
  const cells = [
    geometric(loss("point")),
    Math.max(...loss("point")),
    geometric(loss("part at 0.7")),
    geometric(loss("part at 0.91")),
    ...DEFAULT_LEVELS.map((level) => mean(of.map((row) => row.levels[QUANTILE_LEVELS.indexOf(level)]!.below))),
  ];
  return `| ${set} | ${SETS[set]} | ${of.length} | ${cells.map((v) => v.toFixed(3)).join(" | ")} |`;
}

function own({ name, losses }: Row): string {
  const cells = [losses.point, losses["part at 0.7"], losses["part at 0.91"]].map((v) => v.toFixed(3));
  return `| ${name} | ${cells.join(" | ")} |`;
}
