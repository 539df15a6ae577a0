/** Credentials towards Prometheus, asked for at each request: a token file that was rotated between two of them is read again. */
import type { PrometheusSettings } from "../config/types.ts";

/** Headers that prove who asks, and what of them nobody may read. */
export interface Proof {
  readonly headers: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
}

/** The proof for the next request. Rejects when a file cannot be read. */
export async function proofOf(settings: PrometheusSettings): Promise<Proof> {
  const { tenant } = settings;
  // those of the environment are among the settings' headers already
  const own = { ...settings.headers, ...(await headersFromFiles(settings)) };
  const { authorization, secrets } = await authorizationOf(settings);
  const headers = {
    ...(tenant === undefined ? {} : { "X-Scope-OrgID": tenant }),
    ...own,
    ...(authorization === undefined ? {} : { Authorization: authorization }),
  };
  return { headers, secrets: [...secrets, ...Object.values(own)] };
}

async function authorizationOf({ bearerToken, bearerTokenFile, basic }: PrometheusSettings) {
  if (bearerToken !== undefined || bearerTokenFile !== undefined) {
    const token = bearerToken ?? (await readSecret(bearerTokenFile ?? ""));
    return { authorization: `Bearer ${token}`, secrets: [token] };
  }
  if (basic === undefined) return { authorization: undefined, secrets: [] };
  const password = basic.password ?? (basic.passwordFile === undefined ? "" : await readSecret(basic.passwordFile));
  const pair = Buffer.from(`${basic.username}:${password}`).toString("base64");
  return { authorization: `Basic ${pair}`, secrets: [password, pair] };
}

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
