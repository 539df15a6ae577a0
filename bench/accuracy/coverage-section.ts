/** The section of docs/accuracy.md on quantiles: the share of outcomes below them and their sharpness, by level and lead. */
import { pinball } from "../../job/core/forecast/combine/losses.ts";
import { forecastAuto } from "../../job/core/forecast/forecasters/auto.ts";
import { forecastNaive } from "../../job/core/forecast/forecasters/naive.ts";
import type { Series } from "../../job/core/series/types.ts";
import { originsOf, outcome, windowBefore } from "../../job/replay/backtest.ts";
import { each } from "../../scripts/waiting.ts";
import { geometric } from "../geometric.ts";

const LEVELS = [0.5, 0.6, 0.75, 0.9, 0.95, 0.98];
/** Seconds; the first is the horizon whose mean is asked as well. */
const LEADS = [60, 180, 600];
const WINDOW = 120;

/** Sums of one series at one lead, by level: outcomes at or below the quantile, and pinball losses of ours and of the last value. */
interface Tally {
  readonly below: Float64Array;
  readonly own: Float64Array;
  readonly naive: Float64Array;
  count: number;
}

/** Forecasts `origins` times a series with `auto` and with the last value. Returns the section as Markdown. */
export async function coverageSection(list: readonly Series[], origins: number): Promise<string> {
  const asked = LEADS.flatMap((lead) => list.map((series) => ({ lead, series })));
  const done = await each("quantiles", "series", asked, ({ lead, series }) => ({
    lead,
    ...tally(series, lead, origins),
  }));
  const rows = LEADS.flatMap((lead, i) => {
    const tallies = done.filter((t) => t.lead === lead && t.max.count > 0);
    const rowOf = (kind: "mean" | "max", name: string) =>
      row(
        name,
        tallies.map((t) => t[kind]),
      );
    const max = rowOf("max", `maximum over ${lead} s`);
    return i === 0 ? [rowOf("mean", `mean over ${lead} s`), max] : [max];
  });
  return `## Quantiles

Share of outcomes at or below the quantile of \`auto\`, mean over ${list.length} series (${origins} origins each, window 120 samples). Honest would be the level itself.
In brackets its pinball loss relative to the last value with its empirical errors, geometric mean.

| target | ${LEVELS.join(" | ")} |
|---|${LEVELS.map(() => "---|").join("")}
${rows.join("\n")}
`;
}

function row(name: string, tallies: readonly Tally[]): string {
  const cells = LEVELS.map((_, l) => {
    const below = tallies.reduce((sum, t) => sum + t.below[l]! / t.count / tallies.length, 0);
    const losses = tallies.filter((t) => t.naive[l]! > 0).map((t) => t.own[l]! / t.naive[l]!);
    return `${below.toFixed(3)} (${geometric(losses).toFixed(2)})`;
  });
  return `| ${name} | ${cells.join(" | ")} |`;
}

const empty = (): Tally => ({
  below: new Float64Array(LEVELS.length),
  own: new Float64Array(LEVELS.length),
  naive: new Float64Array(LEVELS.length),
  count: 0,
});

function tally(series: Series, lead: number, most: number): { readonly mean: Tally; readonly max: Tally } {
  const leadSteps = Math.max(1, Math.round(lead / series.step));
  const horizonSteps = Math.max(1, Math.round(LEADS[0]! / series.step));
  const [mean, max] = [empty(), empty()];
  for (const origin of originsOf(series.values.length, WINDOW, Math.max(leadSteps, horizonSteps), most)) {
    const request = { series: windowBefore(series, origin, WINDOW), horizonSteps, leadSteps, levels: LEVELS };
    const [ours, naive] = [forecastAuto(request), forecastNaive(request)];
    const { actualMean } = outcome(series.values, origin, horizonSteps);
    const { actualMax } = outcome(series.values, origin, leadSteps);
    add(mean, actualMean, ours.meanQuantiles, naive.meanQuantiles);
    add(max, actualMax, ours.maxQuantiles, naive.maxQuantiles);
  }
  return { mean, max };
}

function add(to: Tally, came: number, ours: readonly number[], naive: readonly number[]): void {
  to.count++;
  LEVELS.forEach((level, l) => {
    // a billionth: a constant load's quantile is that load, but for rounding
    if (came <= ours[l]! * (1 + 1e-9) + 1e-12) to.below[l] = to.below[l]! + 1;
    to.own[l] = to.own[l]! + pinball(came - ours[l]!, level);
    to.naive[l] = to.naive[l]! + pinball(came - naive[l]!, level);
  });
}
