/** Reads history from a series file, or from a folder of them. Its clock is the end of the series. */
import { basename, join } from "node:path";
import { asError } from "../core/result.ts";
import { coarse, type LongHistory } from "../core/series/coarse.ts";
import { isFirstMetric, readWindow } from "../core/target.ts";
import type { EpochSeconds, Seconds } from "../core/units.ts";
import { fileProblem } from "../output/file-problem.ts";
import type { History, HistoryReading } from "../ports.ts";
import { readSeries } from "./bounded-file.ts";
import { HistoryError } from "./errors.ts";
import { AnswerError, type RangeAnswer } from "./prometheus-answer.ts";
import { parseSeriesFile, type SeriesFile } from "./series-file.ts";

/** Options of a file history. */
export interface FileHistoryOptions {
  /** The time to pretend, in epoch seconds; later samples are hidden. */
  readonly at?: EpochSeconds;
  /** Also give the longer history, made from the same samples. */
  readonly longHistory?: LongHistory | undefined;
  /** Called once per file with how it was read, where that needs a word. */
  readonly onNote?: ((note: string) => void) | undefined;
}

/**
 * A History over one path for every target. A file is the first metric of a target; a folder has a file for each metric, `NAME.csv` or
 * `NAME.json`.
 */
export function fileHistory(path: string, { at, longHistory, onNote }: FileHistoryOptions = {}): History {
  const loaded = new Map<string, Promise<SeriesFile>>();
  const read = async (file: string) => {
    const found = await readSeriesFile(file);
    for (const note of found.notes) onNote?.(`${file}: ${note}`);
    return found;
  };
  const load = (file: string) => {
    const known = loaded.get(file) ?? read(file);
    loaded.set(file, known);
    return known;
  };
  const end = async () => {
    const files = await filesAt(path);
    const all = await Promise.all(files.map(load));
    const newest = all.flatMap(({ samples }) => [...samples.times]).reduce((a, b) => Math.max(a, b), NEVER);
    if (newest === NEVER) throw new HistoryError(`read ${path}`, undefined, "it holds no sample");
    return newest;
  };
  return {
    now: async () => at ?? end(),
    read: (queries, now) =>
      Promise.all(
        queries.map(async ({ target, metric }) => {
          const first = isFirstMetric(target, metric);
          try {
            const file = await fileOf(path, metric.name, first);
            const answer = await load(file);
            return readingOf(file, answer, now, readWindow(target), longHistory);
          } catch (error) {
            return asError(error);
          }
        }),
      ),
  };
}

const NEVER = Number.NEGATIVE_INFINITY;

function readingOf(
  source: string,
  { samples, partial, seriesCount }: RangeAnswer,
  now: EpochSeconds,
  window: Seconds,
  longHistory: LongHistory | undefined,
): HistoryReading {
  const { times, values } = samples;
  const seen = [...times.keys()].filter((i) => times[i]! <= now && times[i]! > now - window);
  const recent = {
    times: Float64Array.from(seen, (i) => times[i]!),
    values: Float64Array.from(seen, (i) => values[i]!),
  };
  const long = longHistory && { longSamples: coarse(samples, now, longHistory), longStep: longHistory.step };
  return { samples: recent, partial, seriesCount, source, ...long };
}

/** The series files at a path: itself, or those of a folder. */
async function filesAt(path: string): Promise<readonly string[]> {
  const { readdir, stat } = await import("node:fs/promises");
  const folder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!folder) return [path];
  const names = (await readdir(path)).filter((name) => /\.(csv|json)$/.test(name));
  return names.sort().map((name) => join(path, name));
}

/** The file of a metric. Throws a HistoryError that says what the path should be. */
async function fileOf(path: string, metric: string, first: boolean): Promise<string> {
  const files = await filesAt(path);
  if (files[0] === path && first) return path;
  const named = files.find((file) => file !== path && basename(file).replace(/\.(csv|json)$/, "") === metric);
  if (named !== undefined) return named;
  const why =
    files[0] === path
      ? `it is one series, and the target has the metric ${metric} too: give a folder with a file for each metric`
      : `it has no ${metric}.csv and no ${metric}.json`;
  throw new HistoryError(`read ${path}`, undefined, why);
}

/** All samples of a series file, and how it was read. Throws HistoryError that names the file, and the line where there is one. */
export async function readSeriesFile(file: string): Promise<SeriesFile> {
  const request = `read ${file}`;
  const bytes = await readSeries(file).catch((error: unknown) => {
    throw new HistoryError(request, undefined, fileProblem(error));
  });
  try {
    return parseSeriesFile(bytes);
  } catch (error) {
    if (error instanceof AnswerError) throw new HistoryError(request, undefined, error.message, error);
    throw error;
  }
}
