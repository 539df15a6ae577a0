/** What is known of a target beside its replicas: never a failure, no call more than needed, and unknown where the answer is no answer. */
import { afterEach, describe, expect, test, vi } from "vitest";
import { ClusterError } from "../../job/adapters/errors.ts";
import { conditionsOf, conditionsReader } from "../../job/adapters/kubernetes-conditions.ts";
import type { Workload } from "../../job/adapters/kubernetes-objects.ts";
import type { TargetConfig } from "../../job/core/target.ts";
import { config } from "../fakes/config.ts";

const OBJECT = "/apis/apps/v1/namespaces/shop/deployments/web";
const HPAS = "/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers";
const hpa = (name: string, ref: object, labels = {}) => ({ metadata: { name, labels }, spec: { scaleTargetRef: ref } });
const web = { apiVersion: "apps/v1", kind: "Deployment", name: "web" };

/** A reader over answers by path; an Error is thrown. */
function reader(answers: (path: string) => unknown) {
  const asked: string[] = [];
  const logs: string[] = [];
  const send = async ({ path }: { path: string }) => {
    asked.push(path);
    const answer = answers(path);
    if (answer instanceof Error || typeof answer === "string") throw answer;
    return answer;
  };
  const api = { send, close: () => {} };
  const log = (level: string, message: string) => void logs.push(`${level}: ${message}`);
  const { read } = conditionsReader(async () => api, { log, inspect: true, found: () => undefined });
  return { asked, logs, look: (target: TargetConfig = config()) => read(target) };
}
const answering = (object: unknown, items: readonly unknown[] | unknown = []) =>
  reader((path) => (path === OBJECT ? object : Array.isArray(items) ? { items } : items));

describe("what may not or cannot be read", () => {
  test("is asked for once where it is forbidden, and in every run where it failed", async () => {
    for (const [status, again, level] of [
      [403, 0, "debug"],
      [500, 2, "warn"],
      [404, 2, "warn"],
    ] as const) {
      const { asked, logs, look } = reader((path) => new ClusterError(`GET ${path}`, status, "Why", "no"));
      expect(await look()).toEqual({ conditions: {}, uid: undefined });
      await look(config({ namespace: "other" }));
      await look();
      await look();
      expect(asked.filter((path) => path === OBJECT)).toHaveLength(1 + again);
      expect(logs.every((line) => line.startsWith(`${level}: not known: GET /apis`))).toBe(true);
    }
  });

  test("is told in its own words, also where what was thrown is no Error", async () => {
    const { logs, look } = reader((path) => (path === OBJECT ? "strange" : new TypeError("odd")));
    expect(await look()).toEqual({ conditions: {}, uid: undefined });
    expect(logs.sort()).toEqual(["warn: not known: odd", "warn: not known: strange"]);
  });
});

describe("the list of HPAs", () => {
  afterEach(() => void vi.useRealTimers());

  test("is asked for once a namespace for the targets of a run, and again ten seconds later", async () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    const { asked, look } = answering({});
    const lists = () => asked.filter((path) => path.includes("horizontalpodautoscalers")).length;
    await look();
    await look(config({ name: "api" }));
    vi.advanceTimersByTime(9990);
    await look();
    expect(lists()).toBe(1);
    await look(config({ namespace: "other" }));
    expect(lists()).toBe(2);
    vi.advanceTimersByTime(20);
    await look();
    expect(lists()).toBe(3);
  });

  test("is read page by page, and is not known where a page is missing", async () => {
    const pages = (last: unknown) =>
      reader((path) => {
        if (path === OBJECT) return {};
        if (path === `${HPAS}?limit=200`)
          return { items: [hpa("a", { ...web, name: "api" })], metadata: { continue: "a b" } };
        return path === `${HPAS}?limit=200&continue=a+b` ? last : undefined;
      });
    expect((await pages({ items: [hpa("b", web)] }).look()).conditions.otherScaler).toBe("HorizontalPodAutoscaler/b");
    expect((await pages({ items: [null, {}] }).look()).conditions.otherScaler).toBeNull();
    for (const none of [{}, null, { items: "x" }, new Error("503")])
      expect((await pages(none).look()).conditions).not.toHaveProperty("otherScaler");
  });

  test("ends where one page follows the other for ever, and is not known", async () => {
    const { asked, look } = reader((path) => (path === OBJECT ? {} : { items: [], metadata: { continue: "more" } }));
    expect((await look()).conditions).not.toHaveProperty("otherScaler");
    expect(asked.length).toBeLessThan(1100);
  });
});

describe("another scaler", () => {
  const named = async (items: readonly unknown[], target = config()) =>
    (await answering({}, items).look(target)).conditions.otherScaler;

  test("is an HPA of the same kind, name and group, whatever its version", async () => {
    expect(await named([hpa("h", web)])).toBe("HorizontalPodAutoscaler/h");
    expect(await named([hpa("h", { ...web, apiVersion: "apps/v1beta2" })])).toBe("HorizontalPodAutoscaler/h");
    expect(await named([hpa("h", { kind: "Deployment", name: "web" })])).toBe("HorizontalPodAutoscaler/h");
    for (const change of [{ kind: "StatefulSet" }, { name: "api" }, { apiVersion: "v1" }, { apiVersion: "x.io/v1" }])
      expect(await named([hpa("h", { ...web, ...change })])).toBeNull();
  });

  test("is named by KEDA's object where it is KEDA's, and is none where it is the one that we set", async () => {
    expect(await named([hpa("keda-hpa-web", web, { "scaledobject.keda.sh/name": "web" })])).toBe("ScaledObject/web");
    const ours = config({ actuator: "hpa", hpaName: "h" });
    expect(await named([hpa("h", web)], ours)).toBeNull();
    expect(await named([hpa("h", web), hpa("i", web)], ours)).toBe("HorizontalPodAutoscaler/i");
  });
});

describe("the replicas of the workload itself", () => {
  const look = (object: unknown, ref = web) => {
    const { look: read } = reader((path) => (path.includes("autoscalers") ? { items: [] } : object));
    return read(config({ scaleTargetRef: ref }));
  };

  test("are those of its spec, 0 where they are left out, and unknown without a spec", async () => {
    expect(await look({ metadata: { uid: "u" }, spec: { replicas: 3 } })).toMatchObject({ replicas: 3, uid: "u" });
    expect(await look({ spec: {} })).toMatchObject({ replicas: 0 });
    expect(await look({})).not.toHaveProperty("replicas");
  });

  test("come with what its pods ask for, where the template says so", async () => {
    const containers = [{ name: "web", resources: { requests: { cpu: "250m" }, limits: { cpu: "1" } } }];
    expect(await look({ spec: { template: { spec: { containers } } } })).toMatchObject({
      resources: { request: 0.25, limit: 1 },
    });
    expect(await look({ spec: {} })).not.toHaveProperty("resources");
  });

  test("are unknown of a kind that may keep them elsewhere", async () => {
    const spec = { spec: { replicas: 3 } };
    for (const kind of ["Deployment", "StatefulSet", "ReplicaSet"])
      expect(await look(spec, { ...web, kind })).toMatchObject({ replicas: 3 });
    expect(await look(spec, { ...web, kind: "Rollout", apiVersion: "argoproj.io/v1alpha1" })).not.toHaveProperty(
      "replicas",
    );
    expect(await look(spec, { ...web, apiVersion: "x.io/v1" })).not.toHaveProperty("replicas");
  });
});

describe("conditionsOf", () => {
  test("is paused by the word true alone", () => {
    const paused = (value: string) =>
      conditionsOf({ metadata: { annotations: { "prophet-autoscaler/paused": value } } } as Workload).paused;
    expect(["true", "false", "", "True"].map(paused)).toEqual([true, false, false, false]);
    expect(conditionsOf({})).toEqual({ paused: false });
  });

  test.each<[string, object, object]>([
    ["old pods beside new ones", { replicas: 4, updatedReplicas: 3 }, { rollout: true }],
    ["none updated yet", { replicas: 4 }, { rollout: true }],
    ["a Deployment that is scaled", { replicas: 4, updatedReplicas: 4, readyReplicas: 2 }, { readyReplicas: 2 }],
    ["a Deployment without pods", { updatedReplicas: 0 }, {}],
    [
      "a StatefulSet between two revisions",
      { updateRevision: "b", currentRevision: "a", replicas: 0 },
      { rollout: true },
    ],
    ["a StatefulSet of one revision", { updateRevision: "a", currentRevision: "a", replicas: 4 }, {}],
  ])("of %s", (_, status, conditions) => {
    expect(conditionsOf({ status } as Workload)).toEqual({ paused: false, ...conditions });
  });
});
