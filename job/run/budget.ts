/** The time of a run: reading gets a share of it, so that what was read can still be decided and carried out. */
import type { Seconds } from "../core/units.ts";
import type { Clock } from "../ports.ts";

/** Signals that abort when the parts of a run must end. */
export interface Budget {
  readonly reading: AbortSignal;
  readonly whole: AbortSignal;
}

/**
 * 27 s of 45: a query that hangs is given up after 20 s by default. The rest is for a claim, and for a write and an Event of each target, 16
 * of which run at a time.
 */
const READING_SHARE = 0.6;

/** A budget that starts now. Without a timeout it never ends. */
export function openBudget(clock: Clock, timeout: Seconds | undefined): Budget {
  if (timeout === undefined) return { reading: NEVER, whole: NEVER };
  const share = timeout * READING_SHARE;
  return {
    reading: clock.after(share, `reading may take ${seconds(share)} of ${seconds(timeout)} (--timeout)`),
    whole: clock.after(timeout, `${seconds(timeout)} (--timeout)`),
  };
}

/** The end of reading for a slice that starts late, `left` seconds before the end: the same share of the rest. */
export function readingUntil(clock: Clock, left: Seconds): AbortSignal {
  const share = Math.max(0, left) * READING_SHARE;
  return clock.after(share, `reading may take ${seconds(share)} of the ${seconds(left)} that are left (--timeout)`);
}

function seconds(value: Seconds): string {
  return `${Number(value.toFixed(1))} s`;
}

const NEVER = new AbortController().signal;
