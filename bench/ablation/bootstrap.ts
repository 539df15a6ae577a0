/** Paired differences with their bootstrap spread, so that luck does not count as skill. */
import { seededRandom } from "../../job/core/forecast/prophet/random.ts";

/** The mean of paired log ratios in percent, and the interval that holds 90 % of its bootstrap means. `count`: pairs. */
export interface MeanDifference {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
  readonly count: number;
}

const DRAWS = 1000;

/**
 * How much larger the losses of a variant are than those beside them, in percent, over series. Both lists have one loss a series.
 * A pair with NaN is left out. The spread is the bootstrap's (Efron 1979): series are drawn anew with replacement, the same draws at
 * each call.
 */
export function differenceOf(variant: readonly number[], beside: readonly number[]): MeanDifference {
  const logs = variant.map((v, i) => 100 * Math.log(v / beside[i]!)).filter(Number.isFinite);
  const count = logs.length;
  const mean = logs.reduce((sum, v) => sum + v, 0) / count;
  const next = seededRandom(7919);
  const means = Float64Array.from({ length: DRAWS }, () => {
    let sum = 0;
    for (let i = 0; i < count; i++) sum += logs[Math.floor(next() * count)]!;
    return sum / count;
  }).sort();
  return { mean, low: means[DRAWS * 0.05]!, high: means[DRAWS * 0.95]!, count };
}
