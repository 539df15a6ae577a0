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
import { type FakeServer, fakeServer, type ReceivedRequest, type Reply } from "./server.ts";
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

async function open(
  reply: (seen: ReceivedRequest, n: number) => Reply,
  more: Partial<KubernetesSettings> = {},
  pauses: number[] = [],
) {
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
  const ports = kubernetesPorts(kubernetesSettings(kubeconfig, more), state, { env: {}, timing: hasty(pauses) });
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
    ["negative", scale(-1), /replicas must be a whole number from 0, got -1/, 1],
    ["an object without a spec", { body: "{}" }, /replicas must be a whole number from 0, got undefined/, 1],
    ["no number", { body: '{"spec":{"replicas":"3"}}' }, /replicas must be a whole number from 0, got "3"/, 1],
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

test.each(["null", "5", '"x"', "[]"])("%s as an answer is told as what it is, by each call", async (body) => {
  const { scaler, state } = (await open(() => ({ body }))).ports;
  const calls = [scaler.read(config()), scaler.scale(config(), 3, 5), state.read(), state.claim(EMPTY_STATE, "7")];
  for (const one of await Promise.allSettled(calls))
    expect(String(inspect(one))).toMatch(/: 200 Malformed: the answer must be an object, got (null|a \w+)\n/);
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
  const denied = "ValidatingAdmissionPolicy 'limit' with binding 'limit' denied request: at most 4";
  const cases: readonly (readonly [string, Reply, number | null, "conflict" | RegExp])[] = [
    // what the write is answered, the replicas that a reading then finds (null: it fails), what it was
    ["a failed test", status(422, "Invalid"), 4, "conflict"],
    ["a stale version", status(409, "Conflict"), 4, "conflict"],
    ["409 for ever, though nobody writes", status(409, "Conflict", "try again"), 3, /409 Conflict: try again/],
    [
      "a policy",
      status(422, "Invalid", denied, { causes: [{ message: denied }] }),
      3,
      /422 Invalid: .*'limit' denied request: at most 4/,
    ],
    [
      "a refused value",
      status(422, "Invalid", "too many", { causes: [{ field: "spec.replicas" }] }),
      3,
      /422 Invalid: too many/,
    ],
    ["a refusal, and then silence", status(422, "Invalid", "no"), null, /422 Invalid: no/],
    ["200 with the replicas as they were", scale(3), 3, /200 NotChanged: it answers 3 instead of 5/],
    ["200 with others than were asked for", scale(4), 4, /200 NotChanged: it answers 4 instead of 5/],
    ["200 with something else", { body: "{}" }, 3, /200 NotChanged/],
    ["200 with a Status of failure", { ...status(403, "Forbidden", "no"), status: 200 }, 3, /200 Forbidden: no/],
  ];
  test.each(cases)("%s", async (_name, reply, then, expected) => {
    const reading = then === null ? status(403, "Forbidden") : scale(then);
    const { ports } = await open((seen) => (seen.method === "PATCH" ? reply : reading));
    const result = ports.scaler.scale(config(), 3, 5);
    if (expected === "conflict") expect(await result).toBe("conflict");
    else await expect(result).rejects.toThrow(expected);
  });
  const lost = [{ end: "silent" }, { status: 502 }, { status: 503 }, { status: 504 }] as const;
  test.each(lost)(
    "a write whose answer is lost is not sent again: the number tells what became of it (%j)",
    async (reply) => {
      for (const [then, expected] of [
        [3, /\/scale: /],
        [5, "done"],
        [4, "conflict"],
      ] as const) {
        const { ports, server } = await open((seen) => (seen.method === "PATCH" ? reply : scale(then)));
        const result = ports.scaler.scale(config(), 3, 5);
        if (typeof expected === "string") expect(await result).toBe(expected);
        else {
          const uncertain = "end" in reply;
          await expect(result).rejects.toMatchObject({ message: expect.stringMatching(expected), uncertain });
        }
        expect(server.seen.filter(({ method }) => method === "PATCH")).toHaveLength(1);
      }
    },
  );
  test("a throttled write was not carried out, and is sent again when the server says", async () => {
    const pauses: number[] = [];
    const busy = { ...status(429, "TooManyRequests"), headers: { "retry-after": "1" } };
    const { ports, server } = await open((_, n) => (n === 1 ? busy : scale(5)), {}, pauses);
    expect(await ports.scaler.scale(config(), 3, 5)).toBe("done");
    expect(server.seen).toHaveLength(2);
    expect(pauses).toEqual([1000]);
  });
});

describe("the state", () => {
  test("a claim names the version that was read", async () => {
    const { ports, server } = await open((seen) => {
      const annotations = seen.method === "GET" ? {} : JSON.parse(seen.body).metadata.annotations;
      return {
        body: JSON.stringify({ metadata: { resourceVersion: seen.method === "GET" ? "7" : "8", annotations } }),
      };
    });
    const { version } = await ports.state.read();
    expect(version).toBe("7");
    expect(await ports.state.claim(EMPTY_STATE, version)).toBe("claimed");
    expect(ports.state.written?.()).toBe("8");
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
  test("a refusal although nobody wrote since is no lost claim, but that refusal", async () => {
    const map = { body: '{"metadata":{"resourceVersion":"7"}}' };
    const { ports } = await open((seen) => (seen.method === "GET" ? map : status(409, "Conflict", "quota")));
    const { version } = await ports.state.read();
    const claim = ports.state.claim(EMPTY_STATE, version);
    await expect(claim).rejects.toThrow(/^PATCH .*\/configmaps\/state: 409 Conflict: quota/);
  });
  test("without a version, or answered without what was written, it cannot be kept", async () => {
    const bare = await open(() => ({ body: '{"metadata":{}}' }));
    await expect(bare.ports.state.read()).rejects.toThrow(/the ConfigMap has no resourceVersion/);
    const dropped = await open(() => ({ body: '{"metadata":{"resourceVersion":"8"}}' }));
    await expect(dropped.ports.state.claim(EMPTY_STATE, "7")).rejects.toThrow(/without the state that was written/);
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
