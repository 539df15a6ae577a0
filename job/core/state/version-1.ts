/** Reads version 1 of the stored state: fields that make no sense are dropped alone, targets that are not objects are dropped. */
import { BLANK, BLANK_METRIC } from "./memory.ts";
import {
  type Raw,
  readArray,
  readInteger,
  readNumber,
  readObject,
  readRows,
  readTime,
  roundToMilliseconds,
} from "./read.ts";
import {
  type Condition,
  isCondition,
  type JobState,
  type LastForecast,
  type LastWrite,
  type MetricState,
  type Notified,
  type Recommendation,
  type ReplicaChange,
  type Service,
  type Span,
  type Standing,
  type StandingSince,
  type TargetState,
} from "./types.ts";

/** The metric whose fields stand at the target itself, as before there were several metrics. */
export const TOP_LEVEL_METRIC = "cpu";
/** Standing conditions by the letter under which they are stored. */
export const STANDING: readonly (readonly [string, Standing])[] = [
  ["b", "Blind"],
  ["f", "FleetDrop"],
  ["o", "OtherScaler"],
  ["p", "Paused"],
];

/** The targets of a stored state. */
export function readV1(root: Raw): JobState["targets"] {
  const targets: [string, TargetState][] = [];
  for (const [key, value] of Object.entries(readObject(root.t) ?? {})) {
    const raw = readObject(value);
    if (raw !== null) targets.push([key, readTargetV1(raw)]);
  }
  return Object.fromEntries(targets);
}

function readTargetV1(raw: Raw): TargetState {
  const standing = readStandingV1(raw.s);
  const heldSince = readTime(raw.h);
  return {
    ...BLANK,
    recommendations: timed(readRows(raw.w, 2)).flatMap(([at, replicas]): Recommendation[] =>
      readInteger(replicas) === null ? [] : [{ at: at!, replicas: replicas! }],
    ),
    changes: timed(readRows(raw.e, 3)).flatMap(([at, from, to]): ReplicaChange[] =>
      readInteger(from) === null || readInteger(to) === null ? [] : [{ at: at!, from: from!, to: to! }],
    ),
    metrics: readMetricsV1(raw),
    rollouts: readSpans(raw.r),
    dropHoldUntil: readTime(raw.d),
    service: readServiceV1(raw.b),
    lastWritten: readWriteV1(raw.l),
    ...(standing && { standing }),
    ...(heldSince !== null && { heldSince }),
    ...readKindV1(raw.k),
    ...readNotifiedV1(raw.n),
  };
}

/** The kind. Memory with one that makes no sense is no workload's: taken for a Deployment's, it could let that scale in. */
function readKindV1(raw: unknown): Pick<TargetState, "kind"> {
  if (raw === undefined) return {};
  return { kind: typeof raw === "string" ? raw : "" };
}

/** The notified conditions without those that make no sense; the field is absent where none is left. */
function readNotifiedV1(raw: unknown): Pick<TargetState, "notified"> {
  const all = Object.entries(readObject(raw) ?? {}).flatMap(([condition, times]): [Condition, Notified][] => {
    const [since, told, gone] = readArray(times);
    const [s, t] = [readTime(since), readTime(told)];
    if (!isCondition(condition) || s === null || t === null) return [];
    return [[condition, { since: s, told: t, gone: readTime(gone) }]];
  });
  return all.length > 0 ? { notified: Object.fromEntries(all) } : {};
}

function readStandingV1(raw: unknown): StandingSince | undefined {
  const known = STANDING.map(([letter, name]) => [name, readTime(readObject(raw)?.[letter])] as const);
  const stands = known.filter(([, since]) => since !== null);
  return stands.length === 0 ? undefined : Object.fromEntries(stands);
}

/** The metrics by name. The CPU's fields stand at the target itself; a metric without any valid field is left out. */
function readMetricsV1(raw: Raw): TargetState["metrics"] {
  const all: readonly (readonly [string, Raw | null])[] = [
    [TOP_LEVEL_METRIC, raw],
    ...Object.entries(readObject(raw.x) ?? {}).map(([name, metric]) => [name, readObject(metric)] as const),
  ];
  return Object.fromEntries(
    all.flatMap(([name, metric]) => {
      const read = metric === null ? BLANK_METRIC : readMetricV1(metric);
      return saysNothing(read) ? [] : [[name, read]];
    }),
  );
}

function saysNothing({ incomplete, ...rest }: MetricState): boolean {
  return incomplete.length === 0 && Object.values(rest).every((value) => value === null);
}

function readMetricV1(raw: Raw): MetricState {
  return {
    lastForecast: readForecastV1(raw.f),
    lastGoodData: readTime(raw.g),
    missingSince: readTime(raw.m),
    incomplete: readSpans(raw.i),
  };
}

function readSpans(raw: unknown): readonly Span[] {
  return readRows(raw, 2).flatMap(([from, to]): Span[] => (from! >= 0 && to! >= from! ? [[from!, to!]] : []));
}

/** Rows with times in place of differences, oldest first. A step back in time ends them: what follows cannot be placed. */
function timed(rows: readonly (readonly number[])[]): readonly (readonly number[])[] {
  const out: (readonly number[])[] = [];
  let at = 0;
  for (const [since, ...rest] of rows) {
    if (since! < 0) break;
    at = roundToMilliseconds(at + since!);
    if (readTime(at) === null) break;
    out.push([at, ...rest]);
  }
  return out;
}

function readForecastV1(raw: unknown): LastForecast | null {
  const [at, expires, max, quantile, level, mean, method] = readArray(raw);
  const values = [
    readTime(at),
    readTime(expires),
    readNumber(max),
    readNumber(quantile),
    readNumber(level),
    readNumber(mean),
  ];
  if (values.includes(null) || typeof method !== "string") return null;
  const [a, e, x, q, l, m] = values as number[];
  return { at: a!, expires: e!, max: x!, quantile: q!, level: l!, mean: m!, method: method.slice(0, 40) };
}

function readServiceV1(raw: unknown): Service | null {
  const [at, below, seen] = readArray(raw).map(readTime);
  if (at == null || below == null || seen == null || below > seen) return null;
  return { at, below, seen };
}

function readWriteV1(raw: unknown): LastWrite | null {
  const [at, replicas, overruled, foreign, floor] = readArray(raw);
  const [a, r, o] = [readTime(at), readInteger(replicas), readInteger(overruled)];
  if (a === null || r === null || o === null) return null;
  const flags = { ...(foreign === 1 ? { foreign: true } : {}), ...(floor === 1 ? { floor: true } : {}) };
  return { at: a, replicas: r, overruled: o, ...flags };
}
