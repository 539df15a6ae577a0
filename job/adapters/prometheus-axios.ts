/** The one importer of axios: the Transport to Prometheus. */
import type { Readable } from "node:stream";
import type { Transport } from "./http/exchange.ts";

/** Loads axios, so it is called only when there is something to request. */
export async function axiosTransport(): Promise<Transport> {
  const { default: axios } = await import("axios");
  const client = axios.create({ adapter: "http", responseType: "stream", validateStatus: () => true, maxRedirects: 0 });
  return async ({ method, url, headers, body, agent }, signal) => {
    const sent = { method, url, headers, data: body, httpAgent: agent, httpsAgent: agent, signal };
    const { status, headers: got, data } = await client.request<Readable>(sent);
    return { status, headers: got as Readonly<Record<string, unknown>>, body: data };
  };
}
