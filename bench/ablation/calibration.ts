/** Measures calibration: the share of outcomes below each quantile, by level and lead, on known and held-back series. */
import { forecastAuto } from "../../job/core/forecast/forecasters/auto.ts";
import type { LeadPart } from "../../job/core/forecast/types.ts";
import { originsOf, outcome, windowBefore } from "../../job/replay/backtest.ts";
import { each } from "../../scripts/waiting.ts";
import { bootstrapMean } from "./bootstrap.ts";
import { type Judged, judgedSeries } from "./series.ts";

/** The quantile levels of the table. */
export const CALIBRATION_LEVELS = [0.5, 0.6, 0.7, 0.8, 0.9, 0.95] as const;
/** The leads of the table, in seconds. */
export const CALIBRATION_LEADS = [60, 120, 180, 300, 600] as const;

/**
 * The calibration of one series: by lead, the share of outcomes below each level. It is empty where a lead is shorter than the series'
 * step.
 */
export interface Calibration {
  readonly set: string;
  readonly name: string;
  readonly below: readonly (readonly number[])[];
}

/**
 * Measures the calibration of the maximum over each whole lead, one entry a series. `window` is in values, `origins` is forecasts a
 * series.
 */
export async function calibrationOf(window: number, origins: number, seed: number): Promise<Calibration[]> {
  const series = judgedSeries(window, seed).filter((one) => one.series.values.length > window + 60);
  return each("calibration", "series", series, (one) => of(one, window, origins));
}

function of({ set, name, series }: Judged, window: number, most: number): Calibration {
  const leads = CALIBRATION_LEADS.map((lead) => Math.max(1, Math.round(lead / series.step)));
  const parts = leads.map((steps): LeadPart => [0, steps]);
  const leadSteps = Math.max(...leads);
  const origins = originsOf(series.values.length, window, leadSteps, most);
  const below = leads.map(() => CALIBRATION_LEVELS.map(() => 0));
  for (const origin of origins) {
    const past = windowBefore(series, origin, window);
    const { parts: peaks } = forecastAuto({
      series: past,
      horizonSteps: 1,
      leadSteps,
      parts,
      levels: CALIBRATION_LEVELS,
    });
    leads.forEach((steps, l) => {
      const { actualMax } = outcome(series.values, origin, steps);
      peaks![l]!.maxQuantiles.forEach((q, i) => {
        // a billionth: a constant load's quantile is that load, but for rounding
        if (actualMax <= q * (1 + 1e-9) + 1e-12) below[l]![i]! += 1 / origins.length;
      });
    });
  }
  return { set, name, below: below.map((row, l) => (CALIBRATION_LEADS[l]! < series.step ? [] : row)) };
}

/** Rows of a Markdown table, one per lead: the mean share below each level, and the interval that holds 90 % of its bootstrap means over series. */
export function calibrationLines(title: string, rows: readonly Calibration[]): string {
  return CALIBRATION_LEADS.map((lead, l) => {
    const told = rows.filter(({ below }) => below[l]!.length > 0);
    const cells = CALIBRATION_LEVELS.map((_, i) => {
      const { mean, low, high } = bootstrapMean(told.map(({ below }) => below[l]![i]!));
      return `${mean.toFixed(3)} (${low.toFixed(3)} to ${high.toFixed(3)})`;
    });
    return `| ${title}, ${lead / 60} min | ${cells.join(" | ")} |`;
  }).join("\n");
}

/** How far the mean share lies from its level at most, over the levels from 0.6 on and all leads. */
export function furthestFromLevel(rows: readonly Calibration[]): number {
  const off = CALIBRATION_LEADS.flatMap((_, l) => {
    const told = rows.filter(({ below }) => below[l]!.length > 0);
    return CALIBRATION_LEVELS.map((level, i) =>
      level < 0.6 || told.length === 0
        ? 0
        : Math.abs(bootstrapMean(told.map(({ below }) => below[l]![i]!)).mean - level),
    );
  });
  return Math.max(...off);
}
