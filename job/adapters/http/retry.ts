/** Retries after transient errors, with full jitter, within one deadline. */
import type { Seconds } from "../../core/units.ts";

/** The clock and randomness of retries; tests give their own. */
export interface Timing {
  /** Monotonic milliseconds. */
  now(): number;
  /** Resolves earlier when the signal is aborted. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
  /** Uniform in [0, 1). */
  random(): number;
}

/** Node's own clock, timer and randomness. */
export const realTiming: Timing = {
  now: () => performance.now(),
  sleep: (milliseconds, signal) =>
    new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", end);
        resolve();
      };
      const timer = setTimeout(end, milliseconds);
      signal?.addEventListener("abort", end);
    }),
  random: () => Math.random(),
};

/** What to do about a failed attempt. `after`: the seconds that the server asked for (Retry-After). */
export interface RetryVerdict {
  readonly again: boolean;
  readonly after?: Seconds;
}

/** Limits of all attempts together. */
export interface RetryOptions {
  /** The number of attempts, at least 1. */
  readonly attempts: number;
  /** Time for all attempts and pauses together. */
  readonly deadline: Seconds;
  /** Longest single attempt. */
  readonly timeout: Seconds;
  /** No further attempt once it is aborted, and no pause goes on. */
  readonly signal?: AbortSignal | undefined;
}

/** The first pause is up to 0.2 s, the next up to 0.4, 0.8, ... and never above 3 s: a job has less than a minute. */
const BASE_PAUSE_MS = 200;
const MAX_PAUSE_MS = 3000;

/**
 * Runs `attempt` until it succeeds. Stops when the judge says no, the attempts are used up, or the next pause would pass the deadline, and
 * throws the last error.
 * `milliseconds` is the time that the attempt may take. Full jitter: a thousand jobs that failed together must not return together.
 */
export async function retry<T>(
  attempt: (milliseconds: number, number: number) => Promise<T>,
  judge: (error: unknown) => RetryVerdict,
  options: RetryOptions,
  timing: Timing = realTiming,
): Promise<T> {
  const isOver = () => options.signal?.aborted === true;
  const end = timing.now() + options.deadline * 1000;
  for (let n = 1; ; n++) {
    try {
      const left = Math.max(1, end - timing.now());
      return await attempt(Math.min(left, options.timeout * 1000), n);
    } catch (error) {
      const verdict = judge(error);
      if (!verdict.again || n >= options.attempts) throw error;
      const jitter = timing.random() * Math.min(MAX_PAUSE_MS, BASE_PAUSE_MS * 2 ** (n - 1));
      const pause = Math.max(jitter, (verdict.after ?? 0) * 1000);
      if (timing.now() + pause >= end || isOver()) throw error;
      await timing.sleep(pause, options.signal);
      if (isOver()) throw error;
    }
  }
}
