/** One HTTP exchange, limited in time and size, without redirects. A Transport carries it out: axios for Prometheus, node:http for the API server. */
import type { Agent } from "node:http";
import type { Readable } from "node:stream";
import { codeOf, isTransientCode, TransportError } from "../errors.ts";

/** The request to send. */
export interface HttpRequest {
  readonly method: "GET" | "POST" | "PATCH";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** The connections that it uses. */
  readonly agent: Agent;
}

/** The head of an answer, and its body as it comes in, decompressed. */
export interface HttpResponse {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Readable;
}

/** Sends a request. Follows no redirect, accepts every status, and stops when the signal aborts. */
export type Transport = (request: HttpRequest, signal: AbortSignal) => Promise<HttpResponse>;

/** Makes the request. Fetching its credentials counts towards its time. */
export type RequestFactory = () => HttpRequest | Promise<HttpRequest>;

/** The limits of an exchange. */
export interface ExchangeLimits {
  readonly milliseconds: number;
  /** The largest body of an answer with status 2xx, in bytes. Other answers are only quoted, so their beginning is enough. */
  readonly bytes: number;
  /** Ends it earlier, when the time of the whole run is over. */
  readonly signal?: AbortSignal | undefined;
}

/** An answer of any status. */
export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly retryAfter?: string;
  readonly location?: string;
}

/** At most so much of an error's body is read. A Status of Kubernetes and an error of Prometheus are under 4 kB. */
const MAX_ERROR_BODY_BYTES = 64 * 1024;

/** Sends one request and reads its answer. Throws TransportError, which has nothing of the request, since headers are credentials. */
export async function exchange(transport: Transport, make: RequestFactory, bounds: ExchangeLimits): Promise<Answer> {
  if (isOver(bounds.signal)) throw over(bounds.signal);
  // a timer that the process waits for, unlike AbortSignal.timeout: after an answer with 101 nothing else keeps it alive, and nothing was said
  const limit = new AbortController();
  const late = limit.signal;
  const timer = setTimeout(() => limit.abort(), Math.max(1, Math.round(bounds.milliseconds)));
  const signal = bounds.signal === undefined ? late : AbortSignal.any([late, bounds.signal]);
  let waitingFor: "credentials" | "answer" = "credentials";
  try {
    const request = sendable(await before(signal, make()));
    waitingFor = "answer";
    return await before(signal, transfer(transport, request, bounds.bytes, signal));
  } catch (error) {
    if (error instanceof TransportError) throw error;
    if (isOver(bounds.signal)) throw over(bounds.signal);
    if (late.aborted) {
      const seconds = (bounds.milliseconds / 1000).toFixed(1);
      throw new TransportError("ETIMEDOUT", `no ${waitingFor} within ${seconds} s`, true);
    }
    throw waitingFor === "answer" ? broken(error) : new TransportError("ECREDENTIALS", textOf(error), false);
  } finally {
    clearTimeout(timer);
  }
}

/** What every server reads alike: printable ASCII and tabs. */
const SENDABLE = /^[\t\x20-\x7e]*$/;

/**
 * The request as it is sent: without the line end that a header's value from a Secret may have. Throws TransportError for any other value that
 * a header cannot carry. axios leaves such characters out in silence, and the rest may be the name of another tenant.
 */
function sendable(request: HttpRequest): HttpRequest {
  const headers = Object.entries(request.headers).map(([name, value]) => [name, value.trim()] as const);
  const wrong = headers.find(([, value]) => !SENDABLE.test(value));
  if (wrong === undefined) return { ...request, headers: Object.fromEntries(headers) };
  const why = "has a line break within it, or a character that is not ASCII, which no header can carry";
  throw new TransportError("EHEADER", `the value of the header ${wrong[0]} ${why}; nothing was sent`, false);
}

/** The error for a time that is over; whoever set the limit names it. */
function over(signal: AbortSignal | undefined): TransportError {
  const reason: unknown = signal?.reason;
  const why = reason instanceof Error && reason.name === "Error" ? `: ${reason.message}` : "";
  return new TransportError("EABORTED", `the time of the run is over${why}`, false);
}

/** Whether the signal is aborted. It is a call, since the state changes between two checks. */
function isOver(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}

/** The promise's result, or an error when the time is over first: nothing outlasts it, whether it heeds the signal or not. */
function before<T>(signal: AbortSignal, work: T | Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const end = () => reject(signal.reason);
    signal.addEventListener("abort", end, { once: true });
    Promise.resolve(work)
      .then(resolve, reject)
      .finally(() => signal.removeEventListener("abort", end));
  });
}

async function transfer(
  transport: Transport,
  request: HttpRequest,
  most: number,
  signal: AbortSignal,
): Promise<Answer> {
  const response = await transport(request, signal);
  const good = response.status >= 200 && response.status < 300;
  const { body, whole } = await collect(response.body, good ? most : MAX_ERROR_BODY_BYTES, signal);
  if (good && !whole) throw new TransportError("ETOOLARGE", `the answer is larger than ${size(most)}`, false);
  return { status: response.status, body, ...headersOf(response) };
}

/** The body up to so many bytes. Leaving a stream early destroys it and its connection. */
async function collect(stream: Readable, most: number, signal: AbortSignal): Promise<{ body: string; whole: boolean }> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const stop = () => stream.destroy(new Error("aborted"));
  signal.addEventListener("abort", stop, { once: true });
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      chunks.push(chunk);
      if (bytes > most) break;
    }
  } finally {
    signal.removeEventListener("abort", stop);
  }
  return { body: Buffer.concat(chunks, Math.min(bytes, most)).toString("utf8"), whole: bytes <= most };
}

function headersOf({ headers }: HttpResponse): Pick<Answer, "retryAfter" | "location"> {
  const [after, location] = [headers["retry-after"], headers.location];
  return {
    ...(typeof after === "string" ? { retryAfter: after } : {}),
    ...(typeof location === "string" ? { location } : {}),
  };
}

/** What OpenSSL's words mean, and what to do. */
const TLS_WORDS: readonly (readonly [RegExp, string])[] = [
  [/wrong version number/, "the server there does not speak TLS: should its URL begin with http://?"],
  [/PEM routines/, "a certificate or key is not in PEM form, which begins with -----BEGIN"],
];

/** An error with code and message alone: axios' errors contain the whole request. */
function broken(error: unknown): TransportError {
  const code = codeOf(error);
  const said = textOf(error);
  const text = TLS_WORDS.find(([words]) => words.test(said))?.[1] ?? said;
  // an answer that broke off: "aborted" by Node, ERR_BAD_RESPONSE by axios
  const brokeOff = code === "ERR_BAD_RESPONSE" || /^aborted$/i.test(text);
  const words = text === "" || text.includes(code) ? text || code || "no answer" : `${code}: ${text}`;
  const stale = (error as { reusedSocket?: unknown } | null)?.reusedSocket === true;
  return new TransportError(code || "EUNKNOWN", words, brokeOff || isTransientCode(code), stale);
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Bytes in words. */
function size(bytes: number): string {
  return bytes < 1024 * 1024 ? `${Math.ceil(bytes / 1024)} KiB` : `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}
