/** A Notifier that posts to a webhook in Slack's form: one message per run, `{"text": ...}`. */
import type { Settings } from "../config/types.ts";
import type { EpochSeconds } from "../core/units.ts";
import { cut } from "../output/escape.ts";
import type { Redactor } from "../output/redactor.ts";
import type { Notification, Notifier } from "../ports.ts";
import { readSecret } from "./auth/read-secret.ts";
import { excerpt, TransportError } from "./errors.ts";
import type { Answer } from "./http/exchange.ts";
import { nodeTransport } from "./http/node-transport.ts";
import { openAgent, proxyOf, through } from "./http/pool.ts";
import { send } from "./http/send.ts";
import { redirected } from "./http/verdict.ts";
import type { NotifierTools } from "./notifier.ts";

/** A webhook could not be reached. The message names the host without the path, which is the secret. */
export class WebhookError extends Error {
  override readonly name = "WebhookError";
}

/** The webhook's settings: its URL and timeout. */
export type WebhookSettings = Settings["webhook"];

/** A line of a message is cut here; Slack takes 40,000 characters in all. */
const [LINE, LINES] = [600, 40];

/** A webhook. Reads its file for each message, since the file may be renewed. */
export function webhookNotifier(
  { url, urlFile, timeout }: WebhookSettings,
  { redactor, env }: NotifierTools,
): Notifier {
  return {
    send: async (notifications, now, signal) => {
      const to = urlOf(url ?? (await readUrl(urlFile!)), redactor);
      const proxy = await proxyOf(to, env);
      const agent = openAgent(to, { rejectUnauthorized: true }, 1, proxy);
      const request = `webhook ${to.host}${through(proxy)}`;
      const body = JSON.stringify({ text: redactor(notificationText(notifications, now)) });
      const headers = { "Content-Type": "application/json" };
      const make = () => ({ method: "POST" as const, url: to.href, headers, body, agent });
      const limits = { attempts: 2, timeout, deadline: timeout, bytes: 64 * 1024, write: true, signal };
      try {
        const answer = await send(nodeTransport, make, limits);
        if (answer.status < 200 || answer.status > 299) throw new WebhookError(`${request}: ${whyNot(answer)}`);
      } catch (error) {
        if (error instanceof TransportError) throw new WebhookError(`${request}: ${error.message}`);
        throw error;
      } finally {
        agent.destroy();
      }
    },
  };
}

async function readUrl(file: string): Promise<string> {
  return readSecret(file).catch((error: unknown) => {
    throw new WebhookError(`webhook.urlFile: ${error instanceof Error ? error.message : String(error)}`);
  });
}

/** Shorter parts of a path are words such as `services`; tokens are longer. */
const MIN_TOKEN_LENGTH = 9;

/** The URL. A server or proxy may echo its path alone, or a part of it, so these are secrets too. */
function urlOf(text: string, redactor: Redactor): URL {
  redactor.learn(text);
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol))
    throw new WebhookError("webhook: url or urlFile does not hold an http:// or https:// URL");
  const url = new URL(text);
  const said = [url.pathname, url.search, decoded(url.pathname), decoded(url.search)];
  const parts = [...said, ...said.flatMap((text) => text.split(/[/?&=]/)), ...url.searchParams.values()];
  redactor.learn(url.password, ...parts.filter((part) => part.length >= MIN_TOKEN_LENGTH));
  return url;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function whyNot({ status, body, location }: Answer): string {
  if (status >= 300 && status < 400) return `${status}, ${redirected(location)}`;
  return `${status}: ${excerpt(body)}`;
}

/** One line for each notification. */
export function notificationText(notifications: readonly Notification[], now: EpochSeconds): string {
  const shown = notifications.slice(0, LINES).map((item) => escaped(cut(lineOf(item, now), LINE)));
  const rest = notifications.length - shown.length;
  return [...shown, ...(rest > 0 ? [`and ${rest} more`] : [])].join("\n");
}

/** Escapes Slack's control characters: a name or an error must not become a link, or notify everybody. */
function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

const BEGAN: Readonly<Record<Notification["what"], string>> = {
  scaled: "",
  failed: "failing",
  blind: "without usable data",
  overruled: "overruled by another writer",
};

function lineOf({ outcome, what, phase, since }: Notification, now: EpochSeconds): string {
  const { namespace, name, from, to, sets, object, reason, message } = outcome;
  const who = `${namespace}/${name}`;
  const why = `(${reason}: ${message})`;
  if (what === "scaled")
    return `${who}: from ${from} to ${to} ${sets}${sets === "replicas" ? "" : ` of ${object}`} ${why}`;
  if (phase === "ended")
    return `${who}: no longer ${BEGAN[what]}, after ${Math.max(1, Math.round((now - since) / 60))} min`;
  if (phase === "began") return `${who}: ${BEGAN[what]} ${why}`;
  return `${who}: still ${BEGAN[what]}, since ${new Date(since * 1000).toISOString()} ${why}`;
}
