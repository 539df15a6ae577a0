/** Whole series of a day and longer: whether `slo` is met where its share of the time is more than a few steps. */
import type { Samples } from "../../job/core/series/types.ts";
import { diceOf } from "../accuracy/generated.ts";
import { type BenchSeries, type ReplaySet, tracesIn } from "../series.ts";

/** Seconds of the steps of a replay, and of the history before its first decision: as in traces/replay15. */
const [STEP, WARMUP] = [15, 4 * 3600];
/** Standard deviation of the noise on steps between the samples of a source, as a share of the value: as in traces/replay15. */
const NOISE = 0.03;
/** The least hours of a series, and the most seconds between its samples: a line over five minutes is no load. */
const [MIN_HOURS, MAX_INTERVAL] = [20, 60];

/** The traces of at least 20 hours, whole. Some hours of `more` took part in choosing the worth (docs/decisions/0012), so neither set is held back. */
export function daySets(): readonly ReplaySet[] {
  return [
    { name: "public traces, whole", held: false, series: wholeSeries("public") },
    { name: "traces of more, whole", held: false, series: wholeSeries("more") },
  ].filter(({ series }) => series.length > 0);
}

function wholeSeries(set: string): readonly BenchSeries[] {
  return tracesIn(set).flatMap(({ name, samples }, seed) => {
    const { times } = samples;
    if (times[1]! - times[0]! > MAX_INTERVAL || times.at(-1)! - times[0]! < MIN_HOURS * 3600) return [];
    return [{ name, samples: inSteps(samples, seed), warmup: WARMUP }];
  });
}

/** Samples of a coarser source on a line between their centres, with noise; those of 15 s as they are. */
function inSteps({ times, values }: Samples, seed: number): Samples {
  const own = times[1]! - times[0]!;
  if (own === STEP) return { times, values };
  const { normal } = diceOf(seed + 1);
  const count = Math.floor((times.at(-1)! - times[0]!) / STEP);
  const at = Float64Array.from({ length: count }, (_, i) => times[0]! + i * STEP);
  const line = at.map((time) => {
    const place = Math.min(values.length - 1, Math.max(0, (time + STEP / 2 - times[0]! - own / 2) / own));
    const before = Math.min(values.length - 2, Math.floor(place));
    const value = values[before]! + (place - before) * (values[before + 1]! - values[before]!);
    return Math.max(0, value * (1 + NOISE * normal()));
  });
  return { times: at, values: line };
}
