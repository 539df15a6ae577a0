/** Lists of workloads from an API server that pages, throttles, expires, refuses, sends too much or nonsense: what is found is whole, or said to be not. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { kubernetesPorts } from "../../job/adapters/kubernetes.ts";
import type { DiscoverySelector, KubernetesSettings } from "../../job/config/types.ts";
import { config } from "../fakes/config.ts";
import { type FakeServer, fakeServer, type ReceivedRequest, type Reply } from "./server.ts";
import { hasty, kubernetesSettings } from "./settings.ts";

let dir = "";
const servers: FakeServer[] = [];
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "discovery-"));
});
afterAll(() => rm(dir, { recursive: true }));
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

/** Ports over a server that answers so, and the pauses in milliseconds before what was asked again. */
async function open(
  reply: (path: string, query: URLSearchParams, n: number) => Reply,
  more: Partial<KubernetesSettings> = {},
) {
  const pauses: number[] = [];
  const server = await fakeServer(({ url }: ReceivedRequest, n) => {
    const { pathname, searchParams } = new URL(url, "http://x");
    return reply(pathname, searchParams, n);
  });
  servers.push(server);
  const kubeconfig = join(dir, `${Math.random()}`);
  const text = {
    clusters: [{ name: "c", cluster: { server: server.url, "insecure-skip-tls-verify": true } }],
    users: [{ name: "u", user: { token: "s3cr3t-t0ken" } }],
    contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
    "current-context": "x",
  };
  await writeFile(kubeconfig, JSON.stringify(text));
  const place = { configMap: { namespace: "shop", name: "state" } };
  const ports = kubernetesPorts(kubernetesSettings(kubeconfig, more), place, { env: {}, timing: hasty(pauses) });
  return { ...ports, server, pauses };
}

const SHOP = "/apis/apps/v1/namespaces/shop/deployments";
const web = (name: string, more: object = {}, metadata: object = {}) => ({
  metadata: {
    name,
    namespace: "shop",
    uid: `uid-of-${name}`,
    annotations: { "prophet-autoscaler/target-cpu": "1", "x/y": "z" },
    ...metadata,
  },
  spec: { replicas: 3 },
  ...more,
});
const list = (items: unknown, next = ""): Reply => ({ body: JSON.stringify({ items, metadata: { continue: next } }) });
const failure = (status: number, reason: string, headers = {}): Reply => ({
  status,
  headers,
  body: JSON.stringify({ kind: "Status", status: "Failure", reason, message: `${reason} it is` }),
});
const selector = (more: Partial<DiscoverySelector> = {}): DiscoverySelector => ({
  namespaces: ["shop"],
  labelSelector: "prophet-autoscaler/enabled=true",
  kinds: ["Deployment"],
  ...more,
});
const target = (name: string, more: object = {}) =>
  config({ name, scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name }, ...more });

/** Seven objects in pages of three. */
const NAMES = ["a", "b", "c", "d", "e", "f", "g"];
const paged = (query: URLSearchParams): Reply => {
  const at = Number(query.get("continue") ?? 0);
  return list(
    NAMES.slice(at, at + 3).map((name) => web(name)),
    at + 3 < NAMES.length ? `${at + 3}` : "",
  );
};
const names = ({ workloads }: { workloads: readonly { name: string }[] }) => workloads.map(({ name }) => name);

describe("pages", () => {
  test("are read to the end; what a run needs of each workload is known without a call for it", async () => {
    const { discovery, scaler, server } = await open((_path, query) => paged(query));
    const found = await discovery.find([selector()]);
    expect(names(found)).toEqual(NAMES);
    expect(found.failures).toEqual([]);
    expect(found.workloads[0]!.annotations).toEqual({ "prophet-autoscaler/target-cpu": "1" });
    expect(server.seen.map(({ url }) => new URL(url, "http://x").searchParams.get("limit"))).toEqual([
      "500",
      "500",
      "500",
    ]);
    expect(server.seen[0]!.url).toContain("labelSelector=prophet-autoscaler%2Fenabled%3Dtrue");
    const asked = server.seen.length;
    expect(await scaler.read(target("g"))).toMatchObject({ replicas: 3, conditions: { paused: false } });
    expect(server.seen).toHaveLength(asked);
  });

  test("that expire on the way are begun again, and no workload is there twice", async () => {
    let expired = 0;
    const { discovery, server } = await open((_path, query) =>
      query.get("continue") === "3" && expired++ === 0 ? failure(410, "Expired") : paged(query),
    );
    expect(names(await discovery.find([selector()]))).toEqual(NAMES);
    expect(server.seen).toHaveLength(5);
  });

  test("that expire again and again are given up, and that is said", async () => {
    const { discovery, server } = await open((_path, query) =>
      query.has("continue") ? failure(410, "Expired") : paged(query),
    );
    const found = await discovery.find([selector()]);
    expect(found.failures.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^Deployments in namespace shop could not be listed: GET .*410 Expired/),
    ]);
    expect(server.seen).toHaveLength(6);
  });

  test("that are throttled are asked for again when the server says", async () => {
    const { discovery, pauses } = await open((_path, query, n) =>
      n === 2 ? failure(429, "TooManyRequests", { "retry-after": "1" }) : paged(query),
    );
    expect(names(await discovery.find([selector()]))).toEqual(NAMES);
    expect(pauses).toEqual([1000]);
  });

  test("that are throttled for longer than there is time are a failure of that list", async () => {
    const { discovery } = await open(() => failure(429, "TooManyRequests", { "retry-after": "60" }));
    const found = await discovery.find([selector()]);
    expect(found).toMatchObject({ workloads: [] });
    expect(found.failures[0]!.message).toMatch(/429 TooManyRequests/);
  });

  test("too large for an answer are asked for smaller, until they fit", async () => {
    const limits: string[] = [];
    const { discovery } = await open((_path, query) => {
      limits.push(query.get("limit") ?? "");
      return Number(query.get("limit")) > 40 ? { body: "x".repeat(9 * 1024 * 1024) } : paged(query);
    });
    expect(names(await discovery.find([selector()]))).toEqual(NAMES);
    expect(limits).toEqual(["500", "125", "32", "32", "32"]);
  });

  test("without end are given up", async () => {
    const { discovery } = await open(() => list([], "again"));
    const { failures } = await discovery.find([selector()]);
    expect(failures[0]!.message).toMatch(/there are more than 1000 pages/);
  });

  test("after the first of which the rest fails: what came is there, and that it is not all", async () => {
    const { discovery } = await open((_path, query) =>
      query.has("continue") ? failure(403, "Forbidden") : paged(query),
    );
    const found = await discovery.find([selector()]);
    expect(names(found)).toEqual(["a", "b", "c"]);
    expect(found.failures).toHaveLength(1);
  });
});

describe("what is no list of workloads", () => {
  test.each<[string, Reply]>([
    ["an object", { body: '{"metadata":{}}' }],
    ["null", { body: "null" }],
    ["a list of something", { body: '{"items":{"a":1}}' }],
    ["a login page", { body: "<html>" }],
    ["a redirect", { status: 302, headers: { location: "http://127.0.0.1:1/" } }],
  ])("%s is a failure, never an empty list", async (_what, reply) => {
    const { discovery } = await open(() => reply);
    const found = await discovery.find([selector()]);
    expect(found.workloads).toEqual([]);
    expect(found.failures).toHaveLength(1);
  });

  test("an empty list is no failure, whether Go wrote [] or null", async () => {
    for (const items of [[], null]) {
      const { discovery } = await open(() => list(items));
      expect(await discovery.find([selector()])).toEqual({ workloads: [], failures: [], lists: 1 });
    }
  });

  test("items that are none, of another namespace or being deleted are left out", async () => {
    const items = [
      null,
      "x",
      {},
      web("gone", {}, { deletionTimestamp: "2026-11-27T00:00:00Z" }),
      web("other", {}, { namespace: "kube-system" }),
      web("web"),
    ];
    const { discovery } = await open(() => list(items));
    expect(names(await discovery.find([selector()]))).toEqual(["web"]);
  });
});

describe("several lists", () => {
  test("one that is refused says which right is missing, and the others are there", async () => {
    const { discovery } = await open((path) => (path === SHOP ? list([web("web")]) : failure(403, "Forbidden")));
    const found = await discovery.find([
      selector({ namespaces: ["shop", "pay"], kinds: ["Deployment", "StatefulSet"] }),
    ]);
    expect(names(found)).toEqual(["web"]);
    expect(found.failures.map(({ message }) => message)).toEqual([
      expect.stringMatching(
        /^StatefulSets in namespace shop .*; grant list on statefulsets: manifests\/components\/discover has the rules$/,
      ),
      expect.stringMatching(/^Deployments in namespace pay .*grant list on deployments/),
      expect.stringMatching(/^StatefulSets in namespace pay /),
    ]);
  });

  test("are asked for once, and a workload that two of them hold is there once", async () => {
    const { discovery, server } = await open(() => list([web("web")]));
    const both = [selector(), selector({ labelSelector: "team=shop" }), selector()];
    expect(names(await discovery.find(both))).toEqual(["web"]);
    expect(server.seen).toHaveLength(2);
  });

  test("of all namespaces are one list for each kind, and one of all HPAs; other namespaces are not asked beside it", async () => {
    const hpa = {
      metadata: { name: "h", namespace: "pay" },
      spec: { scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "web" } },
    };
    const { discovery, scaler, server } = await open(
      (path) =>
        path.endsWith("horizontalpodautoscalers")
          ? list([hpa])
          : list([web("web"), web("web", {}, { namespace: "pay" })]),
      { detectScalers: true },
    );
    const found = await discovery.find([selector({ namespaces: ["shop", "*"] })]);
    expect(found.workloads.map(({ namespace, name }) => `${namespace}/${name}`)).toEqual(["shop/web", "pay/web"]);
    expect((await scaler.read(target("web"))).conditions.otherScaler).toBeNull();
    expect((await scaler.read(target("web", { namespace: "pay" }))).conditions.otherScaler).toBe(
      "HorizontalPodAutoscaler/h",
    );
    expect(server.seen.map(({ url }) => url.split("?")[0]).sort()).toEqual([
      "/apis/apps/v1/deployments",
      "/apis/autoscaling/v2/horizontalpodautoscalers",
    ]);
  });
});

test("an HPA's floor comes from the list of HPAs, and from the HPA itself where the list has it not", async () => {
  const hpa = (name: string) => ({
    metadata: { name, uid: "u" },
    spec: { minReplicas: 4, scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name } },
    status: { currentReplicas: 5 },
  });
  const { discovery, scaler, server } = await open(
    (path) => {
      if (path.endsWith("/horizontalpodautoscalers")) return list([hpa("web")]);
      return path.endsWith("/horizontalpodautoscalers/api")
        ? { body: JSON.stringify(hpa("api")) }
        : list([web("web"), web("api")]);
    },
    { detectScalers: true },
  );
  await discovery.find([selector()]);
  const by = { actuator: "hpa" as const };
  expect(await scaler.read(target("web", { ...by, hpaName: "web" }))).toMatchObject({ replicas: 5, floor: 4 });
  const asked = server.seen.length;
  expect(await scaler.read(target("api", { ...by, hpaName: "api" }))).toMatchObject({ replicas: 5, floor: 4 });
  expect(server.seen.slice(asked).map(({ url }) => url)).toEqual([
    "/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers/api",
  ]);
});

test("what is no longer found is asked for again: a list tells of one run only", async () => {
  let items: object[] = [web("web")];
  const { discovery, scaler, server } = await open((path) =>
    path.endsWith("/scale") ? { body: JSON.stringify({ spec: { replicas: 7 } }) } : list(items),
  );
  await discovery.find([selector()]);
  expect(await scaler.read(target("web"))).toMatchObject({ replicas: 3 });
  items = [];
  await discovery.find([selector()]);
  expect(await scaler.read(target("web"))).toMatchObject({ replicas: 7 });
  expect(server.seen.at(-1)!.url).toBe(`${SHOP}/web/scale`);
});
