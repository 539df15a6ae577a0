/** The series of the ablation: known, derived, generated from fresh seeds, and held-back ones that took part in no choice. */
import type { Series } from "../../job/core/series/types.ts";
import { generatedSeries } from "../accuracy/generated.ts";
import { tracesIn } from "../series.ts";

/** A series, and the set in whose mean it counts. */
export interface Judged {
  readonly set: string;
  readonly name: string;
  readonly series: Series;
}

/**
 * The series of all sets for windows of `window` values. `seed` makes the generated ones. What the machine lacks is left out, and said
 * on stderr.
 */
export function judgedSeries(window: number, seed: number): readonly Judged[] {
  const known = [...traces("public"), ...traces("synthetic")];
  const generated = generatedSeries(seed, window + 220).map(({ name, series }) => ({ set: "generated", name, series }));
  return [
    ...known,
    ...known.flatMap(made),
    ...generated,
    ...traces("more").map((one) => ({ ...one, set: "held back" })),
  ];
}

function traces(set: string): readonly Judged[] {
  return tracesIn(set).map(({ name, samples: { times, values } }) => {
    const step = Math.round(times[1]! - times[0]!);
    return { set, name, series: { start: times[0]!, step, values, filled: new Uint8Array(values.length) } };
  });
}

/** Others of the same kind: reversed in time, averaged over five values, and each minute's value read every 15 s. */
function made({ name, series }: Judged): readonly Judged[] {
  const of = (how: string, values: Float64Array, step = series.step): Judged => ({
    set: "made from these",
    name: `${name}, ${how}`,
    series: { start: series.start, step, values, filled: new Uint8Array(values.length) },
  });
  const { values } = series;
  const average = values.map((_, i) => {
    const five = values.subarray(Math.max(0, i - 4), i + 1);
    return five.reduce((sum, v) => sum + v / five.length, 0);
  });
  const others = [of("reversed", values.slice().reverse()), of("averaged", average)];
  if (series.step !== 60) return others;
  const held = Float64Array.from({ length: Math.min(4 * values.length, 6000) }, (_, i) => values[i >> 2]!);
  return [...others, of("held", held, 15)];
}
