/** The series of the benches: the public traces where they exist, else the recorded fixtures. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Samples } from "../job/core/series/types.ts";

/** A series with its name. For replays also the seconds at its beginning that serve as history only. */
export interface BenchSeries {
  readonly name: string;
  readonly samples: Samples;
  readonly warmup: number;
}

/** The folder of the public traces: the variable TRACES, or ../shared/traces beside the checkout. Null where there is none. */
export function tracesFolder(): string | null {
  const folder = process.env.TRACES ?? join(import.meta.dirname, "../../shared/traces");
  return existsSync(folder) ? folder : null;
}

/** Reads a CSV file with the columns timestamp (seconds since 1970) and value. */
export function readCsv(path: string): Samples {
  const rows = readFileSync(path, "utf8").trim().split("\n").slice(1);
  return {
    times: Float64Array.from(rows, (row) => Number(row.slice(0, row.indexOf(",")))),
    values: Float64Array.from(rows, (row) => Number(row.slice(row.indexOf(",") + 1))),
  };
}

/** Reads a file with Prometheus' answer to query_range over one series. */
export function readRangeFile(path: string): Samples {
  const body = JSON.parse(readFileSync(path, "utf8")) as { data: { result: { values: [number, string][] }[] } };
  const values = body.data.result[0]?.values ?? [];
  return { times: Float64Array.from(values, (v) => v[0]), values: Float64Array.from(values, (v) => Number(v[1])) };
}

/** A set of replays. `held`: it took part in no choice of a default. */
export interface ReplaySet {
  readonly name: string;
  readonly held: boolean;
  readonly series: readonly BenchSeries[];
}

/** The replays set by set: public, synthetic, and held back. Without the traces the recorded fixtures are the only set. */
export function replaySets(): readonly ReplaySet[] {
  const traces = tracesFolder();
  const { series } = replaySeries();
  if (traces === null) return [{ name: "recorded fixtures", held: false, series }];
  const isSynthetic = ({ name }: BenchSeries) => existsSync(join(traces, "synthetic", `${name}.csv`));
  const known = [
    { name: "public traces", held: false, series: series.filter((one) => !isSynthetic(one)) },
    { name: "synthetic traces", held: false, series: series.filter(isSynthetic) },
  ];
  if (existsSync(join(traces, "more15")))
    return [...known, { name: "held back (more15)", held: true, series: replaysIn(join(traces, "more15")) }];
  console.error('the traces "more15" are not on this machine: left out');
  return known;
}

/** The series of a folder of the traces, by name. One that the machine lacks gives none, and is said on stderr. */
export function tracesIn(set: string): readonly Omit<BenchSeries, "warmup">[] {
  const folder = join(tracesFolder() ?? "", set);
  if (tracesFolder() !== null && existsSync(folder)) return samplesIn(folder);
  console.error(`the traces "${set}" are not on this machine: left out`);
  return [];
}

function samplesIn(folder: string): readonly Omit<BenchSeries, "warmup">[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith(".csv"))
    .sort()
    .map((file) => ({ name: file.slice(0, -4), samples: readCsv(join(folder, file)) }));
}

function replaysIn(folder: string): BenchSeries[] {
  const warmup = (name: string) => Number(readFileSync(join(folder, `${name}.warmup`), "utf8"));
  return samplesIn(folder).map((one) => ({ ...one, warmup: warmup(one.name) }));
}

/** The series of traces/replay15 with their warm-ups. Without the traces: the recorded fixtures, with a quarter of each as warm-up. */
export function replaySeries(): { source: string; series: BenchSeries[] } {
  const traces = tracesFolder();
  if (traces !== null) {
    return { source: "public traces (replay15)", series: replaysIn(join(traces, "replay15")) };
  }
  const folder = join(import.meta.dirname, "../fixtures/recorded");
  const series = readdirSync(folder)
    .filter((file) => file.endsWith(".json") && file !== "restart-counters.json")
    .sort()
    .map((file) => {
      const samples = readRangeFile(join(folder, file));
      const span = (samples.times.at(-1) ?? 0) - (samples.times[0] ?? 0);
      return { name: file.slice(0, -5), samples, warmup: Math.floor(span / 60) * 15 };
    });
  return { source: "recorded fixtures only (the public traces are not on this machine)", series };
}
