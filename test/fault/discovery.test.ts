/** Lists of workloads from an API server that refuses, is wrong or sends nonsense: what is found is whole, or said to be not. */
import { afterEach, describe, expect, test } from "vitest";
import { discoverySelector, endAll, listReply, names, open, SHOP, statusReply, target, web } from "./lists.ts";
import type { Reply } from "./server.ts";

afterEach(endAll);

describe("what is no list of workloads", () => {
  test.each<[string, Reply]>([
    ["an object", { body: '{"metadata":{}}' }],
    ["null", { body: "null" }],
    ["a list of something", { body: '{"items":{"a":1}}' }],
    ["a login page", { body: "<html>" }],
    ["a redirect", { status: 302, headers: { location: "http://127.0.0.1:1/" } }],
  ])("%s is a failure, never an empty list", async (_what, reply) => {
    const { discovery } = await open(() => reply);
    const found = await discovery.find([discoverySelector()]);
    expect(found.workloads).toEqual([]);
    expect(found.failures).toHaveLength(1);
  });

  test("an empty list is no failure, whether Go wrote [] or null", async () => {
    for (const items of [[], null]) {
      const { discovery } = await open(() => listReply(items));
      expect(await discovery.find([discoverySelector()])).toEqual({ workloads: [], failures: [], lists: 1 });
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
    const { discovery } = await open(() => listReply(items));
    expect(names(await discovery.find([discoverySelector()]))).toEqual(["web"]);
  });
});

describe("several lists", () => {
  test("one that is refused says which right is missing, and the others are there", async () => {
    const { discovery } = await open((path) =>
      path === SHOP ? listReply([web("web")]) : statusReply(403, "Forbidden"),
    );
    const found = await discovery.find([
      discoverySelector({ namespaces: ["shop", "pay"], kinds: ["Deployment", "StatefulSet"] }),
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
    const { discovery, server } = await open(() => listReply([web("web")]));
    const both = [discoverySelector(), discoverySelector({ labelSelector: "team=shop" }), discoverySelector()];
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
          ? listReply([hpa])
          : listReply([web("web"), web("web", {}, { namespace: "pay" })]),
      { detectScalers: true },
    );
    const found = await discovery.find([discoverySelector({ namespaces: ["shop", "*"] })]);
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
      if (path.endsWith("/horizontalpodautoscalers")) return listReply([hpa("web")]);
      return path.endsWith("/horizontalpodautoscalers/api")
        ? { body: JSON.stringify(hpa("api")) }
        : listReply([web("web"), web("api")]);
    },
    { detectScalers: true },
  );
  await discovery.find([discoverySelector()]);
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
    path.endsWith("/scale") ? { body: JSON.stringify({ spec: { replicas: 7 } }) } : listReply(items),
  );
  await discovery.find([discoverySelector()]);
  expect(await scaler.read(target("web"))).toMatchObject({ replicas: 3 });
  items = [];
  await discovery.find([discoverySelector()]);
  expect(await scaler.read(target("web"))).toMatchObject({ replicas: 7 });
  expect(server.seen.at(-1)!.url).toBe(`${SHOP}/web/scale`);
});
