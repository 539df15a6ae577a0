/** One run over a small API server and a metric source of constant load, for tests of what a run tells others: `shop/web` goes from 3 to 5 replicas. */
import { fakeCluster } from "../contract/api-server.ts";
import { runCanary } from "../output/canary.ts";
import { fakeServer, matrix } from "./server.ts";

/** `once()` is a run; its outputs are listened to for the canary. `load`: cores, "" for a source that refuses. */
export async function decidingOnce(stops: (() => Promise<void>)[], env: Record<string, string>, load = "2.2") {
  const cluster = await fakeCluster({ inspect: true });
  stops.push(cluster.stop);
  const prometheus = await fakeServer(({ url, body }) => {
    if (load === "") return { status: 400, body: '{"status":"error","error":"bad query"}' };
    const now = Math.floor(Date.now() / 1000);
    const vector = { resultType: "vector", result: [{ metric: {}, value: [now, "1"] }] };
    if (url.endsWith("/query")) return { body: JSON.stringify({ status: "success", data: vector }) };
    const form = new URLSearchParams(body);
    const [start, end] = [Number(form.get("start")), Number(form.get("end"))];
    return { body: matrix(Array.from({ length: (end - start) / 15 + 1 }, (_, i) => [start + 15 * i, load])) };
  });
  stops.push(prometheus.stop);
  const all = { KUBECONFIG: cluster.kubeconfig, PROPHET_AUTOSCALER_STATE_CONFIG_MAP_NAME: "state", ...env };
  const target = ["--prometheus", prometheus.url, "--namespace", "shop", "--deployment", "web", "--max", "20"];
  const once = (...more: string[]) => runCanary(["--once", "--json", ...target, "--target-cpu", "0.5", ...more], all);
  return { cluster, once };
}
