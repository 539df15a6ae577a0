/** Asks a fake Prometheus once: what a test of the history adapter needs around its own reply. */
import { afterEach } from "vitest";
import { prometheusHistory } from "../../job/adapters/prometheus.ts";
import type { PrometheusSettings } from "../../job/config/types.ts";
import type { HistoryReading } from "../../job/ports.ts";
import { cpuOf } from "../fakes/queries.ts";
import { type FakeServer, fakeServer, matrix, type ReceivedRequest, type Reply } from "./server.ts";
import { hasty, prometheusSettings } from "./settings.ts";

const servers: FakeServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

/** A server that ends with the test. */
export async function serve(reply: (seen: ReceivedRequest, number: number) => Reply): Promise<FakeServer> {
  const server = await fakeServer(reply);
  servers.push(server);
  return server;
}

/** One range query for one target through the adapter. */
export async function read(
  reply: (seen: ReceivedRequest, number: number) => Reply,
  more: Partial<PrometheusSettings> = {},
  pauses: number[] = [],
): Promise<{ result: HistoryReading | Error; server: FakeServer }> {
  const server = await serve(reply);
  const history = prometheusHistory(prometheusSettings(server.url, { query: "sum(x)", ...more }), {
    timing: hasty(pauses),
  });
  const [result] = await history.read([cpuOf()], 1_700_000_007);
  history.close();
  return { result: result!, server };
}

/** An answer that is as it should be. */
export const good = matrix([[1_700_000_000, "1.5"]]);
