/** Metrics of a run against real servers on loopback: what is sent, whatever they answer, and that no run is another for it. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { METRIC_PREFIX } from "../../job/report/metric-table.ts";
import { CANARY, canaryFile, folder, SONG, silent } from "../output/canary.ts";
import { besides, placesIn, withValue } from "../output/places.ts";
import { decidingOnce } from "./deciding-once.ts";
import type { Reply } from "./server.ts";
import { stoppedEach } from "./stopped-each.ts";

const { stops, serve } = stoppedEach();

type Way = "otlp" | "remoteWrite" | "pushgateway";
const VARIABLE: Readonly<Record<Way, string>> = {
  otlp: "PROPHET_AUTOSCALER_METRICS_OTLP",
  remoteWrite: "PROPHET_AUTOSCALER_METRICS_REMOTE_WRITE",
  pushgateway: "PROPHET_AUTOSCALER_METRICS_PUSHGATEWAY",
};
const decide = (env: Record<string, string>, load?: string) => decidingOnce(stops, env, load);
const done = (out: string) =>
  (JSON.parse(out) as { targets: { action: string; to: number }[] }).targets.map(({ action, to }) => [action, to]);

test("OTLP: what has a time of its own is a request of its own", async () => {
  const server = await serve(() => ({}));
  const { once } = await decide({ [VARIABLE.otlp]: `${server.url}/api/v1/otlp/` });
  expect(await once()).toMatchObject({ code: 0 });
  expect(server.seen.map(({ method, url }) => `${method} ${url}`)).toEqual(
    Array(3).fill("POST /api/v1/otlp/v1/metrics"),
  );
  expect(server.seen[0]!.headers["content-type"]).toBe("application/x-protobuf");
  const has = (i: number, name: string) => server.seen[i]!.body.includes(`${METRIC_PREFIX}${name}\u0012`);
  expect([has(0, "desired_replicas"), has(0, "forecast")]).toEqual([true, false]);
  expect([has(1, "desired_replicas"), has(1, "forecast"), has(1, "load")]).toEqual([false, false, true]);
  expect([has(2, "forecast"), has(2, "forecast_last_value"), has(2, "load")]).toEqual([true, true, false]);
});

test("Pushgateway: one group of the job, without time stamps", async () => {
  const server = await serve(() => ({}));
  const { once } = await decide({ [VARIABLE.pushgateway]: server.url });
  expect(await once()).toMatchObject({ code: 0 });
  expect(server.seen).toHaveLength(1);
  const { method, url, body } = server.seen[0]!;
  const instance = Buffer.from(/instance@base64\/(.+)$/.exec(url)![1]!, "base64url").toString();
  expect([method, url.split("/instance")[0], instance]).toEqual([
    "POST",
    "/metrics/job/prophet-autoscaler",
    "shop/state",
  ]);
  expect(body).toMatch(/^prophet_autoscaler_desired_replicas\{namespace="shop",kind="Deployment",name="web"\} 5$/m);
  expect(body).not.toMatch(/ \d+ \d{10,}$/m);
});

test("a textfile is replaced as a whole, and nothing else stays in its folder", async () => {
  const path = join(folder, "job.prom");
  const { once } = await decide({ PROPHET_AUTOSCALER_METRICS_TEXTFILE: path });
  expect(await once()).toMatchObject({ code: 0 });
  expect(readFileSync(path, "utf8")).toMatch(/^prophet_autoscaler_reason\{.*reason="ReactiveFloor"\} 1$/m);
  expect(existsSync(`${path}.new`)).toBe(false);
  rmSync(path);
});

test("a textfile that cannot take its place is a warning, and leaves no part of it", async () => {
  const path = join(folder, "taken.prom");
  mkdirSync(path);
  const { once } = await decide({ PROPHET_AUTOSCALER_METRICS_TEXTFILE: path });
  const { code, err } = await once();
  expect(code).toBe(0);
  expect(err).toContain(`metrics to ${path}: it is a folder, not a file`);
  expect(readdirSync(folder).filter((name) => name.startsWith("taken"))).toEqual(["taken.prom"]);
  rmSync(path, { recursive: true });
});

test("a textfile that cannot be written is a warning", async () => {
  const { once } = await decide({ PROPHET_AUTOSCALER_METRICS_TEXTFILE: join(folder, "nowhere/job.prom") });
  const { code, err } = await once();
  expect(code).toBe(0);
  expect(err).toMatch(/nowhere\/job\.prom: there is no such folder.*what was done is unchanged/);
});

test("what writes nothing sends nothing", async () => {
  const server = await serve(() => ({}));
  const { once } = await decide({ [VARIABLE.otlp]: server.url });
  await once("--dry-run");
  await once("--replicas", "2");
  expect(server.seen).toEqual([]);
});

test("a run that fails sends that it failed, and no success", async () => {
  const server = await serve(() => ({}));
  const { once } = await decide({ [VARIABLE.pushgateway]: server.url }, "");
  expect(await once()).toMatchObject({ code: 1 });
  const { body } = server.seen[0]!;
  expect(body).toMatch(/_action\{.*action="failed"\} 1$/m);
  expect(body).toMatch(/_reason\{.*reason="HistoryError"\} 1$/m);
  expect(body).toContain("last_run_timestamp_seconds ");
  expect(body).not.toContain("last_success");
});

describe.each<Way>(["otlp", "remoteWrite", "pushgateway"])("%s", (way) => {
  test.each<[string, Reply | null]>([
    ["refuses and sings", { status: 403, body: SONG }],
    ["redirects", { status: 307, headers: { location: `http://h/${CANARY}` } }],
    ["hangs", { end: "hang" }],
    ["breaks off", { end: "silent" }],
    ["floods", { body: "x".repeat(1024 * 1024) }],
    ["is not there", null],
  ])("that %s: the run does the same and ends the same, and warns", async (_name, reply) => {
    const without = await decide({});
    const server = await serve(() => reply ?? {});
    if (reply === null) await stops.pop()!();
    const broken = await decide({
      [VARIABLE[way]]: server.url,
      PROPHET_AUTOSCALER_METRICS_TIMEOUT: "300ms",
      PROPHET_AUTOSCALER_METRICS_BEARER_TOKEN: CANARY,
    });
    const [plain, sent] = [await without.once(), await broken.once()];
    expect(sent.code).toBe(0);
    expect(done(sent.out)).toEqual(done(plain.out));
    expect(sent.err).toContain(`metrics to ${server.url}`);
    expect(sent.err).toContain("what was done is unchanged");
    expect(broken.cluster.objects.replicas).toBe(without.cluster.objects.replicas);
    silent(JSON.stringify(broken.cluster.objects), "the cluster");
  });

  test("gets none of a run's time that it does not have", async () => {
    const server = await serve(() => ({ end: "hang" }));
    const { once } = await decide({ [VARIABLE[way]]: server.url, PROPHET_AUTOSCALER_METRICS_TIMEOUT: "30s" });
    const { code, err } = await once("--timeout", "2s");
    expect(code).toBe(0);
    expect(err).toContain("the time of the run is over");
  });
});

const secrets = placesIn().filter(
  ({ path, node }) =>
    path[0] === "metrics" && node.kind === "text" && (node.secret === true || node.secretFile === true),
);
// fetched by the clouds' libraries from their own endpoints, and never sent to the server: tested where they are read
const own = secrets.filter(({ path }) => !["sigv4", "googleIam", "tls"].includes(String(path[1])));

test.each(own.map(({ path, node }) => [path.join("."), path, node] as const))(
  "%s is sent, sung back, and heard nowhere",
  async (_name, path, node) => {
    const server = await serve(() => ({ status: 400, body: SONG }));
    const value =
      node.kind === "text" && node.secretFile === true ? canaryFile(`${CANARY}\n`, "metrics-secret") : CANARY;
    const given = besides(path) as { metrics?: object };
    const config = canaryFile(
      withValue({ metrics: { ...given.metrics, pushgateway: server.url } }, path, value),
      "metrics.yaml",
    );
    const { once } = await decide({});
    // run() listens
    const { code, err } = await once("--config", config, "--log-level", "debug");
    expect(code).toBe(0);
    expect(err).toContain("[hidden]");
    const headers = JSON.stringify(server.seen[0]!.headers);
    expect(headers.includes(CANARY) || headers.includes(Buffer.from(`user:${CANARY}`).toString("base64"))).toBe(true);
  },
);
