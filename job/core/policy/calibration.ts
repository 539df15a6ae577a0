/** How much of the past calibrates the quantiles of a target whose settings do not say. */
import type { Probability, Seconds } from "../units.ts";

/** Errors of two to six hours calibrate a quantile. By that reason, not measured: older ones are not read (job/core/forecast/forecasters/window.ts). */
const RANGE = [2 * 3600, 6 * 3600] as const;
/** Seconds of errors for a risk of 1: with leads of 90 s, 3.6 errors then lie above the quantile, whatever its level. By that reason, not measured. */
const EXPECTED_ERRORS_SECONDS = 324;
/** The most points per series of one range query. By that reason, not measured: Prometheus refuses more. */
export const MAX_POINTS = 11_000;

/** The seconds of errors that calibrate the highest of the levels: the rarer the event, the longer; never more points than one query returns. */
export function calibrationFor(levels: readonly (Probability | undefined)[], step: Seconds): Seconds {
  const [least, most] = RANGE;
  const level = levels.reduce<number>((highest, one = 0) => Math.max(highest, one), 0);
  return Math.min(MAX_POINTS * step, most, Math.max(least, Math.round(EXPECTED_ERRORS_SECONDS / (1 - level))));
}
