/** The adapters' named errors: what was asked, what came back, and the cause; never a secret. */

import { cut } from "../output/escape.ts";

/** A history could not be read. `status` is the HTTP status if there was an answer. */
export class HistoryError extends Error {
  override readonly name = "HistoryError";
  readonly request: string;
  readonly status: number | undefined;

  constructor(request: string, status: number | undefined, came: string, cause?: unknown) {
    super(`${request}: ${came}`, cause === undefined ? undefined : { cause });
    this.request = request;
    this.status = status;
  }
}

/**
 * A call to the API server failed. `status` is undefined where no answer came; `reason` is Kubernetes' own word (NotFound, Forbidden, ...).
 * `uncertain`: the write may have been carried out all the same.
 */
export class ClusterError extends Error {
  override readonly name = "ClusterError";
  readonly request: string;
  readonly status: number | undefined;
  readonly reason: string;
  /** The caller resets it once it has checked the object. */
  uncertain: boolean;

  constructor(
    request: string,
    status: number | undefined,
    reason: string,
    came: string,
    cause?: unknown,
    uncertain = false,
  ) {
    super(
      `${request}: ${status === undefined ? "" : `${status} ${reason}: `}${came}`,
      cause === undefined ? undefined : { cause },
    );
    this.request = request;
    this.status = status;
    this.reason = reason;
    this.uncertain = uncertain;
  }
}

/**
 * The transport gave no usable answer: refused, reset, timed out, or too large. `transient`: another attempt may succeed.
 * `stale`: the request used a kept connection that the server had closed meanwhile.
 */
export class TransportError extends Error {
  override readonly name = "TransportError";
  readonly code: string;
  readonly transient: boolean;
  readonly stale: boolean;

  constructor(code: string, message: string, transient: boolean, stale = false) {
    super(message);
    this.code = code;
    this.transient = transient;
    this.stale = stale;
  }
}

/** Codes of the network and of DNS after which the same request may well succeed. */
const TRANSIENT_CODES: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "ECONNABORTED",
  "ETIMEDOUT",
  "EPIPE",
  "EAI_AGAIN",
  "ENOTFOUND",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_SOCKET",
]);

/** Whether an error code of Node's network layer is transient. Certificate errors are not. */
export function isTransientCode(code: string): boolean {
  return TRANSIENT_CODES.has(code);
}

/** Statuses after which the same read may succeed: throttled, or a gateway or server that is down for the moment. */
export function isTransientStatus(status: number): boolean {
  return status === 429 || status === 502 || status === 503 || status === 504;
}

/** The code of a thrown network error, also where Node hides it in an AggregateError or a cause; "" when there is none. */
export function codeOf(error: unknown): string {
  if (typeof error !== "object" || error === null) return "";
  const { code, cause, errors } = error as { code?: unknown; cause?: unknown; errors?: unknown };
  if (typeof code === "string") return code;
  return codeOf(cause) || (Array.isArray(errors) ? codeOf(errors[0]) : "");
}

/** The first characters of a body on one line, for messages. */
export function excerpt(body: string, length = 200): string {
  const begin = body.slice(0, length * 4);
  const line = begin.replace(/\s+/g, " ").trim();
  if (line === "") return "an empty body";
  // dots wherever something is left out: they tell the redactor that a secret may have been cut
  return cut(begin.length < body.length ? `${line}...` : line, length + 3);
}
