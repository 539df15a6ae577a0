/** Where a replay's series comes from: a file, or a range that Prometheus still has. */
import { readSeriesFile } from "../adapters/history-file.ts";
import { noSource, sourceOf } from "../adapters/sources.ts";
import { resolveTarget } from "../config/target-settings.ts";
import type { Samples } from "../core/series/types.ts";
import type { TargetConfig } from "../core/target.ts";
import type { EpochSeconds, Seconds } from "../core/units.ts";
import type { History, HistoryQuery } from "../ports.ts";
import { queriesOf } from "../run/read.ts";
import { loadFor } from "./choice.ts";
import { CommandError, type Flags, type Io, UsageError } from "./io.ts";
import { numberOption, readOption } from "./option-values.ts";

/** A series to replay, its name in the report, and our settings for it. */
export interface ReplaySource {
  readonly name: string;
  readonly samples: Samples;
  readonly target: TargetConfig;
}

/** Prometheus answers 11,000 points a series at most; a query for fewer leaves room for its own rounding. */
const POINTS_A_QUERY = 10_000;
/** Steps of the replay. */
const STEP: Seconds = 15;

/** Reads the series that the flags name. Throws UsageError, ConfigError or CommandError. */
export async function replaySource(flags: Flags, io: Io): Promise<ReplaySource> {
  const file = typeof flags.file === "string" ? flags.file : null;
  if (flags["from-prometheus"] === true) {
    if (file !== null) throw new UsageError("give a FILE or --from-prometheus, not both.");
    return fromPrometheus(flags, io);
  }
  if (file === null) throw new UsageError("no series to replay: give a FILE, or --from-prometheus with --deployment.");
  const quantile = readOption("replay", "quantile", flags);
  const target = resolveTarget({
    scaleTargetRef: { name: "workload" },
    targetCpu: numberOption("replay", "target-cpu", flags),
    minReplicas: numberOption("replay", "min", flags),
    maxReplicas: numberOption("replay", "max", flags),
    ...(quantile === undefined ? {} : { quantile }),
  });
  try {
    return { name: file, samples: (await readSeriesFile(file)).samples, target };
  } catch (cause) {
    throw new CommandError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

async function fromPrometheus(flags: Flags, io: Io): Promise<ReplaySource> {
  // the modelled pods' numbers are the replay's own flags
  const names = ["config", "namespace", "deployment", "kind", "query", "quantile"];
  const asked = Object.entries(flags).filter(([name]) => names.includes(name) || name.startsWith("prometheus"));
  const wanted = { ...Object.fromEntries(asked), "target-cpu": String(numberOption("replay", "target-cpu", flags)) };
  const settings = await loadFor(wanted, io, false);
  const target = settings.targets[0]!;
  const source = sourceOf({ settings, historyFile: null });
  if (source === null) throw new UsageError(`--from-prometheus: ${noSource()}`);
  if (settings.targets.length > 1) throw new UsageError("the file has several targets: name one with --deployment.");
  const log = (_level: string, message: string) => io.err(`${message}\n`);
  const tools = { log, redactor: io.redactor, env: io.env };
  const { history, close } = await source.open({ settings, historyFile: null }, tools);
  try {
    const samples = await readRange(history, queriesOf(target)[0]!, numberOption("replay", "range", flags));
    return { name: `${target.namespace}/${target.name}`, samples, target };
  } catch (cause) {
    throw new CommandError(cause instanceof Error ? cause.message : String(cause), { cause });
  } finally {
    close();
  }
}

/**
 * The last `range` seconds of a metric's history, in as many queries as Prometheus' limit of points asks for, oldest first.
 * Rejects with the adapter's HistoryError when any of them fails: a hole would be replayed as a line.
 */
export async function readRange(history: History, { target, metric }: HistoryQuery, range: Seconds): Promise<Samples> {
  const now = await history.now();
  const chunk = POINTS_A_QUERY * STEP;
  const parts: Samples[] = [];
  for (let from: EpochSeconds = now - range; from < now; from += chunk) {
    const until = Math.min(now, from + chunk);
    const piece = { ...target, step: STEP, history: until - from, calibration: 0 };
    const [reading] = await history.read([{ target: piece, metric }], until);
    if (reading === undefined || reading instanceof Error) throw reading ?? new Error("no answer");
    parts.push(reading.samples);
  }
  return {
    times: Float64Array.from(parts.flatMap((part) => [...part.times])),
    values: Float64Array.from(parts.flatMap((part) => [...part.values])),
  };
}
