/** What the text of a query says about its points: how old the samples may be that a point is made of, and whether a point depends on other times. */
import type { Seconds } from "../core/units.ts";

/**
 * What makes a point depend on the range that is asked for, or on what comes after it: `@ start()`, a negative offset, MetricsQL's functions over the whole range. Such a query
 * is always asked for its whole window; one that merely has these characters in a string is, too.
 */
const NOT_BY_POINT = new RegExp(
  [
    String.raw`@|\boffset\s*-|\bsmoothed\b|\b(?:start|end|range)\s*\(|\b(?:range|running)_\w+\s*\(`,
    String.raw`\b(?:interpolate|keep_last_value|keep_next_value|remove_resets|smooth_exponential)\b`,
  ].join("|"),
  "i",
);
/** What gives points where no sample is: `or vector(0)`, `absent()`, `time()`. */
const FILLS = /\b(?:or|unless|absent|absent_over_time|vector|scalar|default)\b|\(\s*\)/i;
const NUMBER = String.raw`\d+(?:\.\d+)?`;
const DURATION = `(?:(?:${NUMBER}(?:ms|[smhdwy]))+|${NUMBER})`;
const WINDOW = new RegExp(String.raw`^\s*${DURATION}\s*(?::\s*(?:${DURATION})?\s*)?$`, "i");
const OFFSET = new RegExp(`^${DURATION}$`, "i");
/** So long Prometheus uses a sample where no range is given, unless --query.lookback-delta says otherwise. */
const LOOKBACK: Seconds = 300;
/** Several series of one source are this far apart. */
const APART: Seconds = 60;
const UNITS: Readonly<Record<string, Seconds>> = {
  ms: 0.001,
  s: 1,
  m: 60,
  h: 3600,
  d: 86_400,
  w: 604_800,
  y: 31_536_000,
};

/** What a point says of the samples that it is made of. */
export interface Reach {
  /** The newest of them is at most so old, seconds: a point at a time is proof of a sample after that time less this. */
  readonly seconds: Seconds;
  /** There may be points without any sample. They all have one value. */
  readonly fills: boolean;
}

/**
 * The reach of a query: all its ranges and offsets, which add up where they are nested, and Prometheus' own five minutes. Undefined where the text does not
 * tell: its points depend on other times, or a range is no plain duration.
 */
export function reachOf(query: string): Reach | undefined {
  if (NOT_BY_POINT.test(query)) return undefined;
  const bare = query.replace(/"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`|#[^\n]*/g, " ");
  const windows = [...bare.matchAll(/\[([^\]]*)\]?/g)].map((match) => match[1]!);
  const offsets = [...bare.matchAll(/\boffset\s*([^\s,)}\]+*/-]*)/gi)].map((match) => match[1]!);
  if (!windows.every((text) => WINDOW.test(text)) || !offsets.every((text) => OFFSET.test(text))) return undefined;
  const ranges = [...windows, ...offsets].reduce((sum, text) => sum + secondsOf(text), 0);
  return { seconds: ranges + LOOKBACK + APART, fills: FILLS.test(bare) };
}

/** All durations of a text together; a number without a unit is in seconds. */
function secondsOf(text: string): Seconds {
  const parts = text.toLowerCase().matchAll(new RegExp(`(${NUMBER})(ms|[smhdwy])?`, "g"));
  return [...parts].reduce((sum, [, number, unit = "s"]) => sum + Number(number) * UNITS[unit]!, 0);
}
