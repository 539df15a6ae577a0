/** The time of a run: reading has its share of it, so that what was read can still be decided and carried out. */
import type { Seconds } from "../core/units.ts";
import type { Clock } from "../ports.ts";

/** When the parts of a run are over. */
export interface Budget {
  readonly reading: AbortSignal;
  readonly whole: AbortSignal;
}

/** 27 s of 45: a query that hangs is given up after 20 s at the defaults; the rest is for a claim, a write and an Event a target, of which 16 go on at a time. */
const READING_SHARE = 0.6;

/** A budget that begins now. Without a time it never ends. */
export function openBudget(clock: Clock, timeout: Seconds | undefined): Budget {
  if (timeout === undefined) return { reading: NEVER, whole: NEVER };
  const share = timeout * READING_SHARE;
  return {
    reading: clock.after(share, `reading may take ${seconds(share)} of ${seconds(timeout)} (--timeout)`),
    whole: clock.after(timeout, `${seconds(timeout)} (--timeout)`),
  };
}

/** When reading is over for what begins to be read only now, `left` seconds before the end: the same share of what is left. */
export function readingUntil(clock: Clock, left: Seconds): AbortSignal {
  const share = Math.max(0, left) * READING_SHARE;
  return clock.after(share, `reading may take ${seconds(share)} of the ${seconds(left)} that are left (--timeout)`);
}

function seconds(value: Seconds): string {
  return `${Number(value.toFixed(1))} s`;
}

const NEVER = new AbortController().signal;
