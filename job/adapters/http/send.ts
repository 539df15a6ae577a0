/** Sends a request and repeats it as often as the verdict allows, within one deadline. */

import { pluralize, type Seconds } from "../../core/units.ts";
import { isTransientStatus, TransportError } from "../errors.ts";
import { type Answer, exchange, type RequestFactory, type Transport } from "./exchange.ts";
import { realTiming, retry, type Timing } from "./retry.ts";
import { retryVerdict, TransientResponse } from "./verdict.ts";

/** The limits of a request: time, attempts and size. */
export interface Limits {
  /** Attempts in all, at least 1. */
  readonly attempts: number;
  /** Longest single attempt. */
  readonly timeout: Seconds;
  /** Time for all attempts and pauses together. */
  readonly deadline: Seconds;
  /** Largest body of a good answer. */
  readonly bytes: number;
  /** Whether it writes: then it is repeated only where it certainly was not carried out. */
  readonly write: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** An answer, and the number of attempts. */
export interface Sent extends Answer {
  readonly attempts: number;
}

/** What sending needs from outside, besides the transport; tests replace it. */
export interface HttpTools {
  readonly timing?: Timing | undefined;
  /** Local time in epoch seconds, for dates in Retry-After. */
  readonly localTime?: (() => number) | undefined;
}

/**
 * Sends the request that `make` gives. `make` is called for each attempt, since credentials may have been renewed.
 * Gives the last answer whatever its status; throws TransportError where none came.
 */
export async function send(
  transport: Transport,
  make: RequestFactory,
  limits: Limits,
  { timing = realTiming, localTime = () => Date.now() / 1000 }: HttpTools = {},
): Promise<Sent> {
  const { bytes, signal, write } = limits;
  let attempts = 0;
  try {
    const answer = await retry(
      async (milliseconds, n) => {
        attempts = n;
        const got = await exchange(transport, make, { milliseconds, bytes, signal });
        if (isTransientStatus(got.status)) throw new TransientResponse(got);
        return got;
      },
      (error) => retryVerdict(error, write, localTime()),
      limits,
      timing,
    );
    return { ...answer, attempts };
  } catch (error) {
    if (error instanceof TransientResponse) return { ...error.answer, attempts };
    if (!(error instanceof TransportError) || attempts < 2) throw error;
    const { code, message, transient, stale } = error;
    throw new TransportError(code, `${message} (${pluralize(attempts, "attempt")})`, transient, stale);
  }
}
