/** JobState <-> compact, versioned JSON that fits an annotation; reads every older version; garbage is an error value, never a throw. */
import { err, ok, type Result } from "../result.ts";
import { BLANK, BLANK_METRIC } from "./memory.ts";
import { finite, list, numbers, type Raw, record, seconds, whole } from "./read.ts";
import type {
  JobState,
  LastForecast,
  LastWrite,
  MetricState,
  Recommendation,
  ReplicaChange,
  Span,
  TargetState,
} from "./types.ts";

/** The version written now. Older ones stay readable for ever: add a reader below, never change one. */
export const STATE_VERSION = 1;
/** The metric whose fields stand at the target itself, as all did before there were several. */
const CPU = "cpu";
/** All annotations of one object share 256 KiB; a quarter is left to others. */
export const MAX_BYTES = 196_608;

/** A job that remembers nothing. */
export const EMPTY_STATE: JobState = { version: STATE_VERSION, targets: {} };

/**
 * State -> JSON of ASCII characters (one byte each). Recommendations and changes are runs of [seconds since the one before, ...]. Above MAX_BYTES first the forecasts go, then the least
 * recently seen targets: forgetting lengthens a scale-in, nothing else.
 */
export function encode(state: JobState): string {
  const entries = Object.entries(state.targets);
  const full = write(entries, true);
  if (full.length <= MAX_BYTES) return full;
  const lean = write(entries, false);
  if (lean.length <= MAX_BYTES) return lean;
  const recent = entries.sort(([, a], [, b]) => lastSeen(b) - lastSeen(a));
  let count = Math.floor((recent.length * MAX_BYTES) / lean.length);
  for (;;) {
    const text = write(recent.slice(0, count), false);
    if (text.length <= MAX_BYTES || count === 0) return text;
    count = Math.floor(count * 0.9);
  }
}

/** One target as it is stored; equal memories give equal text. */
export function encodeTarget(target: TargetState): string {
  return ascii(JSON.stringify(pack(target, true)));
}

/** When this target was last written to, as far as its memory shows. */
export function lastSeen(target: TargetState): number {
  const ofMetrics = Object.values(target.metrics).flatMap(({ lastForecast, lastGoodData, missingSince }) => [
    lastForecast?.at ?? 0,
    lastGoodData ?? 0,
    missingSince ?? 0,
  ]);
  return Math.max(target.recommendations.at(-1)?.at ?? 0, ...ofMetrics);
}

/** Text -> state, or one sentence on why it cannot be used. Never throws. Fields that make no sense are dropped alone; a target that is no object is dropped. */
export function decode(text: string): Result<JobState, string> {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    return err(`state is not JSON (${text.length} characters); starting without memory`);
  }
  const root = record(raw);
  if (root === null) return err("state is not an object; starting without memory");
  const version = whole(root.v);
  const reader = version === null ? undefined : READERS[version];
  if (reader === undefined)
    return err(
      `state has version ${JSON.stringify(root.v) ?? "none"}, this program reads ${Object.keys(READERS).join(", ")}; starting without memory`,
    );
  return ok({ version: STATE_VERSION, targets: reader(root) });
}

const READERS: Readonly<Record<number, (root: Raw) => JobState["targets"]>> = { 1: readV1 };

function write(entries: readonly (readonly [string, TargetState])[], withForecasts: boolean): string {
  return ascii(
    JSON.stringify({
      v: STATE_VERSION,
      t: Object.fromEntries(entries.map(([key, target]) => [key, pack(target, withForecasts)])),
    }),
  );
}

function ascii(json: string): string {
  return json.replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/**
 * w recommendations, e changes, r rollouts, d drop hold, l last write; f forecast, g last good data, m missing since, i incomplete of
 * the CPU, as before there were others, and x those of the other metrics by name; empty ones are left out.
 */
function pack(target: TargetState, withForecast: boolean): Raw {
  const { recommendations, changes, metrics, rollouts, dropHoldUntil, lastWritten: l } = target;
  const others = Object.entries(metrics).filter(([name]) => name !== CPU);
  const x = others.map(([name, metric]) => [name, packMetric(metric, withForecast)] as const);
  return {
    ...(recommendations.length > 0 ? { w: runs(recommendations, ({ replicas }) => [replicas]) } : {}),
    ...(changes.length > 0 ? { e: runs(changes, ({ from, to }) => [from, to]) } : {}),
    ...(Object.hasOwn(metrics, CPU) ? packMetric(metrics[CPU]!, withForecast) : {}),
    ...(rollouts.length > 0 ? { r: rollouts.flat().map(milli) } : {}),
    ...(dropHoldUntil !== null ? { d: milli(dropHoldUntil) } : {}),
    ...(l !== null ? { l: [milli(l.at), l.replicas, l.overruled, l.foreign === true ? 1 : 0] } : {}),
    ...(x.length > 0 ? { x: Object.fromEntries(x) } : {}),
  };
}

function packMetric(
  { lastForecast: f, lastGoodData, missingSince, incomplete }: MetricState,
  withForecast: boolean,
): Raw {
  return {
    ...(withForecast && f !== null
      ? { f: [milli(f.at), milli(f.expires), digits(f.max), digits(f.quantile), f.level, digits(f.mean), f.method] }
      : {}),
    ...(lastGoodData !== null ? { g: milli(lastGoodData) } : {}),
    ...(missingSince !== null ? { m: milli(missingSince) } : {}),
    ...(incomplete.length > 0 ? { i: incomplete.flat().map(milli) } : {}),
  };
}

function runs<T extends { readonly at: number }>(
  items: readonly T[],
  rest: (item: T) => readonly number[],
): readonly number[] {
  let before = 0;
  return items.flatMap((item) => {
    const since = milli(milli(item.at) - before);
    before = milli(item.at);
    return [since, ...rest(item)];
  });
}

/** Times to the millisecond, so that sums of differences come back exactly. */
function milli(time: number): number {
  return Math.round(time * 1000) / 1000;
}

/** Six digits are far below what any forecast knows. */
function digits(value: number): number {
  return Number(value.toPrecision(6));
}

function readV1(root: Raw): JobState["targets"] {
  const targets: [string, TargetState][] = [];
  for (const [key, value] of Object.entries(record(root.t) ?? {})) {
    const raw = record(value);
    if (raw !== null) targets.push([key, readTargetV1(raw)]);
  }
  return Object.fromEntries(targets);
}

function readTargetV1(raw: Raw): TargetState {
  return {
    ...BLANK,
    recommendations: timed(numbers(raw.w, 2)).flatMap(([at, replicas]): Recommendation[] =>
      whole(replicas) === null ? [] : [{ at: at!, replicas: replicas! }],
    ),
    changes: timed(numbers(raw.e, 3)).flatMap(([at, from, to]): ReplicaChange[] =>
      whole(from) === null || whole(to) === null ? [] : [{ at: at!, from: from!, to: to! }],
    ),
    metrics: readMetricsV1(raw),
    rollouts: readSpans(raw.r),
    dropHoldUntil: seconds(raw.d),
    lastWritten: readWriteV1(raw.l),
  };
}

/** The CPU's fields stand at the target itself; a metric of which nothing makes sense is left out. */
function readMetricsV1(raw: Raw): TargetState["metrics"] {
  const all: readonly (readonly [string, Raw | null])[] = [
    [CPU, raw],
    ...Object.entries(record(raw.x) ?? {}).map(([name, metric]) => [name, record(metric)] as const),
  ];
  return Object.fromEntries(
    all.flatMap(([name, metric]) => {
      const read = metric === null ? BLANK_METRIC : readMetricV1(metric);
      return encodesNothing(read) ? [] : [[name, read]];
    }),
  );
}

function encodesNothing(metric: MetricState): boolean {
  return Object.keys(packMetric(metric, true)).length === 0;
}

function readMetricV1(raw: Raw): MetricState {
  return {
    lastForecast: readForecastV1(raw.f),
    lastGoodData: seconds(raw.g),
    missingSince: seconds(raw.m),
    incomplete: readSpans(raw.i),
  };
}

function readSpans(raw: unknown): readonly Span[] {
  return numbers(raw, 2).flatMap(([from, to]): Span[] => (from! >= 0 && to! >= from! ? [[from!, to!]] : []));
}

/** Differences -> times, oldest first; a step back in time ends the run, for what follows cannot be placed. */
function timed(rows: readonly (readonly number[])[]): readonly (readonly number[])[] {
  const out: (readonly number[])[] = [];
  let at = 0;
  for (const [since, ...rest] of rows) {
    if (since! < 0) break;
    at = milli(at + since!);
    if (seconds(at) === null) break;
    out.push([at, ...rest]);
  }
  return out;
}

function readForecastV1(raw: unknown): LastForecast | null {
  const [at, expires, max, quantile, level, mean, method] = list(raw);
  const values = [seconds(at), seconds(expires), finite(max), finite(quantile), finite(level), finite(mean)];
  if (values.includes(null) || typeof method !== "string") return null;
  const [a, e, x, q, l, m] = values as number[];
  return { at: a!, expires: e!, max: x!, quantile: q!, level: l!, mean: m!, method: method.slice(0, 40) };
}

function readWriteV1(raw: unknown): LastWrite | null {
  const [at, replicas, overruled, foreign] = list(raw);
  const [a, r, o] = [seconds(at), whole(replicas), whole(overruled)];
  if (a === null || r === null || o === null) return null;
  return foreign === 1 ? { at: a, replicas: r, overruled: o, foreign: true } : { at: a, replicas: r, overruled: o };
}
