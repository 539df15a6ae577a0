/** How much past calibrates the quantiles that a target asks for, where its settings do not say. */
import type { Probability, Seconds } from "../units.ts";

/** Errors of two hours calibrate a quantile, of six at most: by that reason, for older ones are not looked at (job/core/forecast/forecasters/window.ts). */
const RANGE = [2 * 3600, 6 * 3600] as const;
/** Seconds of errors for a risk of 1: of leads of 90 s, 3.6 then lie above the quantile, whatever its level. By that reason, not measured. */
const EXPECTED_ERRORS_SECONDS = 324;
/** By that reason: Prometheus gives at most 11,000 points a query. */
const MAX_POINTS = 11_000;

/** The rarer what is calibrated, the longer the past that shows it; never more points than one query gives. Absent levels count for nothing. */
export function calibrationFor(levels: readonly (Probability | undefined)[], step: Seconds): Seconds {
  const [least, most] = RANGE;
  const level = levels.reduce<number>((highest, one = 0) => Math.max(highest, one), 0);
  return Math.min(MAX_POINTS * step, most, Math.max(least, Math.round(EXPECTED_ERRORS_SECONDS / (1 - level))));
}
