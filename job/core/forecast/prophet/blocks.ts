/** The feature blocks of a model: built-in seasons by Prophet's rules, custom seasons, events and regressors. */
import type { FeatureBlock, HolidayBlock } from "./features.ts";
import type { ObservedFrame } from "./frame.ts";
import type { AutoSeasonality, HolidayOption, ResolvedOptions, SeasonalityMode } from "./options.ts";
import { SECONDS_PER_DAY } from "./options.ts";

const AUTO = [
  { name: "yearly", period: 365.25, order: 10, span: 730 * SECONDS_PER_DAY, step: Infinity },
  { name: "weekly", period: 7, order: 3, span: 14 * SECONDS_PER_DAY, step: 7 * SECONDS_PER_DAY },
  { name: "daily", period: 1, order: 4, span: 2 * SECONDS_PER_DAY, step: SECONDS_PER_DAY },
] as const;

/**
 * The feature blocks for a history, whose rows ascend in time. The built-in seasons follow Prophet's rules:
 * - yearly from 730 days of history on;
 * - weekly from 14 days on, with steps below a week;
 * - daily from 2 days on, with steps below a day.
 * A custom season of one of these names replaces it.
 */
export function makeBlocks(frame: ObservedFrame, options: ResolvedOptions): FeatureBlock[] {
  const seasons = new Map<string, FeatureBlock>();
  const fourier = (
    name: string,
    period: number,
    fourier_order: number,
    prior_scale: number,
    mode: SeasonalityMode,
    c?: string,
  ) => seasons.set(name, { kind: "fourier", name, period, fourier_order, prior_scale, mode, condition_name: c });
  for (const s of options.seasonalities) {
    const prior = s.prior_scale ?? options.seasonality_prior_scale;
    fourier(s.name, s.period, s.fourier_order, prior, s.mode ?? options.seasonality_mode, s.condition_name);
  }
  const span = frame.ds[frame.ds.length - 1]! - frame.ds[0]!;
  let step = Infinity;
  for (let i = 1; i < frame.ds.length; i++) {
    const gap = frame.ds[i]! - frame.ds[i - 1]!;
    if (gap > 0 && gap < step) step = gap;
  }
  const chosen: Record<string, AutoSeasonality> = {
    yearly: options.yearly_seasonality,
    weekly: options.weekly_seasonality,
    daily: options.daily_seasonality,
  };
  for (const auto of AUTO) {
    const choice = chosen[auto.name]!;
    const fits = span >= auto.span && step < auto.step && !seasons.has(auto.name);
    const order = choice === true || (choice === "auto" && fits) ? auto.order : typeof choice === "number" ? choice : 0;
    if (order > 0) fourier(auto.name, auto.period, order, options.seasonality_prior_scale, options.seasonality_mode);
  }
  const regressors = options.regressors.map((r): FeatureBlock => {
    const { mu, std } = standardization(frame.columns?.[r.name] ?? [], r.standardize ?? "auto");
    const prior_scale = r.prior_scale ?? options.holidays_prior_scale;
    return { kind: "regressor", name: r.name, prior_scale, mode: r.mode ?? options.seasonality_mode, mu, std };
  });
  return [...seasons.values(), ...holidayBlocks(options), ...regressors];
}

/** One column for each event and each day of its window, in Prophet's order of names. All occurrences of an event share its columns. */
function holidayBlocks(options: ResolvedOptions): HolidayBlock[] {
  const columns = new Map<string, HolidayBlock & { days: number[] }>();
  for (const h of options.holidays) {
    const day = Math.floor(h.ds / SECONDS_PER_DAY);
    for (let offset = h.lower_window ?? 0; offset <= (h.upper_window ?? 0); offset++) {
      const key = `${h.holiday}_delim_${offset < 0 ? "-" : "+"}${Math.abs(offset)}`;
      const column = columns.get(key) ?? newColumn(h, offset, options);
      column.days.push(day + offset);
      columns.set(key, column);
    }
  }
  return [...columns.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, column]) => column);
}

function newColumn(h: HolidayOption, offset: number, options: ResolvedOptions): HolidayBlock & { days: number[] } {
  const prior_scale = h.prior_scale ?? options.holidays_prior_scale;
  return { kind: "holiday", name: h.holiday, prior_scale, mode: options.holidays_mode, offset, days: [] };
}

/** Mean and standard deviation (n - 1) of a regressor; 0 and 1 where Prophet leaves it as it is. */
function standardization(
  values: ArrayLike<number> | ArrayLike<boolean>,
  choice: "auto" | boolean,
): { mu: number; std: number } {
  const numbers = Array.from(values, Number);
  const distinct = new Set(numbers);
  const binary = distinct.size === 2 && distinct.has(0) && distinct.has(1);
  if (distinct.size < 2 || choice === false || (choice === "auto" && binary)) return { mu: 0, std: 1 };
  const mu = numbers.reduce((sum, v) => sum + v, 0) / numbers.length;
  const squares = numbers.reduce((sum, v) => sum + (v - mu) ** 2, 0);
  return { mu, std: Math.sqrt(squares / (numbers.length - 1)) };
}
