/** Where a replay's series come from: a file, a folder of them, or a range that Prometheus still has. */
import { fileHistory } from "../adapters/history-file.ts";
import { noSource, sourceOf } from "../adapters/sources.ts";
import { resolveTarget } from "../config/target-settings.ts";
import type { Settings } from "../config/types.ts";
import type { LongHistory } from "../core/series/coarse.ts";
import type { Samples } from "../core/series/types.ts";
import { metricsOf, type TargetConfig } from "../core/target.ts";
import type { EpochSeconds, Seconds } from "../core/units.ts";
import type { History, HistoryQuery } from "../ports.ts";
import type { RecordedMetric } from "../replay/demand.ts";
import { queriesOf } from "../run/read.ts";
import { loadFor, onlyTarget } from "./choice.ts";
import { CommandError, type Flags, type Io, UsageError } from "./io.ts";
import { numberOption, readOption } from "./option-values.ts";

/** What is replayed: the series of the first metric and of the others, their name in the report, and our settings. */
export interface ReplaySource {
  readonly name: string;
  readonly samples: Samples;
  readonly others: readonly RecordedMetric[];
  readonly target: TargetConfig;
  /** The longer history of the settings; absent: none. */
  readonly longHistory?: LongHistory;
  /** The target's own settings hold where no flag says otherwise; else the replay's defaults. */
  readonly ownSettings: boolean;
}

/** Prometheus answers 11,000 points a series at most; a query for fewer leaves room for its own rounding. */
const POINTS_A_QUERY = 10_000;
/** Steps of the replay. */
const STEP: Seconds = 15;

/** Reads the series that the flags name. Throws UsageError, ConfigError or CommandError. */
export async function replaySource(flags: Flags, io: Io): Promise<ReplaySource> {
  const file = typeof flags.file === "string" ? flags.file : null;
  const live = flags["from-prometheus"] === true;
  if (live && file !== null) throw new UsageError("give a FILE or --from-prometheus, not both.");
  if (!live && file === null)
    throw new UsageError("no series to replay: give a FILE, or --from-prometheus with --deployment.");
  const ownSettings = flags.config !== undefined;
  const settings = live || ownSettings ? await loadFor(wantedSettings(flags, ownSettings), io, !live) : null;
  const target = settings === null ? flagTarget(flags) : onlyTarget(settings.targets);
  try {
    const { longHistory } = settings?.prometheus ?? {};
    const own = { target, ownSettings, ...(longHistory && { longHistory }) };
    if (file !== null) return { name: file, ...(await fromFile(file, target)), ...own };
    const read = await fromPrometheus(flags, io, settings!, target);
    return { name: `${target.namespace}/${target.name}`, ...read, ...own };
  } catch (cause) {
    if (cause instanceof UsageError) throw cause;
    throw new CommandError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** The target that the replay's own flags describe. */
function flagTarget(flags: Flags): TargetConfig {
  const quantile = readOption("replay", "quantile", flags);
  const [min, max] = [numberOption("replay", "min", flags), numberOption("replay", "max", flags)];
  if (min > max) throw new UsageError(`--min: ${min} is above --max, which is ${max}.`);
  return resolveTarget({
    scaleTargetRef: { name: "workload" },
    targetCpu: numberOption("replay", "target-cpu", flags),
    minReplicas: min,
    maxReplicas: max,
    ...(quantile === undefined ? {} : { quantile }),
  });
}

/** Flags that are settings. Without a file a target needs its CPU, which is the replay's default. */
function wantedSettings(flags: Flags, file: boolean): Flags {
  const names = ["config", "namespace", "deployment", "kind", "query", "quantile", "target-cpu", "min", "max"];
  const asked = Object.entries(flags).filter(([name]) => names.includes(name) || name.startsWith("prometheus"));
  const cpu = file ? {} : { "target-cpu": String(numberOption("replay", "target-cpu", flags)) };
  return { ...cpu, ...Object.fromEntries(asked) };
}

type Recorded = Pick<ReplaySource, "samples" | "others">;

/** A file is the first metric; a folder has a file for each. */
async function fromFile(file: string, target: TargetConfig): Promise<Recorded> {
  const history = fileHistory(file);
  const all = { ...target, history: Number.POSITIVE_INFINITY };
  const readings = await history.read(queriesOf(all), await history.now());
  return recorded(
    target,
    readings.map((reading) => {
      if (reading instanceof Error) throw reading;
      return reading.samples;
    }),
  );
}

async function fromPrometheus(flags: Flags, io: Io, settings: Settings, target: TargetConfig): Promise<Recorded> {
  const source = sourceOf({ settings, historyFile: null });
  if (source === null) throw new UsageError(`--from-prometheus: ${noSource()}`);
  const log = (_level: string, message: string) => io.err(`${message}\n`);
  const tools = { log, redactor: io.redactor, env: io.env };
  const { history, close } = await source.open({ settings, historyFile: null }, tools);
  const range = numberOption("replay", "range", flags);
  try {
    const all: Samples[] = [];
    for (const query of queriesOf(target)) all.push(await readRange(history, query, range));
    return recorded(target, all);
  } finally {
    close();
  }
}

function recorded(target: TargetConfig, [samples, ...rest]: readonly Samples[]): Recorded {
  const metrics = metricsOf(target).slice(1);
  return { samples: samples!, others: metrics.map((metric, k) => ({ metric, samples: rest[k]! })) };
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
