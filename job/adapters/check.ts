/** The doctor's result about one thing, and texts for errors. */
import type { Seconds } from "../core/units.ts";

/** One line of the answer. `todo` says what to do, if anything. */
export interface Check {
  readonly check: string;
  readonly status: "ok" | "warn" | "fail";
  readonly message: string;
  readonly todo?: string;
}

/** The message of whatever was thrown, with its cause. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause =
    error.cause instanceof Error && !error.message.includes(error.cause.message) ? `: ${error.cause.message}` : "";
  return `${error.message}${cause}`;
}

/** From this many samples per new value of the source on, a step is too fine. */
const MIN_SAMPLES_PER_STEP = 1.5;

/**
 * A check where `step` is finer than the source, which has a new value every `cadence` seconds. A finer step only repeats values; a coarser
 * one loses nothing.
 * `of` names the target. Empty where the cadence is not known, or the step fits it.
 */
export function stepCheck(of: string, step: Seconds, cadence: Seconds | undefined): readonly Check[] {
  if (cadence === undefined || !(cadence >= MIN_SAMPLES_PER_STEP * step)) return [];
  // scrapes are counted, and counts differ by one
  const every = cadence < 10 ? Math.round(cadence) : 5 * Math.round(cadence / 5);
  const message = `${step} s, but the source has a new value every ${every} s only: the others are repeats`;
  const todo = `set step: ${every}s, or scrape every ${step} s; until then a repeat counts as no sample`;
  return [{ check: `step of ${of}`, status: "warn", message, todo }];
}
