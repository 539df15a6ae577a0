/** How many outcomes of the window a band has held: each band made of the errors that were known when its outcome was forecast. */
import type { Probability } from "../../units.ts";
import { ROUNDING } from "./blend.ts";
import { evidenceOf } from "./moves.ts";
import { errorQuantile, orderOf, rankErrors } from "./quantiles.ts";
import type { ForecastTarget } from "./target.ts";

/** Of ten outcomes one is 10 % of the share: fewer tell nothing. */
const MIN_JUDGED = 10;
/** Of more outcomes some are judged, evenly spaced. A share of 90 % is then known to 4 % (binomial), and the 180 of six hours take 1.3 ms in place of 9. */
const MAX_JUDGED = 60;

/**
 * Share of the outcomes that lay between the quantiles at `low` and `high`, 0..1, to the rounding of a window's scale; NaN where fewer than ten could be judged. As for the skill only the later half
 * of the window counts, and of it what had enough outcomes before it that no guess took part. O(60 n) of n origins.
 */
export function coverageOf(
  target: ForecastTarget,
  errors: Float64Array,
  [low, high]: readonly [low: Probability, high: Probability],
): number {
  const { measured, stride, to } = target;
  const delay = Math.ceil(to / stride);
  const order = orderOf(errors, measured);
  let judged = 0;
  let within = 0;
  const first = Math.ceil(errors.length / 2);
  const each = Math.ceil((errors.length - first) / MAX_JUDGED);
  for (let o = errors.length - 1; o >= first; o -= each) {
    if (measured[o] !== 1) continue;
    const known = Math.max(0, o - delay + 1);
    const past = order.filter((origin) => origin < known);
    if (evidenceOf(past.length, to) < 1) continue;
    const ranked = rankErrors(errors.subarray(0, known), target, past);
    judged++;
    const error = errors[o]!;
    // of a flat load the band is as narrow as the rounding of its errors
    if (error >= errorQuantile(ranked, low) - ROUNDING && error <= errorQuantile(ranked, high) + ROUNDING) within++;
  }
  return judged < MIN_JUDGED ? Number.NaN : within / judged;
}
