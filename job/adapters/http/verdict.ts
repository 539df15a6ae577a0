/** What is tried again: one verdict on everything that can go wrong between us and a server. */
import type { EpochSeconds, Seconds } from "../../core/units.ts";
import { isTransientStatus, TransportError } from "../errors.ts";
import type { Answer } from "./exchange.ts";
import type { Verdict } from "./retry.ts";

/** An answer whose status says that the same request may succeed in a moment. */
export class TransientResponse extends Error {
  readonly answer: Answer;
  constructor(answer: Answer) {
    super(`status ${answer.status}`);
    this.answer = answer;
  }
}

/** Error codes from before the first byte was sent: the request certainly had no effect. */
const NOT_SENT: ReadonlySet<string> = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "ECREDENTIALS"]);

/** Whether what failed was surely not carried out: not sent, or throttled at the door. */
export function isUndone(error: unknown): boolean {
  if (error instanceof TransientResponse) return error.answer.status === 429;
  return error instanceof TransportError && NOT_SENT.has(error.code);
}

/**
 * A read is tried again after whatever may pass. A write whose answer was lost may have been carried out, and so may one
 * that a gateway gave up on (502 to 504): it is tried again only where it surely was not, and over a new connection where
 * a kept one had been closed by the server, as Go's client does. Each of our writes names what it found (a version, the
 * replicas), so that a second one cannot take effect twice. `now`: epoch seconds, for dates.
 */
export function judge(error: unknown, write: boolean, now: EpochSeconds): Verdict {
  if (error instanceof TransientResponse) {
    const { status, retryAfter: header } = error.answer;
    const after = retryAfter(header, now);
    const again = isTransientStatus(status) && (!write || isUndone(error));
    return { again, ...(after === undefined ? {} : { after }) };
  }
  if (!(error instanceof TransportError)) return { again: false };
  return { again: error.transient && (!write || isUndone(error) || error.stale) };
}

/** Seconds a Retry-After header asks for (a number of seconds or an HTTP date, RFC 9110 section 10.2.3); undefined when unreadable. */
export function retryAfter(header: string | undefined, nowSeconds: number): Seconds | undefined {
  if (header === undefined) return undefined;
  if (/^\d+$/.test(header.trim())) return Number(header);
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date / 1000 - nowSeconds);
}

/** Why an answer of status 3xx is of no use. Redirects are not followed: they would carry the credentials along, and turn a POST into a GET. */
export function redirected(location: string | undefined): string {
  const where = location === undefined ? "nowhere" : originOf(location);
  return `redirected to ${where}; redirects are not followed, set the URL to where it should go`;
}

/** Without the query: a login page gets tokens there. */
function originOf(location: string): string {
  return URL.canParse(location) ? new URL(location).origin : (location.split("?")[0] ?? "");
}
