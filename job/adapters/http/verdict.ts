/** Decides what is retried: one verdict on all that can go wrong between us and a server. */
import type { EpochSeconds, Seconds } from "../../core/units.ts";
import { isTransientStatus, TransportError } from "../errors.ts";
import type { Answer } from "./exchange.ts";
import type { RetryVerdict } from "./retry.ts";

/** An answer whose status says that the same request may soon succeed. */
export class TransientResponse extends Error {
  readonly answer: Answer;
  constructor(answer: Answer) {
    super(`status ${answer.status}`);
    this.answer = answer;
  }
}

/** Error codes from before the first byte was sent: the request certainly had no effect. */
const NOT_SENT: ReadonlySet<string> = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "ECREDENTIALS"]);

/** Whether the failed request certainly was not carried out: not sent, or throttled. */
export function isUndone(error: unknown): boolean {
  if (error instanceof TransientResponse) return error.answer.status === 429;
  return error instanceof TransportError && NOT_SENT.has(error.code);
}

/**
 * Whether to try again. A read is retried after anything that may pass.
 * A write whose answer was lost may have been carried out, and so may one that a gateway gave up on (502 to 504).
 * So a write is retried only where it certainly was not carried out. A kept connection that the server had closed gets a new one, as in Go's
 * client.
 * Each of our writes names what it found (a version, the replicas), so a second one cannot take effect twice. `now`: epoch seconds, for dates.
 */
export function retryVerdict(error: unknown, write: boolean, now: EpochSeconds): RetryVerdict {
  if (error instanceof TransientResponse) {
    const { status, retryAfter: header } = error.answer;
    const after = retryAfter(header, now);
    const again = isTransientStatus(status) && (!write || isUndone(error));
    return { again, ...(after === undefined ? {} : { after }) };
  }
  if (!(error instanceof TransportError)) return { again: false };
  return { again: error.transient && (!write || isUndone(error) || error.stale) };
}

/** The seconds that a Retry-After header asks for: a number, or an HTTP date (RFC 9110 section 10.2.3); undefined where unreadable. */
export function retryAfter(header: string | undefined, nowSeconds: number): Seconds | undefined {
  if (header === undefined) return undefined;
  if (/^\d+$/.test(header.trim())) return Number(header);
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date / 1000 - nowSeconds);
}

/** Why an answer of status 3xx cannot be used. Redirects are not followed: they would carry credentials along, and turn a POST into a GET. */
export function redirected(location: string | undefined): string {
  const where = location === undefined ? "nowhere" : originOf(location);
  return `redirected to ${where}; redirects are not followed, set the URL to where it should go`;
}

/** The location without its query: login pages get tokens there. */
function originOf(location: string): string {
  return URL.canParse(location) ? new URL(location).origin : (location.split("?")[0] ?? "");
}
