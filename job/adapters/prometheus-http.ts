/** The one importer of axios: a POST to Prometheus with its credentials, bounded in time and size, no redirects, no secrets in errors. */
import type { PrometheusSettings } from "../config/types.ts";
import type { EpochSeconds } from "../core/units.ts";
import { createRedactor, type Redactor } from "../output/redactor.ts";
import { codeOf, isTransientCode, TransportError } from "./errors.ts";

/** What came back, whatever the status. */
export interface Answer {
  readonly status: number;
  readonly body: string;
  /** The Date header in epoch seconds (whole seconds), if readable. */
  readonly date?: EpochSeconds;
  readonly retryAfter?: string;
  readonly location?: string;
}

/** An opened connection to one Prometheus. */
export interface PrometheusHttp {
  /** Base URL without user, password, or trailing slash; safe to print. */
  readonly base: string;
  /** Replaces every known secret in a text. */
  readonly redact: (text: string) => string;
  /** Sends a form. Throws TransportError, with nothing of the request in it. */
  post(path: string, form: Readonly<Record<string, string>>, milliseconds: number): Promise<Answer>;
  close(): void;
}

/** 10,000 series of 121 points are about 40 MB; one aggregated series is 5 kB. Above this a query is not an aggregate. */
const largestBody = 64 * 1024 * 1024;

/** Reads the credentials' files and loads axios (about 65 ms, hence only when there is something to ask). Throws on unreadable files. */
export async function openPrometheus(
  settings: PrometheusSettings,
  redact: Redactor = createRedactor(),
): Promise<PrometheusHttp> {
  const url = new URL(settings.url);
  const credentials = await readCredentials(settings, url);
  url.username = "";
  url.password = "";
  const base = `${url.origin}${url.pathname}`.replace(/\/+$/, "");
  const headers = { ...settings.headers, ...(await headersFromFiles(settings)) };
  redact.learn(...credentials.secrets, ...Object.values(headers));
  const agent = await httpsAgent(settings, url);
  const { default: axios } = await import("axios");
  const client = axios.create({
    adapter: "http",
    headers: {
      Accept: "application/json",
      "User-Agent": "prophet-autoscaler",
      ...(settings.tenant === undefined ? {} : { "X-Scope-OrgID": settings.tenant }),
      ...headers,
      ...(credentials.authorization === undefined ? {} : { Authorization: credentials.authorization }),
    },
    responseType: "text",
    transformResponse: [(body: unknown) => body],
    validateStatus: () => true,
    // a redirect would carry the credentials along, and turns POST into GET: the URL is to be corrected instead
    maxRedirects: 0,
    maxContentLength: largestBody,
    ...(agent ? { httpsAgent: agent } : {}),
  });
  return {
    base,
    redact,
    post: async (path, form, milliseconds) => {
      const signal = AbortSignal.timeout(Math.max(1, Math.round(milliseconds)));
      try {
        const { status, headers, data } = await client.post<unknown>(base + path, new URLSearchParams(form), {
          signal,
        });
        return answer(status, headers as Readonly<Record<string, unknown>>, data);
      } catch (error) {
        throw transportError(error, signal.aborted, milliseconds, redact);
      }
    },
    close: () => agent?.destroy(),
  };
}

interface Credentials {
  readonly authorization?: string;
  readonly secrets: readonly string[];
}

async function readCredentials(settings: PrometheusSettings, url: URL): Promise<Credentials> {
  if (settings.bearerToken !== undefined || settings.bearerTokenFile !== undefined) {
    const token = settings.bearerToken ?? (await readSecret(settings.bearerTokenFile ?? ""));
    return { authorization: `Bearer ${token}`, secrets: [token] };
  }
  const inUrl = url.username === "" ? undefined : { username: url.username, password: url.password };
  const basic = settings.basic ?? (inUrl && decoded(inUrl));
  if (basic === undefined) return { secrets: [] };
  const file = "passwordFile" in basic ? basic.passwordFile : undefined;
  const password = basic.password ?? (file === undefined ? "" : await readSecret(file));
  const pair = Buffer.from(`${basic.username}:${password}`).toString("base64");
  return { authorization: `Basic ${pair}`, secrets: [password, pair, encodeURIComponent(password)] };
}

function decoded(pair: { username: string; password: string }): { username: string; password: string } {
  return { username: decodeURIComponent(pair.username), password: decodeURIComponent(pair.password) };
}

/** Those of the environment are among the settings' headers already. */
async function headersFromFiles({ headersFrom }: PrometheusSettings): Promise<Readonly<Record<string, string>>> {
  const entries = Object.entries(headersFrom).map(async ([name, { file }]) =>
    file === undefined ? [] : [[name, await readSecret(file)] as const],
  );
  return Object.fromEntries((await Promise.all(entries)).flat());
}

async function readSecret(file: string): Promise<string> {
  const { readFile } = await import("node:fs/promises");
  return (await readFile(file, "utf8")).trim();
}

async function httpsAgent(settings: PrometheusSettings, url: URL): Promise<{ destroy(): void } | undefined> {
  if (url.protocol !== "https:") return undefined;
  const [{ Agent }, { readFile }] = await Promise.all([import("node:https"), import("node:fs/promises")]);
  const { caFile, certFile, keyFile, insecureSkipVerify } = settings.tls ?? {};
  return new Agent({
    keepAlive: true,
    // said outright, so that NODE_TLS_REJECT_UNAUTHORIZED=0 left in some environment does not turn checking off
    rejectUnauthorized: insecureSkipVerify !== true,
    ...(caFile === undefined ? {} : { ca: await readFile(caFile) }),
    ...(certFile === undefined ? {} : { cert: await readFile(certFile) }),
    ...(keyFile === undefined ? {} : { key: await readFile(keyFile) }),
  });
}

function answer(status: number, headers: Readonly<Record<string, unknown>>, data: unknown): Answer {
  const text = (name: string) => (typeof headers[name] === "string" ? headers[name] : undefined);
  const date = Date.parse(text("date") ?? "");
  const [after, location] = [text("retry-after"), text("location")];
  return {
    status,
    body: typeof data === "string" ? data : "",
    ...(Number.isNaN(date) ? {} : { date: date / 1000 }),
    ...(after === undefined ? {} : { retryAfter: after }),
    ...(location === undefined ? {} : { location }),
  };
}

/** AxiosError holds the whole request with its Authorization header: only code and message are taken over. */
function transportError(
  error: unknown,
  timedOut: boolean,
  milliseconds: number,
  redact: (text: string) => string,
): TransportError {
  const code = timedOut ? "ETIMEDOUT" : codeOf(error) || "EUNKNOWN";
  const text = error instanceof Error ? error.message : String(error);
  if (timedOut) return new TransportError(code, `no answer within ${(milliseconds / 1000).toFixed(1)} s`, true);
  if (text.includes("maxContentLength")) {
    return new TransportError("ETOOLARGE", `the answer is larger than ${largestBody / 1024 / 1024} MiB`, false);
  }
  // axios' own name for an answer that broke off
  const brokeOff = code === "ERR_BAD_RESPONSE" && /abort/i.test(text);
  return new TransportError(
    code,
    redact(`${code}${text === "" ? "" : `: ${text}`}`),
    brokeOff || isTransientCode(code),
  );
}
