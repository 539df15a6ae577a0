/** Readers of untrusted JSON values: the value if it makes sense, else null or empty. They never throw. */

/** A JSON object of unknown content. */
export type Raw = Readonly<Record<string, unknown>>;

/** Replicas are int32 in Kubernetes. */
const MAX_REPLICAS = 2_147_483_647;
/** 9999-12-31: later times are invalid. */
const MAX_TIME = 253_402_300_799;

/** A plain object, else null. */
export function readObject(value: unknown): Raw | null {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Raw) : null;
}

/** An array, else an empty one. */
export function readArray(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A finite number, else null. */
export function readNumber(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

/** A whole number from 0 to the largest int32, else null. */
export function readInteger(value: unknown): number | null {
  const number = readNumber(value);
  return number !== null && Number.isInteger(number) && number >= 0 && number <= MAX_REPLICAS ? number : null;
}

/** Epoch seconds that can be a time, else null. */
export function readTime(value: unknown): number | null {
  const number = readNumber(value);
  return number !== null && number >= 0 && number <= MAX_TIME ? number : null;
}

/** A flat array as rows of `width` numbers; ends before the first row that is not all finite numbers. */
export function readRows(value: unknown, width: number): readonly (readonly number[])[] {
  const flat = readArray(value);
  const rows: number[][] = [];
  for (let i = 0; i + width <= flat.length; i += width) {
    const row = flat.slice(i, i + width).map(readNumber);
    if (row.includes(null)) break;
    rows.push(row as number[]);
  }
  return rows;
}

/** Times to the millisecond, so that sums of differences come back exactly. */
export function roundToMilliseconds(time: number): number {
  return Math.round(time * 1000) / 1000;
}
