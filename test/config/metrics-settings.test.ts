/** Settings of where metrics go: one way, whole, and none by default. */
import { describe, expect, it } from "vitest";
import { metricsSinkOf } from "../../job/adapters/metrics.ts";
import { loadSettings } from "../../job/config/load.ts";
import { createRedactor } from "../../job/output/redactor.ts";

function load(metrics: string, env: Record<string, string> = {}) {
  const file = `prometheus: { url: "http://p" }\nmetrics: { ${metrics} }\ntargets: [{ scaleTargetRef: { name: web }, targetCpu: 1 }]`;
  return loadSettings({ flags: { config: "a.yaml" }, env, readFile: async () => file });
}
const tools = { log: () => {}, redactor: createRedactor(), env: {}, instance: "a/b", version: "1" };

describe("settings of metrics", () => {
  it.each([
    ["otlp: http://p/api/v1/otlp", true],
    ["remoteWrite: http://p/api/v1/write", true],
    ["pushgateway: http://p:9091", true],
    ["textfile: /var/lib/node_exporter/job.prom", true],
    ["timeout: 1", false],
  ])("%s", async (metrics, sent) => {
    expect(metricsSinkOf(await load(metrics), tools) !== null).toBe(sent);
  });

  it.each<[string, RegExp]>([
    ["otlp: http://p, pushgateway: http://p", /metrics: has several ways to send metrics/],
    ["otlp: http://p, remoteWrite: http://p", /metrics: has several ways to send metrics/],
    ["remoteWrite: p:9090/api/v1/write", /metrics\.remoteWrite/],
    ["otlp: http://user:word@p", /metrics\.otlp/],
    ["otlp: p:4318", /metrics\.otlp/],
    ["textfile: job.txt", /metrics\.textfile.*\.prom/],
    ["timeout: 31", /metrics\.timeout/],
    ["bearerToken: a, basic: { username: u, password: p }", /metrics: has several ways to authenticate/],
    ["headersFrom: { A: { env: NOT_THERE } }", /metrics\.headersFrom\.A\.env: names the variable NOT_THERE/],
    ["otlp: http://p, basic: { password: x }", /username: is missing.* by PROPHET_AUTOSCALER_METRICS_BASIC_USERNAME/],
    ["headers: { a: x }, headersFrom: { A: { file: /f } }", /metrics\.headersFrom\.A: appears twice/],
  ])("%s is refused", async (metrics, why) => {
    await expect(load(metrics)).rejects.toThrow(why);
  });

  it("takes headers from the environment, and a scope of its own for writing", async () => {
    const { metrics } = await load("headersFrom: { X-Key: { env: KEY } }, googleIam: {}", { KEY: "value" });
    expect(metrics.headers).toEqual({ "X-Key": "value" });
    expect(metrics.googleIam?.scope).toContain("monitoring.write");
  });
});
