/** Ways in which a metric source can be wrong, as changes of a reading that was right: what each makes of it, and what may be believed of the result. */
import fc from "fast-check";
import type { Samples } from "../../job/core/series/types.ts";
import type { HistoryReading } from "../../job/ports.ts";

/** How far it goes: `share` of what is there stays, 0..1; since so many seconds; `now` of the run. */
export interface Extent {
  readonly share: number;
  readonly seconds: number;
  readonly now: number;
}

/** `doubt`: no scale-in may follow. `none`: it says the same as before. */
export interface Corruption {
  readonly makes: "doubt" | "none";
  readonly of: (clean: HistoryReading, extent: Extent) => HistoryReading | Error;
}

type Change = (time: number, value: number, index: number) => readonly [number, number];

function changed(reading: HistoryReading, change: Change): HistoryReading {
  const { times, values } = reading.samples;
  const rows = [...times].map((time, i) => change(time, values[i]!, i));
  return { ...reading, samples: samplesOf(rows) };
}

function samplesOf(rows: readonly (readonly [number, number])[]): Samples {
  return { times: Float64Array.from(rows, ([t]) => t), values: Float64Array.from(rows, ([, v]) => v) };
}

const since = ({ now, seconds }: Extent, change: (value: number) => number): Change => {
  return (t, v) => [t, t > now - seconds ? change(v) : v];
};

/** By name. Those of `doubt` begin at least two minutes ago, so that the newest points are all wrong. */
export const CORRUPTIONS: Readonly<Record<string, Corruption>> = {
  unreachable: { makes: "doubt", of: () => new Error("connection refused") },
  empty: { makes: "doubt", of: (clean) => ({ ...clean, samples: samplesOf([]), seriesCount: 0 }) },
  stale: {
    makes: "doubt",
    of: (clean, { seconds }) => changed(clean, (t, v) => [t - 200 - seconds, v]),
  },
  hourOld: { makes: "doubt", of: (clean) => changed(clean, (t, v) => [t - 3600, v]) },
  shiftedAhead: { makes: "doubt", of: (clean, { seconds }) => changed(clean, (t, v) => [t + seconds, v]) },
  milliseconds: { makes: "doubt", of: (clean) => changed(clean, (t, v) => [t * 1000, v]) },
  kiloseconds: { makes: "doubt", of: (clean) => changed(clean, (t, v) => [t / 1000, v]) },
  timesOfNone: { makes: "doubt", of: (clean) => changed(clean, (_, v) => [Number.NaN, v]) },
  zeros: {
    makes: "doubt",
    of: ({ pods: _, ...clean }, extent) =>
      changed(
        clean,
        since(extent, () => 0),
      ),
  },
  notFinite: {
    makes: "doubt",
    of: (clean, extent) =>
      changed(
        clean,
        since(extent, () => Number.NaN),
      ),
  },
  negative: {
    makes: "doubt",
    of: (clean, extent) =>
      changed(
        clean,
        since(extent, (v) => -v - 0.1),
      ),
  },
  milliCores: { makes: "doubt", of: (clean) => changed(clean, (t, v) => [t, Math.round(v * 1e6) / 10]) },
  counter: { makes: "doubt", of: (clean) => changed(clean, (t, v, i) => [t, 50_000 + 40 * i + v]) },
  partial: {
    makes: "doubt",
    of: (clean, { share }) => ({ ...changed(clean, (t, v) => [t, v * share]), partial: true }),
  },
  severalSeries: {
    makes: "doubt",
    of: (clean, { share }) => ({ ...changed(clean, (t, v) => [t, v * share]), seriesCount: 3 }),
  },
  // of ten pods a share is left, and the count says so
  targetsLost: {
    makes: "doubt",
    of: (clean, extent) => {
      const left = (of: Samples): Samples =>
        changed(
          { ...clean, samples: of },
          since(extent, (v) => Math.floor(v * extent.share)),
        ).samples;
      const pods = clean.pods!;
      const kept = left(pods);
      const ratio = (kept.values.at(-1) ?? 0) / (pods.values.at(-1) ?? 1);
      return {
        ...changed(
          clean,
          since(extent, (v) => v * ratio),
        ),
        pods: kept,
      };
    },
  },
  twice: {
    makes: "none",
    of: (clean) => {
      const { times, values } = clean.samples;
      const rows = [...times].flatMap((t, i) => [[t, values[i]!] as const, [t, values[i]!] as const]);
      return { ...clean, samples: samplesOf(rows) };
    },
  },
  backwards: {
    makes: "none",
    of: (clean) => {
      const { times, values } = clean.samples;
      return { ...clean, samples: { times: times.toReversed(), values: values.toReversed() } };
    },
  },
};

/** Any of them with any extent. */
export const anyCorruption = fc.record({
  kind: fc.constantFrom(...Object.keys(CORRUPTIONS)),
  share: fc.double({ min: 0.05, max: 0.8, noNaN: true }),
  seconds: fc.integer({ min: 150, max: 1500 }),
});
