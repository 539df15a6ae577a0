/** The API server misbehaving, and the rules of writing: what is tried again, what is a conflict, what is an error. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { ClusterError } from "../../job/adapters/errors.ts";
import { kubernetesPorts } from "../../job/adapters/kubernetes.ts";
import type { KubernetesSettings } from "../../job/config/types.ts";
import { EMPTY_STATE } from "../../job/core/state/codec.ts";
import { config } from "../fakes/config.ts";
import { type FakeServer, fakeServer, type Reply, type Seen } from "./server.ts";
import { hasty, kubernetesSettings } from "./settings.ts";

const token = "s3cr3t-t0ken";
let dir = "";
const servers: FakeServer[] = [];
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "kube-"));
});
afterAll(() => rm(dir, { recursive: true }));
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

async function open(reply: (seen: Seen, n: number) => Reply, more: Partial<KubernetesSettings> = {}) {
  const server = await fakeServer(reply);
  servers.push(server);
  const kubeconfig = join(dir, `${servers.length}-${Math.random()}`);
  const text = {
    clusters: [{ name: "c", cluster: { server: server.url, "insecure-skip-tls-verify": true } }],
    users: [{ name: "u", user: { token } }],
    contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
    "current-context": "x",
  };
  await writeFile(kubeconfig, JSON.stringify(text));
  const state = { configMap: { namespace: "shop", name: "state" } };
  const ports = kubernetesPorts(kubernetesSettings(kubeconfig, more), state, { env: {}, timing: hasty() });
  return { ports, server };
}

const status = (code: number, reason: string, message = "m", details?: object): Reply => ({
  status: code,
  body: JSON.stringify({ kind: "Status", status: "Failure", reason, message, code, details }),
});
const scale = (replicas?: number): Reply => ({
  body: JSON.stringify({ spec: replicas === undefined ? {} : { replicas } }),
});

describe("reading /scale", () => {
  test("is one GET with the token", async () => {
    const { ports, server } = await open(() => scale(3));
    expect(await ports.scaler.read(config())).toEqual({ replicas: 3, conditions: {} });
    expect(server.seen).toMatchObject([
      {
        method: "GET",
        url: "/apis/apps/v1/namespaces/shop/deployments/web/scale",
        headers: { authorization: `Bearer ${token}` },
      },
    ]);
  });
  test("replicas left out are 0", async () => {
    expect(await (await open(() => scale())).ports.scaler.read(config())).toMatchObject({ replicas: 0 });
  });
  test("transient answers are tried again", async () => {
    const { ports, server } = await open((_, n) => (n < 3 ? status(503, "ServiceUnavailable") : scale(2)));
    expect(await ports.scaler.read(config())).toMatchObject({ replicas: 2 });
    expect(server.seen).toHaveLength(3);
  });
  const cases: readonly (readonly [string, Reply, RegExp, number])[] = [
    [
      "forbidden",
      status(403, "Forbidden", "may not"),
      /^GET \/apis\/apps\/v1\/namespaces\/shop\/deployments\/web\/scale: 403 Forbidden: may not$/,
      1,
    ],
    ["not found", status(404, "NotFound", "no web"), /404 NotFound: no web/, 1],
    ["unauthorized", status(401, "Unauthorized"), /401 Unauthorized/, 1],
    ["throttled for good", status(429, "TooManyRequests"), /429 TooManyRequests/, 3],
    ["HTML", { body: "<html>" }, /200 NotJson: <html>/, 1],
    ["cut off", { body: '{"spec":{"replicas":3}}', end: "cut" }, /aborted|ECONNRESET/, 3],
    ["reset", { end: "silent" }, /hang up|ECONNRESET/, 3],
    ["negative", scale(-1), /replicas are -1/, 1],
    ["no number", { body: '{"spec":{"replicas":"3"}}' }, /replicas are "3"/, 1],
  ];
  test.each(cases)("%s", async (_name, reply, message, calls) => {
    const { ports, server } = await open(() => reply);
    const error = await ports.scaler.read(config()).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(ClusterError);
    expect((error as Error).message).toMatch(message);
    expect(server.seen).toHaveLength(calls);
    expect(inspect(error, { depth: 20, showHidden: true })).not.toContain(token);
  });
  test("an answer that never comes ends at the deadline", async () => {
    const { ports } = await open(() => ({ end: "hang" }), { timeout: 0.2 });
    await expect(ports.scaler.read(config())).rejects.toThrow(/no answer within/);
  });
});

describe("writing /scale", () => {
  test("tests what was read and replaces it, under our name", async () => {
    const { ports, server } = await open(() => scale(5));
    expect(await ports.scaler.scale(config(), 3, 5)).toBe("done");
    expect(server.seen[0]).toMatchObject({
      method: "PATCH",
      headers: { "content-type": "application/json-patch+json" },
    });
    expect(server.seen[0]!.url).toMatch(/\/scale\?fieldManager=prophet-autoscaler$/);
    expect(JSON.parse(server.seen[0]!.body)).toEqual([
      { op: "test", path: "/spec/replicas", value: 3 },
      { op: "add", path: "/spec/replicas", value: 5 },
    ]);
  });
  test("a failed test and a stale version are conflicts; a refused value is an error", async () => {
    expect(await (await open(() => status(422, "Invalid"))).ports.scaler.scale(config(), 3, 5)).toBe("conflict");
    expect(await (await open(() => status(409, "Conflict"))).ports.scaler.scale(config(), 3, 5)).toBe("conflict");
    const refused = status(422, "Invalid", "too many", { causes: [{ field: "spec.replicas" }] });
    await expect((await open(() => refused)).ports.scaler.scale(config(), 3, 5)).rejects.toThrow(
      /422 Invalid: too many/,
    );
  });
  test("a write whose answer is lost is not sent again", async () => {
    for (const reply of [{ end: "silent" }, { status: 503 }, { status: 504 }] as const) {
      const { ports, server } = await open(() => reply);
      await expect(ports.scaler.scale(config(), 3, 5)).rejects.toThrow(ClusterError);
      expect(server.seen).toHaveLength(1);
    }
  });
  test("a throttled write was not carried out, and is sent again", async () => {
    const { ports, server } = await open((_, n) => (n === 1 ? status(429, "TooManyRequests") : scale(5)));
    expect(await ports.scaler.scale(config(), 3, 5)).toBe("done");
    expect(server.seen).toHaveLength(2);
  });
});

describe("the state", () => {
  test("a claim names the version that was read", async () => {
    const { ports, server } = await open((seen) => ({
      body: seen.method === "GET" ? '{"metadata":{"resourceVersion":"7"}}' : "{}",
    }));
    const { version } = await ports.state.read();
    expect(version).toBe("7");
    expect(await ports.state.claim(EMPTY_STATE, version)).toBe("claimed");
    expect(JSON.parse(server.seen[1]!.body).metadata).toMatchObject({
      resourceVersion: "7",
      annotations: { "prophet-autoscaler/last-forecast": expect.any(String) },
    });
  });
  test("a newer version, or none any more, is a lost claim", async () => {
    for (const code of [409, 404]) {
      expect(await (await open(() => status(code, "x"))).ports.state.claim(EMPTY_STATE, "7")).toBe("lost");
    }
  });
  test("other people's or broken text is no memory, with a warning", async () => {
    for (const text of ["}{", "[]", '{"v":99}', "null"]) {
      const body = JSON.stringify({
        metadata: { resourceVersion: "1", annotations: { "prophet-autoscaler/last-forecast": text } },
      });
      const reading = await (await open(() => ({ body }))).ports.state.read();
      expect(reading).toMatchObject({
        state: EMPTY_STATE,
        version: "1",
        warning: expect.stringMatching(/without memory/),
      });
    }
  });
});

describe("finding the server", () => {
  const ports = (settings: KubernetesSettings, env: Record<string, string> = {}) =>
    kubernetesPorts(settings, { configMap: { namespace: "a", name: "b" } }, { env });
  test("nowhere to look: said, not localhost:8080", async () => {
    const { kubeconfig: _none, ...settings } = kubernetesSettings("");
    await expect(ports(settings, { HOME: dir }).scaler.read(config())).rejects.toThrow(/no KUBECONFIG/);
  });
  test("an unknown context names those there are", async () => {
    const { server } = await open(() => scale(1));
    const file = join(dir, "contexts");
    await writeFile(
      file,
      JSON.stringify({
        clusters: [{ name: "c", cluster: { server: server.url } }],
        users: [],
        contexts: [{ name: "prod", context: { cluster: "c", user: "u" } }],
      }),
    );
    await expect(ports(kubernetesSettings(file, { context: "test" })).scaler.read(config())).rejects.toThrow(
      /no context test; there are prod/,
    );
  });
});
