/** Guesses what is wrong with impossible samples: the unit of their times, a counter without rate(), or milli-cores. */
import type { Cores, EpochSeconds } from "../units.ts";
import type { Samples } from "./types.ts";

/** Units of time other than seconds, and how many of them make a second. */
const UNITS = [
  ["milliseconds", 1e3],
  ["microseconds", 1e6],
  ["nanoseconds", 1e9],
  ["thousands of seconds", 1e-3],
  ["minutes", 1 / 60],
  ["hours", 1 / 3600],
  ["days", 1 / 86_400],
] as const;
/** Times count as of a unit when it brings them this near to now, of 57 years since 1970. Two units are at least 3.6 times apart, so none is mistaken for another. */
const MAX_DISTANCE = 10 * 365 * 86_400;

/** The unit, other than seconds, in which the newest time lies near `now`; null: no unit does, or seconds do. O(n). */
export function timeUnit(times: Float64Array, now: EpochSeconds): string | null {
  const newest = times.reduce((max, time) => (time < Number.POSITIVE_INFINITY ? Math.max(max, time) : max), 0);
  if (Math.abs(newest - now) < MAX_DISTANCE) return null;
  return UNITS.find(([, perSecond]) => Math.abs(newest / perSecond - now) < MAX_DISTANCE)?.[0] ?? null;
}

/** Fewer values than this show no pattern. */
const MIN_VALUES = 20;
/** At least this share of a counter's steps rise; each pod that ends makes one fall. */
const MIN_RISING_SHARE = 0.9;

/**
 * Whether the values rise as a counter without rate() does: nine of ten changes go up, and most values change.
 * A noisy load has as many falls as rises. A ramp without noise is excluded by its size, which the caller compares.
 */
export function onlyRises(values: Float64Array): boolean {
  if (values.length < MIN_VALUES) return false;
  let up = 0;
  let down = 0;
  for (let i = 1; i < values.length; i++) {
    if (values[i]! > values[i - 1]!) up++;
    else if (values[i]! < values[i - 1]!) down++;
  }
  return up >= MIN_RISING_SHARE * (up + down) && up > values.length / 8;
}

/** Whether these are whole numbers of three digits or more, which cores from rate() never are. */
function wholeNumbers(values: Float64Array): boolean {
  if (values.length < MIN_VALUES) return false;
  let large = 0;
  for (const value of values) {
    if (!Number.isInteger(value)) return false;
    if (value >= 100) large++;
  }
  // last, as it costs the most: of a real load the first value is no whole number
  return large > values.length / 2 && new Set(values).size >= MIN_VALUES / 2;
}

/** Whether the values look like milli-cores: whole numbers above what the pods should carry, a thousandth of which is not. */
export function milliCores(values: Float64Array, useful: Cores): boolean {
  const most = values.reduce((max, value) => Math.max(max, value), 0);
  return wholeNumbers(values) && most > useful && most / 1000 <= useful;
}

/** How many of a smaller unit are one core, and what is said where the values would fit then. A percentage that fits as such would fit as milli-cores as well. */
const PARTS = [
  [100, "a hundredth of them would fit: are these percentages, or milli-cores?"],
  [1e3, "a thousandth of them would fit: are these milli-cores?"],
  [1e6, "a millionth of them would fit: are these micro-cores, or milli-cores of more pods?"],
  [1e9, "a billionth of them would fit: are these nano-cores, or bytes of memory?"],
  [Number.POSITIVE_INFINITY, "does the query count other pods too, or use increase() instead of rate()?"],
] as const;

/** What is probably wrong with values far above `useful` cores, as the end of a sentence. */
export function causeOf({ values }: Samples, useful: Cores): string {
  if (onlyRises(values)) return "they only ever rise, as a counter does: is rate() missing?";
  const typical = [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
  if (typical <= useful) return "most of the others are not";
  const [, words] = PARTS.find(([perCore]) => typical / perCore <= useful) ?? PARTS.at(-1)!;
  return words;
}
