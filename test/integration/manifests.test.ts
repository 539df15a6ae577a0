/** The manifests through a real API server, its admission and its controllers; the rules and the dashboard through a real Prometheus. */
import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { missingControllers, missingPrometheus, promtool, skip } from "../cluster/available.ts";
import { type ControlPlane, startControlPlane } from "../cluster/controlplane.ts";
import { startPrometheus, type TestPrometheus } from "../cluster/prometheus.ts";
import { kustomize, objectsOf } from "./helm-program.ts";
import { operatorKinds } from "./operator-kinds.ts";

const root = join(import.meta.dirname, "../../manifests");
/** What docs/installing.md says to apply, as folders of manifests. */
const folders = [
  "base",
  ...readdirSync(join(root, "overlays")).map((name) => `overlays/${name}`),
  "monitoring/operator",
];

describe.skipIf(skip(missingControllers()))("manifests", () => {
  let cluster: ControlPlane;
  let kubectl: ControlPlane["kubectl"];
  beforeAll(async () => {
    cluster = await startControlPlane();
    kubectl = cluster.kubectl;
    await kubectl(["create", "namespace", "monitoring"]);
    await operatorKinds(kubectl);
    await kubectl([
      "label",
      "namespace",
      "default",
      "pod-security.kubernetes.io/enforce=restricted",
      "pod-security.kubernetes.io/warn=restricted",
    ]);
  });
  afterAll(() => cluster?.stop());

  test.each(folders)(
    "%s: the server takes every object, without a warning; applied, no diff is left",
    async (folder) => {
      const path = join(root, folder);
      // the demo makes its own, and takes it away; that of another folder must be there
      await kubectl(["create", "namespace", "prophet-demo", "--save-config"]).catch(() => {});
      const said = await kubectl(["apply", "-k", path, "--dry-run=server", "--warnings-as-errors"]);
      expect(said).toMatch(/created|configured/);
      await kubectl(["apply", "-k", path]);
      // exit code 1 when there is a difference
      expect(await kubectl(["diff", "-k", path])).toBe("");
      const byServer = ["-k", path, "--server-side", "--force-conflicts"];
      await kubectl(["apply", ...byServer]);
      expect(await kubectl(["diff", ...byServer])).toBe("");
      await kubectl(["delete", "-k", path, "--wait=true"]);
    },
  );

  test.each(folders)("%s: every object says its namespace, all the same one", async (folder) => {
    const objects = objectsOf(await kustomize(folder)).filter(({ kind }) => kind !== "Namespace");
    const [namespace, ...others] = new Set(objects.map(({ metadata }) => metadata.namespace));
    expect(namespace).toMatch(/^[a-z-]+$/);
    expect(others).toEqual([]);
  });

  test("the demo's namespace enforces `restricted`, and the pods of the CronJob and of the stress-app get in", async () => {
    await kubectl(["apply", "-k", join(root, "overlays/demo")]);
    const own = ["-n", "prophet-demo"];
    // a pod is refused for want of its account before any policy sees it
    await kubectl([...own, "wait", "--for=create", "serviceaccount/default", "--timeout=60s"]);
    await expect(kubectl([...own, "run", "loose", "--image=x"])).rejects.toThrow(/violates PodSecurity "restricted/);
    await kubectl([...own, "create", "job", "one", "--from=cronjob/prophet-autoscaler"]);
    const pods = async () =>
      JSON.parse(await kubectl([...own, "get", "pods", "-o", "json"])) as {
        items: { metadata: { generateName?: string } }[];
      };
    const names = async () => (await pods()).items.map((item) => item.metadata.generateName);
    const both = [expect.stringMatching(/^one-/), expect.stringMatching(/^stress-app-[456789bcdf]{4,10}-$/)];
    await expect.poll(names).toEqual(expect.arrayContaining(both));
  });

  test("applied again, it keeps the memory and the replicas", async () => {
    const own = ["-n", "prophet-demo"];
    await kubectl([
      ...own,
      "annotate",
      "configmap",
      "prophet-autoscaler-state",
      'prophet-autoscaler/last-forecast={"v":1,"t":{}}',
    ]);
    await kubectl([...own, "scale", "deployment/stress-app", "--replicas=6"]);
    await kubectl(["apply", "-k", join(root, "overlays/demo")]);
    expect(await kubectl([...own, "get", "configmap", "prophet-autoscaler-state", "-o", "yaml"])).toContain(
      "last-forecast",
    );
    expect(await kubectl([...own, "get", "deployment", "stress-app", "-o", "jsonpath={.spec.replicas}"])).toBe("6");
  });

  test("deleted, nothing is left", async () => {
    await kubectl(["delete", "-k", join(root, "overlays/demo"), "--wait=true"]);
    await expect(kubectl(["get", "namespace", "prophet-demo"])).rejects.toThrow(/NotFound/);
    const left = await kubectl(["get", "clusterroles,clusterrolebindings,customresourcedefinitions", "-o", "name"]);
    expect(left).not.toContain("prophet");
  });
});

describe.skipIf(skip(missingPrometheus()))("rules and dashboard", () => {
  let prometheus: TestPrometheus;
  beforeAll(async () => {
    prometheus = await startPrometheus();
  });
  afterAll(() => prometheus?.stop());

  test.each(["rules.yaml", "recording/recording-rules.yaml"])("promtool accepts %s", async (file) => {
    const { stdout } = await promisify(execFile)(promtool()!, ["check", "rules", join(root, "monitoring", file)]);
    expect(stdout).toMatch(/SUCCESS/);
  });

  test("Prometheus can run every query of the dashboard and of the rules", async () => {
    const dashboard = JSON.parse(readFileSync(join(root, "monitoring/dashboard.json"), "utf8")) as {
      panels: { targets: { expr: string }[] }[];
    };
    const rules = parse(readFileSync(join(root, "monitoring/rules.yaml"), "utf8")) as {
      groups: { rules: { expr: string }[] }[];
    };
    const queries = [
      ...dashboard.panels.flatMap((panel) => panel.targets.map((t) => t.expr)),
      ...rules.groups.flatMap((group) => group.rules.map((rule) => rule.expr)),
    ];
    for (const query of queries)
      await prometheus.query(query.replaceAll("$namespace", "shop").replaceAll("$workload", "web"));
    expect(queries.length).toBeGreaterThan(10);
  });
});
