/** Reads a replay's series: from a file, a folder of them, or a range that Prometheus still has. */

import { fileHistory, readSeriesFile } from "../adapters/history-file.ts";
import { MAX_POINTS_PER_QUERY } from "../adapters/prometheus-scales.ts";
import { noSource, sourceOf } from "../adapters/sources.ts";
import type { Settings } from "../config/types.ts";
import type { Samples } from "../core/series/types.ts";
import { type Metric, metricsOf, type TargetConfig } from "../core/target.ts";
import type { EpochSeconds, Seconds } from "../core/units.ts";
import type { History, HistoryQuery, HistoryReading } from "../ports.ts";
import type { RecordedMetric } from "../replay/demand.ts";
import { judgeRecording, type Recording } from "../replay/recording.ts";
import { queriesOf } from "../run/read.ts";
import { CommandError, type Flags, type Io, UsageError } from "./io.ts";
import { numberOption } from "./option-values.ts";
import { recordedTarget } from "./recorded-target.ts";

/** The input of a replay: the series of the first metric and of the others, their name in the report, and our settings. */
export interface ReplaySource {
  readonly name: string;
  readonly samples: Samples;
  readonly others: readonly RecordedMetric[];
  readonly target: TargetConfig;
  /** The settings; they hold where no flag says otherwise. Null: the replay's defaults. */
  readonly settings: Settings | null;
}

/** Steps of the replay. */
const STEP: Seconds = 15;

/** Reads the series that the flags name, and judges them as a run would. Throws UsageError, ConfigError or CommandError. */
export async function replaySource(flags: Flags, io: Io): Promise<ReplaySource> {
  const file = typeof flags.file === "string" ? flags.file : null;
  const live = flags["from-prometheus"] === true;
  if (live && file !== null) throw new UsageError("give a FILE or --from-prometheus, not both.");
  if (!live && file === null)
    throw new UsageError("no series to replay: give a FILE, or --from-prometheus with --deployment.");
  const { target, settings } = await recordedTarget(flags, io, live);
  const name = file ?? `${target.namespace}/${target.name}`;
  try {
    const metrics = metricsOf(target);
    const [first, ...rest] =
      file === null
        ? judged(target, metrics, await fromPrometheus(flags, io, settings!, target), io)
        : await fileRecordings(file, target, metrics, io);
    const others = rest.map(({ samples }, k) => ({ metric: metrics[k + 1]!, samples }));
    return { name, samples: first!.samples, others, target, settings };
  } catch (cause) {
    if (cause instanceof UsageError) throw cause;
    throw new CommandError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** The complete recording of a metric. */
type CompleteReading = Pick<HistoryReading, "samples" | "seriesCount" | "partial">;

/** The recordings of a target's metrics: a file is the first metric, a folder has a file for each. Rejects with the first file's error. */
async function fileRecordings(
  file: string,
  target: TargetConfig,
  metrics: readonly Metric[],
  io: Io,
): Promise<readonly Recording[]> {
  const history = fileHistory(file, { onNote: (note) => io.err(`${note}\n`) });
  const all = { ...target, history: Number.POSITIVE_INFINITY };
  const queries = metrics.map((metric) => ({ target: all, metric }));
  const readings = await history.read(queries, await history.now());
  return judged(target, metrics, readings, io);
}

/** The recording of a target's first metric in one file. Rejects with HistoryError or RecordingError. */
export async function fileRecording(file: string, target: TargetConfig, io: Io): Promise<Recording> {
  const found = await readSeriesFile(file);
  for (const note of found.notes) io.err(`${file}: ${note}\n`);
  return judged(target, metricsOf(target).slice(0, 1), [found], io)[0]!;
}

async function fromPrometheus(
  flags: Flags,
  io: Io,
  settings: Settings,
  target: TargetConfig,
): Promise<readonly CompleteReading[]> {
  const source = sourceOf({ settings, historyFile: null });
  if (source === null) throw new UsageError(`--from-prometheus: ${noSource()}`);
  const log = (_level: string, message: string) => io.err(`${message}\n`);
  const tools = { log, redactor: io.redactor, env: io.env };
  const { history, close } = await source.open({ settings, historyFile: null }, tools);
  const range = numberOption("replay", "range", flags);
  try {
    const all: CompleteReading[] = [];
    for (const query of queriesOf(target)) all.push(await readRange(history, query, range));
    return all;
  } finally {
    close();
  }
}

/** Checks the data, and reports what the user should know about them. */
function judged(
  target: TargetConfig,
  metrics: readonly Metric[],
  readings: readonly (CompleteReading | Error)[],
  io: Io,
): readonly Recording[] {
  return metrics.map((metric, k) => {
    const reading = readings[k]!;
    if (reading instanceof Error) throw reading;
    const recording = judgeRecording(reading, metric, target);
    for (const note of recording.notes) io.err(`${metric.name}: ${note}\n`);
    return recording;
  });
}

/**
 * The last `range` seconds of a metric's history, oldest first, in as many queries as Prometheus' limit of points requires.
 * Rejects with the adapter's HistoryError when one fails: a hole would be replayed as a line.
 */
export async function readRange(
  history: History,
  { target, metric }: HistoryQuery,
  range: Seconds,
): Promise<CompleteReading> {
  const now = await history.now();
  const chunk = MAX_POINTS_PER_QUERY * STEP;
  const parts: HistoryReading[] = [];
  for (let from: EpochSeconds = now - range; from < now; from += chunk) {
    const until = Math.min(now, from + chunk);
    const piece = { ...target, step: STEP, history: until - from, calibration: 0 };
    const [reading] = await history.read([{ target: piece, metric }], until);
    if (reading === undefined || reading instanceof Error) throw reading ?? new Error("no answer");
    parts.push(reading);
  }
  const samples = {
    times: Float64Array.from(parts.flatMap((part) => [...part.samples.times])),
    values: Float64Array.from(parts.flatMap((part) => [...part.samples.values])),
  };
  const seriesCount = Math.max(...parts.map((part) => part.seriesCount));
  return { samples, seriesCount, partial: parts.some(({ partial }) => partial) };
}
