/** Whole series of a day and longer: whether `slo` is met where its share of the time is more than a few steps. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { seededRandom } from "../../job/core/forecast/prophet/random.ts";
import type { Samples } from "../../job/core/series/types.ts";
import { type BenchSeries, type ReplaySet, readCsv, tracesFolder } from "../series.ts";

/** Seconds of the steps of a replay, and of the history before its first decision: as in traces/replay15. */
const [STEP, WARMUP] = [15, 4 * 3600];
/** Standard deviation of the noise on steps between the samples of a source, as a share of the value: as in traces/replay15. */
const NOISE = 0.03;
/** The least hours of a series. */
const MIN_HOURS = 20;

/** The public and the held-back traces of at least 20 hours, whole. A folder that the machine lacks is left out, and said on stderr. */
export function daySets(): readonly ReplaySet[] {
  return [
    { name: "public traces, whole", held: false, series: wholeSeries("public") },
    { name: "held back (more), whole", held: true, series: wholeSeries("more") },
  ].filter(({ series }) => series.length > 0);
}

function wholeSeries(set: string): readonly BenchSeries[] {
  const folder = join(tracesFolder() ?? "", set);
  if (tracesFolder() === null || !existsSync(folder)) {
    console.error(`the traces "${set}" are not on this machine: left out`);
    return [];
  }
  return readdirSync(folder)
    .filter((file) => file.endsWith(".csv"))
    .sort()
    .map((file, seed) => ({
      name: file.slice(0, -4),
      samples: inSteps(readCsv(join(folder, file)), seed),
      warmup: WARMUP,
    }))
    .filter(({ samples: { times } }) => times.at(-1)! - times[0]! >= MIN_HOURS * 3600);
}

/** Samples of a coarser source on a line between their centres, with noise; those of 15 s as they are. One of more than a minute is no replay: it comes back with one sample. */
function inSteps({ times, values }: Samples, seed: number): Samples {
  const own = times[1]! - times[0]!;
  if (own === STEP) return { times, values };
  if (own > 60) return { times: Float64Array.of(0), values: Float64Array.of(0) };
  const random = seededRandom(seed + 1);
  const count = Math.floor((times.at(-1)! - times[0]!) / STEP);
  const at = Float64Array.from({ length: count }, (_, i) => times[0]! + i * STEP);
  const line = at.map((time) => {
    const place = Math.min(values.length - 1, Math.max(0, (time + STEP / 2 - times[0]! - own / 2) / own));
    const before = Math.min(values.length - 2, Math.floor(place));
    const value = values[before]! + (place - before) * (values[before + 1]! - values[before]!);
    return Math.max(0, value * (1 + NOISE * normal(random)));
  });
  return { times: at, values: line };
}

/** A number of the standard normal distribution (Box and Muller 1958). */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
