/** Asks Prometheus: a form with its credentials, repeated where that may help; every failure a HistoryError without secrets. */
import type { PrometheusSettings } from "../config/types.ts";
import { createRedactor, type Redactor } from "../output/redactor.ts";
import { HistoryError, TransportError } from "./errors.ts";
import type { HttpRequest } from "./http/exchange.ts";
import { openAgent, proxyOf, type Tls, through } from "./http/pool.ts";
import type { Environment } from "./http/proxy.ts";
import { type Outside, type Sent, send } from "./http/send.ts";
import { redirected } from "./http/verdict.ts";
import { errorText } from "./prometheus-answer.ts";
import { axiosTransport } from "./prometheus-axios.ts";
import { proofOf } from "./prometheus-credentials.ts";

/** Connections at a time; a thousand targets must not become a thousand. */
export const MOST_CONNECTIONS = 4;

/** A good answer. */
export interface Asked {
  /** What was asked, for messages. */
  readonly asked: string;
  readonly body: string;
  /** Replaces every known secret in a text. */
  readonly redact: (text: string) => string;
}

/** An opened Prometheus. */
export interface PrometheusHttp {
  /** Sends a form whose answer has at most so many bytes. Throws HistoryError. */
  ask(path: string, form: Readonly<Record<string, string>>, bytes: number): Promise<Asked>;
  close(): void;
}

/** What beside the settings asking uses; all optional. */
export interface PrometheusOutside extends Outside {
  /** For HTTP_PROXY and its like. */
  readonly env?: Environment | undefined;
  readonly log?: ((level: "debug" | "warn", message: string) => void) | undefined;
  /** Learns every secret that is read. */
  readonly redactor?: Redactor | undefined;
}

/** Reads the files of TLS and loads axios. Throws when one cannot be read. */
export async function openPrometheus(
  settings: PrometheusSettings,
  outside: PrometheusOutside,
): Promise<PrometheusHttp> {
  const url = new URL(settings.url);
  const proxy = await proxyOf(url, outside.env ?? {});
  const agent = openAgent(url, await tlsOf(settings, url), MOST_CONNECTIONS, proxy);
  const transport = await axiosTransport();
  const clear = url.protocol === "http:" && proxy !== undefined;
  let told = !clear;
  const base = `${url.origin}${url.pathname}`.replace(/\/+$/, "");
  const redact = outside.redactor ?? createRedactor();
  const request = async (path: string, form: Readonly<Record<string, string>>): Promise<HttpRequest> => {
    const proof = await proofOf(settings);
    redact.learn(...proof.secrets);
    if (!told && proof.secrets.length > 0) {
      outside.log?.("warn", `credentials for ${url.host} go in clear${through(proxy)}: use https, or NO_PROXY`);
      told = true;
    }
    const headers = {
      Accept: "application/json",
      "User-Agent": "prophet-autoscaler",
      "Content-Type": "application/x-www-form-urlencoded",
      ...proof.headers,
    };
    const body = new URLSearchParams(form).toString();
    // a query in the URL says whose data is asked for (OpenShift's namespace, VictoriaMetrics' extra_label)
    return { method: "POST", url: base + path + url.search, headers, body, agent };
  };
  const attempts = settings.retries + 1;
  const { timeout } = settings;
  const limits = { attempts, timeout, deadline: timeout * Math.min(2, attempts), write: false };
  return {
    ask: async (path, form, bytes) => {
      const what = `POST ${base}${path}${through(proxy)} ${JSON.stringify(form.query ?? "")}`;
      const answer = await send(transport, () => request(path, form), { ...limits, bytes }, outside).catch(
        (error: unknown) => {
          throw noAnswer(redact(what), error, redact);
        },
      );
      const asked = redact(what);
      if (answer.status !== 200) throw new HistoryError(asked, answer.status, redact(refusal(answer)));
      return { asked, body: answer.body, redact };
    },
    close: () => agent.destroy(),
  };
}

function noAnswer(asked: string, error: unknown, redact: (text: string) => string): Error {
  if (!(error instanceof TransportError)) return error instanceof Error ? error : new Error(String(error));
  const { code, message, transient } = error;
  const hint = code === "ETOOLARGE" ? "; the query must aggregate to one series: wrap it in sum(...)" : "";
  const words = redact(message) + hint;
  return new HistoryError(asked, undefined, words, new TransportError(code, words, transient));
}

function refusal({ status, body, location, attempts }: Sent): string {
  if (status >= 300 && status < 400) return `${status}, ${redirected(location)}`;
  return `${status} ${errorText(body)}${attempts > 1 ? ` (${attempts} attempts)` : ""}`;
}

async function tlsOf({ tls }: PrometheusSettings, url: URL): Promise<Tls> {
  const rejectUnauthorized = tls?.insecureSkipVerify !== true;
  if (url.protocol !== "https:") return { rejectUnauthorized };
  const { readFile } = await import("node:fs/promises");
  const read = async (file: string | undefined) => (file === undefined ? undefined : readFile(file));
  const [ca, cert, key] = await Promise.all([read(tls?.caFile), read(tls?.certFile), read(tls?.keyFile)]);
  return { ca, cert, key, rejectUnauthorized };
}
