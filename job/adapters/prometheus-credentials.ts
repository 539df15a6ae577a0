/** Credentials towards Prometheus, asked for at each request: a token file that was rotated between two of them is read again. */
import type { PrometheusSettings } from "../config/types.ts";

/** Headers that prove who asks, and what of them nobody may read. */
export interface Proof {
  readonly headers: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
}

/** The proof for the next request. Rejects when a file cannot be read. */
export async function proofOf(settings: PrometheusSettings, url: URL): Promise<Proof> {
  const { headers, tenant } = settings;
  const own = { ...(tenant === undefined ? {} : { "X-Scope-OrgID": tenant }), ...headers };
  const { authorization, secrets } = await authorizationOf(settings, url);
  const all = [...secrets, ...Object.values(headers)];
  return { headers: { ...own, ...(authorization && { Authorization: authorization }) }, secrets: all };
}

async function authorizationOf(
  settings: PrometheusSettings,
  url: URL,
): Promise<{ readonly authorization?: string; readonly secrets: readonly string[] }> {
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

async function readSecret(file: string): Promise<string> {
  const { readFile } = await import("node:fs/promises");
  return (await readFile(file, "utf8")).trim();
}
