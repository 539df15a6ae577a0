/** Paired differences with their bootstrap spread, so that luck does not count as skill. */
import { seededRandom } from "../../job/core/forecast/prophet/random.ts";

/** A mean, and the interval that holds 90 % of its bootstrap means. `count`: values. */
export interface BootstrapMean {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
  readonly count: number;
}

const DRAWS = 1000;

/**
 * How much larger the losses of a variant are than those beside them, over series: the mean of paired log ratios, in percent.
 * Both lists have one loss a series. A pair with NaN is left out.
 */
export function differenceOf(variant: readonly number[], beside: readonly number[]): BootstrapMean {
  return bootstrapMean(variant.map((v, i) => 100 * Math.log(v / beside[i]!)).filter(Number.isFinite));
}

/** The mean over series. The spread is the bootstrap's (Efron 1979): series are drawn anew with replacement, the same draws at each call. */
export function bootstrapMean(values: readonly number[]): BootstrapMean {
  const count = values.length;
  const mean = values.reduce((sum, v) => sum + v, 0) / count;
  const next = seededRandom(7919);
  const means = Float64Array.from({ length: DRAWS }, () => {
    let sum = 0;
    for (let i = 0; i < count; i++) sum += values[Math.floor(next() * count)]!;
    return sum / count;
  }).sort();
  return { mean, low: means[DRAWS * 0.05]!, high: means[DRAWS * 0.95]!, count };
}
