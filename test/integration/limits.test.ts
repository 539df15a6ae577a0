/** Namespaces with a LimitRange or a ResourceQuota: the job's pods get in as they are shipped, or as docs/installing.md says. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { missingControllers, skip } from "../cluster/available.ts";
import { type ControlPlane, startControlPlane } from "../cluster/controlplane.ts";

const root = join(import.meta.dirname, "../..");
const { spec } = parse(readFileSync(join(root, "manifests/base/cronjob.yaml"), "utf8"));
const page = readFileSync(join(root, "docs/installing.md"), "utf8");

/** What the page gives to a namespace that wants a number for CPU. */
const numbers = parse(/^cronJob:\n {2}resources:\n(?: {4}.*\n)+/m.exec(page)?.[0] ?? "").cronJob.resources;

const limitRange = (...limits: object[]) => ({ kind: "LimitRange", spec: { limits } });
const quota = (hard: object) => ({ kind: "ResourceQuota", spec: { hard } });
const forAll = { "requests.cpu": "4", "limits.cpu": "8", "requests.memory": "4Gi", "limits.memory": "8Gi", pods: "9" };

/** Name, the objects of the namespace, and whether the pod is the shipped one or has the page's numbers. */
const cases: readonly (readonly [string, readonly object[], "shipped" | "numbers"])[] = [
  ["a least CPU a container", [limitRange({ type: "Container", min: { cpu: "50m", memory: "16Mi" } })], "shipped"],
  ["a most CPU a container", [limitRange({ type: "Container", max: { cpu: "250m", memory: "256Mi" } })], "shipped"],
  [
    "a ratio of limit to request",
    [
      limitRange({
        type: "Container",
        default: { cpu: "200m" },
        defaultRequest: { cpu: "100m" },
        maxLimitRequestRatio: { cpu: "4", memory: "2" },
      }),
    ],
    "shipped",
  ],
  [
    "a quota beside defaults",
    [quota(forAll), limitRange({ type: "Container", default: { cpu: "500m" }, defaultRequest: { cpu: "50m" } })],
    "shipped",
  ],
  ["a quota without defaults", [quota(forAll)], "numbers"],
  ["a most CPU a pod, without defaults", [limitRange({ type: "Pod", max: { cpu: "2" } })], "numbers"],
];

describe.skipIf(skip(missingControllers()))("a namespace with", () => {
  let cluster: ControlPlane;
  beforeAll(async () => {
    cluster = await startControlPlane();
  });
  afterAll(() => cluster?.stop());

  /** Makes the job's pod in a new namespace; resolves to what the API server says, rejects with its refusal. */
  async function admit(namespace: string, objects: readonly object[], resources: object | null): Promise<string> {
    const own = ["-n", namespace];
    const { kubectl } = cluster;
    await kubectl(["create", "namespace", namespace]).catch(() => {});
    await kubectl([...own, "wait", "--for=create", "serviceaccount/default", "--timeout=30s"]);
    for (const [i, object] of objects.entries()) {
      const whole = { apiVersion: "v1", metadata: { name: `limits-${i}` }, ...object };
      await kubectl([...own, "apply", "-f", "-"], JSON.stringify(whole));
    }
    // a quota counts, and so admits, only once the controller has filled in its status
    if (objects.some((object) => "kind" in object && object.kind === "ResourceQuota"))
      await kubectl([...own, "wait", "resourcequota", "--all", "--for=jsonpath={.status.hard.pods}=9"]);
    const { serviceAccountName: _, ...pod } = structuredClone(spec.jobTemplate.spec.template.spec);
    if (resources !== null) pod.containers[0].resources = resources;
    const name = resources === null ? "shipped" : "numbers";
    const whole = { apiVersion: "v1", kind: "Pod", metadata: { name }, spec: pod };
    return kubectl([...own, "create", "-f", "-"], JSON.stringify(whole));
  }

  test.each(cases)("%s admits the job's pod", async (what, objects, which) => {
    const namespace = what.replaceAll(/[^a-z]+/gi, "-").toLowerCase();
    if (which === "numbers") {
      await expect(admit(namespace, objects, null)).rejects.toThrow(/forbidden: .*cpu/);
      await expect(admit(namespace, objects, numbers)).resolves.toContain("pod/numbers created");
    } else await expect(admit(namespace, objects, null)).resolves.toContain("pod/shipped created");
  });
});
