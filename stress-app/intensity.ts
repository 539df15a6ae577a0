/** The input of /stress: how many CPU seconds to burn, and how long that may take. */

/** The longest burn, in CPU seconds. A request is an event of a load test, not a job. */
export const MAX_INTENSITY = 60;
/** The burn of a request that names none, in CPU seconds. */
export const DEFAULT_INTENSITY = 0.4;

/**
 * The seconds that a burn of `seconds` CPU seconds may take on the wall clock. A fifth of a core with four workers gives each a
 * twentieth.
 */
export function wallLimit(seconds: number): number {
  return 10 * seconds + 5;
}

/** What the request asks for: CPU seconds, or the sentence of the answer 400. */
export type Intensity = { readonly seconds: number } | { readonly error: string };

const RANGE = `a decimal number of seconds from 0 to ${MAX_INTENSITY}, given once, like intensity=0.4`;

/**
 * Reads the values of the query parameter `intensity`. Only plain decimals in range are taken: "1e9", "0x10", "", "NaN" and "-1" are
 * refused.
 */
export function parseIntensity(values: readonly string[]): Intensity {
  if (values.length === 0) return { seconds: DEFAULT_INTENSITY };
  const [text = ""] = values;
  if (values.length > 1) return { error: `intensity was given ${values.length} times; accepted: ${RANGE}` };
  const seconds = /^\d{1,9}(\.\d{1,9})?$/.test(text) ? Number(text) : Number.NaN;
  if (seconds >= 0 && seconds <= MAX_INTENSITY) return { seconds };
  return { error: `intensity=${JSON.stringify(text.slice(0, 40))} is not accepted; accepted: ${RANGE}` };
}
