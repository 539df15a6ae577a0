/** Parses and formats numbers as people write them: `30m` of time, `100m` of a core, `500Mi`, `90%`. */
import type { Unit } from "./schema.ts";

const SECONDS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };
const DURATION = /^(?:\d+(?:\.\d+)?(?:ms|[smhdw]))+$/;
const DURATION_PART = /(\d+(?:\.\d+)?)(ms|[smhdw])/g;
/** Suffixes of Kubernetes' quantities, and their factors. */
const SUFFIXES: Readonly<Record<string, readonly [times: number, by: number]>> = {
  m: [1, 1000],
  k: [1e3, 1],
  M: [1e6, 1],
  G: [1e9, 1],
  T: [1e12, 1],
  Ki: [2 ** 10, 1],
  Mi: [2 ** 20, 1],
  Gi: [2 ** 30, 1],
  Ti: [2 ** 40, 1],
};
const QUANTITY = /^(\d+(?:\.\d+)?)(m|k|[MGT]i?|Ki)$/;
const PLAIN = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/** How a number of each unit may be written, for messages and for the JSON Schema. */
export const WRITTEN: Readonly<Record<Unit, { readonly as: string; readonly pattern: string | null }>> = {
  cores: { as: "cores such as 0.05, or milli-cores such as 50m", pattern: "^\\d+(\\.\\d+)?m?$" },
  amount: {
    as: "a number, or a quantity such as 500m, 10k, 500Mi",
    pattern: "^\\d+(\\.\\d+)?(m|k|[MGT]i?|Ki)?$",
  },
  seconds: {
    as: "seconds, or a duration such as 15s, 30m, 7d",
    pattern: "^((\\d+(\\.\\d+)?(ms|[smhdw]))+|\\d+(\\.\\d+)?)$",
  },
  days: {
    as: "days such as 1 or 365.25, or a duration such as 5m, 8h",
    pattern: "^((\\d+(\\.\\d+)?(ms|[smhdw]))+|\\d+(\\.\\d+)?)$",
  },
  replicas: { as: "a whole number of pods", pattern: null },
  count: { as: "a whole number", pattern: null },
  price: { as: "a number such as 0.04", pattern: null },
  ratio: { as: "a number such as 0.9, or 90%", pattern: "^\\d+(\\.\\d+)?%$" },
  number: { as: "a number", pattern: null },
};

/**
 * Longer texts are no number. The patterns take a time that grows with the square of the length: an annotation of
 * 250,000 digits held a run for two minutes.
 */
const MAX_TEXT_LENGTH = 100;

/** Parses a number or its text into base units (cores, seconds); null: neither, NaN or infinite. */
export function parseUnit(unit: Unit, value: unknown): number | null {
  const isText = typeof value === "string" && value.length <= MAX_TEXT_LENGTH;
  const parsed = typeof value === "number" ? value : isText ? parseText(unit, value.trim()) : null;
  if (parsed === null || !Number.isFinite(parsed)) return null;
  const whole = unit === "replicas" || unit === "count";
  return whole && !Number.isInteger(parsed) ? null : parsed;
}

function parseText(unit: Unit, text: string): number | null {
  if (PLAIN.test(text)) return Number(text);
  if (unit === "cores" && text.endsWith("m")) return scaled(text.slice(0, -1), 1000);
  if (unit === "amount") return quantityOf(text);
  if (unit === "ratio" && text.endsWith("%")) return scaled(text.slice(0, -1), 100);
  if (unit === "seconds" && DURATION.test(text)) return durationOf(text);
  return unit === "days" && DURATION.test(text) ? durationOf(text) / SECONDS.d! : null;
}

function durationOf(text: string): number {
  let sum = 0;
  for (const [, amount, suffix] of text.matchAll(DURATION_PART)) sum += Number(amount) * SECONDS[suffix!]!;
  return sum;
}

function quantityOf(text: string): number | null {
  const [, number, suffix] = QUANTITY.exec(text) ?? [];
  if (number === undefined || suffix === undefined) return null;
  const [times, by] = SUFFIXES[suffix]!;
  return (Number(number) * times) / by;
}

/** Divides by a whole divisor, not by 0.001: 50m is 0.05 exactly. */
function scaled(text: string, divisor: number): number | null {
  return PLAIN.test(text) ? Number(text) / divisor : null;
}

/** Writes a number so that parseUnit reads the same again: 1800 seconds are `30m`, 0.05 cores are `50m`. */
export function formatUnit(unit: Unit, value: number): string {
  if (unit === "cores" && value > 0 && value < 1) {
    const milli = `${Number((value * 1000).toPrecision(12))}m`;
    return parseUnit(unit, milli) === value ? milli : String(value);
  }
  if (unit !== "seconds" || value === 0 || !Number.isInteger(value)) {
    return unit === "seconds" && value !== 0 ? `${value}s` : String(value);
  }
  for (const suffix of ["d", "h", "m"]) {
    const size = SECONDS[suffix]!;
    if (value % size === 0) return `${value / size}${suffix}`;
  }
  return `${value}s`;
}
