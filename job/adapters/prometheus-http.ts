/** Queries Prometheus, with retries where they may help. Every failure is a HistoryError without secrets. */

import type { Environment } from "../config/environment.ts";
import type { PrometheusSettings } from "../config/types.ts";
import { pluralize, type Seconds } from "../core/units.ts";
import { createRedactor, type Redactor } from "../output/redactor.ts";
import { HistoryError, TransportError } from "./errors.ts";
import { openAgent, proxyOf, through } from "./http/pool.ts";
import { type HttpTools, type Sent, send } from "./http/send.ts";
import { openSlots, type SlotRequest } from "./http/slots.ts";
import { redirected } from "./http/verdict.ts";
import type { AdapterLog } from "./log.ts";
import { errorText } from "./prometheus-answer.ts";
import { axiosTransport } from "./prometheus-axios.ts";
import {
  type HttpMethod,
  openSigner,
  printable,
  type QueryParameters,
  queryRequest,
  tlsOf,
  urlOf,
} from "./prometheus-request.ts";

/**
 * A thousand targets must not become a thousand connections: Prometheus itself answers 20 queries at a time.
 * Of 24 targets whose first 20 queries hang, the last is queried after 5 s. 16 MiB of answers become about 50 in memory.
 */
const SLOTS = { most: 4, patience: 1000, atMost: 32, bytes: 16 * 1024 * 1024 };

/**
 * Answers with a lower limit than this are asked for uncompressed. Two hours at 15 s are 16 kB. Decompression took 0.3 of the 0.7 ms of CPU
 * per query, over 3,000 queries, 8 at a time, with the server on the same machine.
 */
const MAX_PLAIN_BYTES = 512 * 1024;

/** A good answer. */
export interface PrometheusAnswer {
  /** The request, for messages. */
  readonly request: string;
  readonly body: string;
  /** Replaces every known secret in a text. */
  readonly redact: (text: string) => string;
}

/** The largest accepted answer, whether the run can do without it, and when its time is over. */
export interface QueryOptions extends SlotRequest {
  /** Seconds for a single attempt, from its turn on; absent: attempts and time as in the settings. */
  readonly once?: Seconds;
  readonly signal?: AbortSignal | undefined;
}

/** An opened Prometheus. */
export interface PrometheusHttp {
  /** Requests a path, when its turn comes. Throws HistoryError. */
  ask(path: string, form: QueryParameters, how: QueryOptions): Promise<PrometheusAnswer>;
  close(): void;
}

/** What queries need besides the settings; all optional. */
export interface PrometheusTools extends HttpTools {
  /** For HTTP_PROXY and similar variables, and for the clouds' libraries. */
  readonly env?: Environment | undefined;
  readonly log?: AdapterLog | undefined;
  /** Learns every secret that is read. */
  readonly redactor?: Redactor | undefined;
}

/** A read-only proxy may take a POST for a write (403), or not know it (405). */
const REFUSES_POST: ReadonlySet<number> = new Set([403, 405]);

/** Reads the TLS files and loads axios and the authentication. Throws where a file cannot be read. */
export async function openPrometheus(
  settings: PrometheusSettings,
  { env = {}, log = () => {}, redactor = createRedactor(), ...outside }: PrometheusTools,
): Promise<PrometheusHttp> {
  const url = urlOf(settings);
  const proxy = await proxyOf(url, env);
  const agent = openAgent(url, await tlsOf(settings, url), SLOTS.atMost, proxy);
  const prove = await openSigner(settings, { env, redactor, log, proxy });
  const transport = await axiosTransport();
  const attempts = settings.retries + 1;
  const { timeout } = settings;
  const limits = { attempts, timeout, deadline: timeout * Math.min(2, attempts), write: false };
  const slots = openSlots(SLOTS);
  const askBy = async (method: HttpMethod, path: string, form: QueryParameters, how: QueryOptions) => {
    const request = `${method} ${printable(url, path)}${through(proxy)} ${JSON.stringify(form.query ?? "")}`;
    const { bytes, signal, once } = how;
    const make = async () => {
      const { headers, ...signed } = await prove(queryRequest(url, method, path, form));
      // not signed: a proxy may change it
      const plain = bytes <= MAX_PLAIN_BYTES ? { "accept-encoding": "identity" } : {};
      return { ...signed, headers: { ...plain, ...headers }, agent };
    };
    const own = once === undefined ? limits : { attempts: 1, timeout: once, deadline: once, write: false };
    const ask = () => send(transport, make, { ...own, bytes, signal }, outside);
    const answer = await slots(how, ask).catch((error: unknown) => {
      throw noAnswer(redactor(request), error, redactor);
    });
    return { ...answer, request: redactor(request), redact: redactor };
  };
  let known: HttpMethod = "POST";
  return {
    ask: async (path, form, how) => {
      const answer = await askBy(known, path, form, how);
      if (answer.status === 200) return answer;
      const reason = redactor(refusal(answer));
      if (known === "GET" || !REFUSES_POST.has(answer.status))
        throw new HistoryError(answer.request, answer.status, reason);
      const again = await askBy("GET", path, form, how);
      if (again.status !== 200) {
        throw new HistoryError(answer.request, answer.status, `${reason}; GET: ${redactor(refusal(again))}`);
      }
      known = "GET";
      return again;
    },
    close: () => agent.destroy(),
  };
}

function noAnswer(request: string, error: unknown, redact: (text: string) => string): Error {
  if (!(error instanceof TransportError)) return error instanceof Error ? error : new Error(String(error));
  const { code, message, transient } = error;
  const hint = code === "ETOOLARGE" ? "; the query must aggregate to one series: wrap it in sum(...)" : "";
  const words = redact(message) + hint;
  return new HistoryError(request, undefined, words, new TransportError(code, words, transient));
}

function refusal({ status, body, location, attempts }: Sent): string {
  if (status >= 300 && status < 400) return `${status}, ${redirected(location)}`;
  return `${status} ${errorText(body)}${attempts > 1 ? ` (${pluralize(attempts, "attempt")})` : ""}`;
}
