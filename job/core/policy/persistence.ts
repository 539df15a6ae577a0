/** The reactive quantile: the last value plus its own past errors, for when the forecast is not trusted. */
import { evidenceOf, maximumByMoves, movesOf } from "../forecast/combine/moves.ts";
import { errorQuantile, plainly } from "../forecast/combine/quantiles.ts";
import type { LeadPart } from "../forecast/types.ts";
import type { Series } from "../series/types.ts";
import type { Cores, Probability } from "../units.ts";

/**
 * The last value plus the empirical `level` quantile of its errors over a part of the lead; at least 0, NaN for an empty series.
 * An error is the maximum over steps `from`..`to` ahead minus the value. Outcomes with a filled value do not count, as in the pool.
 * With hardly any outcome (evidenceOf) the moves between measured values add the rest: no error seen is no certainty.
 * O(n) for the sliding maximum (monotone queue), O(n log n) for the quantile (type 7 of Hyndman and Fan 1996), O(n x to) on short histories.
 */
export function persistenceQuantile(series: Series, part: LeadPart, level: Probability): Cores {
  return persistenceQuantiles(series, part, [level])[0]!;
}

/** persistenceQuantile at several levels, from the same errors. */
export function persistenceQuantiles(series: Series, part: LeadPart, levels: readonly Probability[]): Cores[] {
  const { values, filled } = series;
  const last = values.at(-1);
  if (last === undefined) return levels.map(() => Number.NaN);
  const errors = errorsOf(series, part);
  const share = evidenceOf(errors.length, part[1]);
  const ranked = plainly(errors.sort());
  const moves = share === 1 ? null : movesOf(values, filled, part[1]);
  return levels.map((level) => {
    const learnt = share > 0 ? Math.max(0, last + errorQuantile(ranked, level)) : 0;
    if (moves === null) return learnt;
    const law = Math.max(last, maximumByMoves(last, moves, part, level));
    return law + share * (learnt - law);
  });
}

/** The errors of the last value at every origin with a measured outcome, oldest first. */
function errorsOf({ values, filled }: Series, [from, to]: LeadPart): Float64Array {
  const errors = new Float64Array(Math.max(0, values.length - to));
  const queue = new Int32Array(values.length);
  let head = 0;
  let tail = 0;
  let count = 0;
  let gap = -1;
  for (let end = 1; end < values.length; end++) {
    if (filled[end] === 1) gap = end;
    while (tail > head && values[queue[tail - 1]!]! <= values[end]!) tail--;
    queue[tail++] = end;
    const origin = end - to;
    if (origin < 0) continue;
    while (queue[head]! <= origin + from) head++;
    if (gap <= origin) errors[count++] = values[queue[head]!]! - values[origin]!;
  }
  return errors.subarray(0, count);
}
