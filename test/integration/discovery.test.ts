/** Targets found by their label on a real API server, by the shipped Roles: as listed ones are decided, page by page, and what is wrong with one is its own. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readState } from "../../job/adapters/state-text.ts";
import { missingControlPlane, missingPrometheus, skip } from "../cluster/available.ts";
import { startPrometheus, type TestPrometheus } from "../cluster/prometheus.ts";
import { callLines, roleOf } from "./calls.ts";
import { type Rig, type RigRunResult, startRig } from "./rig.ts";

const HOME = "autoscaling";
/** More than a page. */
const MANY = 505;
const LABEL = "prophet-autoscaler/enabled";

const WEB = { "target-cpu": "50m", "max-replicas": "10", "behavior.scale-down.stabilization-window-seconds": "0" };

function workload(kind: string, name: string, annotations: Record<string, string>, replicas: number, label = "true") {
  const own = Object.entries(annotations).map(([key, value]) => [`prophet-autoscaler/${key}`, value]);
  return JSON.stringify({
    apiVersion: "apps/v1",
    kind,
    metadata: { name, labels: { [LABEL]: label }, annotations: Object.fromEntries(own) },
    spec: {
      replicas,
      serviceName: kind === "StatefulSet" ? name : undefined,
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: "web", image: "web" }] } },
    },
  });
}

/** Two pods of each with 0.115 cores, 5 replicas of 0.05, for an hour around now. */
function counters(pods: readonly (readonly [namespace: string, pod: string])[]): string {
  const end = Math.floor(Date.now() / 1000) + 900;
  const lines = ["# TYPE container_cpu_usage_seconds counter"];
  for (const [namespace, pod] of pods)
    for (let t = -3600; t <= 0; t += 15) {
      const labels = `namespace="${namespace}",pod="${pod}",container="web"`;
      lines.push(`container_cpu_usage_seconds_total{${labels}} ${((t + 3600) * 0.115).toFixed(3)} ${end + t}`);
    }
  return `${lines.join("\n")}\n# EOF\n`;
}

const deploymentPods = (name: string) => ["x2x4z", "bcdfg"].map((pod) => `${name}-5d4f8c9b7-${pod}`);
const PODS = [
  ...["web", "api", "bad"].flatMap((name) => deploymentPods(name).map((pod) => ["shop", pod] as const)),
  ...["db-0", "db-1"].map((pod) => ["shop", pod] as const),
  ...deploymentPods("front").map((pod) => ["locked", pod] as const),
];

describe.skipIf(skip(missingControlPlane() ?? missingPrometheus()))("discover", () => {
  let rig: Rig;
  let prometheus: TestPrometheus;
  const kubectl = (...args: string[]) => rig.cluster.kubectl(args);
  const apply = (namespace: string, ...objects: readonly string[]) =>
    rig.cluster.kubectl(["-n", namespace, "apply", "-f", "-"], objects.join("\n---\n"));

  /** The Role of the manifests in another namespace than the job's, by the kustomization of docs/discovery.md. */
  const grant = async (namespace: string) => {
    const page = await readFile("docs/discovery.md", "utf8");
    const [, text = ""] = /```yaml\n# a folder beside manifests[^\n]*\n([\s\S]*?)```/.exec(page) ?? [];
    const folder = join(rig.cluster.dir, `grant-${namespace}`);
    await mkdir(folder, { recursive: true });
    const own = text
      .replace("namespace: shop", `namespace: ${namespace}`)
      .replace("../manifests", relative(folder, resolve("manifests")));
    await writeFile(join(folder, "kustomization.yaml"), own);
    await kubectl("apply", "-k", folder);
  };

  beforeAll(async () => {
    prometheus = await startPrometheus({ history: counters(PODS) });
    rig = await startRig(HOME);
    // nobody but the test writes: without pods each Deployment would be in a rollout
    await rig.cluster.stopControllers();
    for (const namespace of ["shop", "cart", "locked"]) await kubectl("create", "namespace", namespace);
    await grant("shop");
    await grant("cart");
    await apply(
      "shop",
      workload("Deployment", "web", WEB, 2),
      workload("Deployment", "api", { ...WEB, mode: "ForecastOnly" }, 2),
      workload("StatefulSet", "db", WEB, 2),
      workload("Deployment", "bad", { ...WEB, "max-replica": "20" }, 2),
      workload("Deployment", "out", WEB, 2, "false"),
    );
    const off = Array.from({ length: MANY }, (_, i) =>
      workload("Deployment", `c-${i}`, { "target-cpu": "1", mode: "Off" }, 0),
    );
    await apply("cart", ...off);
    await apply("locked", workload("Deployment", "front", WEB, 2));
  });
  afterAll(async () => {
    await rig?.stop();
    await prometheus?.stop();
  });

  const config = (namespaces: readonly string[], more: object = {}) => ({
    prometheus: { url: prometheus.url, timeout: 20, measurePodStart: false },
    kubernetes: { timeout: 20, detectScalers: true, events: true },
    state: { configMap: { namespace: HOME } },
    defaults: { scaleDownCooldown: 0 },
    discover: [{ namespaces }],
    ...more,
  });
  const of = ({ targets }: RigRunResult, name: string) => targets.find((target) => target.name === name);
  const replicas = async (what: string) =>
    Number(await kubectl("-n", "shop", "get", what, "-o", "jsonpath={.spec.replicas}"));

  test("found ones are decided as the same targets listed, without a call a target", async () => {
    const dry = ["--once", "--dry-run"];
    const found = await rig.run(config(["shop"]), { args: dry });
    const listed = (kind: string, name: string, more = {}) => ({
      namespace: "shop",
      scaleTargetRef: { kind, name },
      targetCpu: 0.05,
      maxReplicas: 10,
      behavior: { scaleDown: { stabilizationWindowSeconds: 0 } },
      ...more,
    });
    const targets = [
      listed("Deployment", "api", { mode: "ForecastOnly" }),
      listed("StatefulSet", "db"),
      listed("Deployment", "web"),
    ];
    const kubeconfig = rig.cluster.kubeconfig;
    const same = await rig.run(config([], { discover: [], targets }), { args: dry, kubeconfig });
    const decided = (run: RigRunResult) =>
      run.targets
        .filter(({ name }) => name !== "bad")
        .map(({ name, action, from, to, reason }) => ({ name, action, from, to, reason }));
    expect(decided(found)).toEqual(decided(same));
    await rig.mark();
    const both = await rig.run(config(["shop"], { targets }), { args: dry });
    expect(decided(both)).toEqual(decided(found));
    // listed ones that have the label are read from the list as well
    expect(callLines(await rig.calls()).filter((line) => /^get/.test(line) && !line.includes("configmaps"))).toEqual(
      [],
    );
    expect(decided(found)).toContainEqual(
      expect.objectContaining({ name: "web", action: "wouldScale", from: 2, to: 5 }),
    );
    expect(decided(found)).toContainEqual(expect.objectContaining({ name: "db", action: "wouldScale" }));
  });

  test("one with a wrong annotation fails by name, with an Event that names it; the others are scaled", async () => {
    await rig.mark();
    const run = await rig.run(config(["shop"]));
    expect(run.code, run.stderr).toBe(1);
    expect(of(run, "bad")).toMatchObject({ action: "failed", reason: "InvalidSettings" });
    expect(of(run, "bad")!.message).toMatch(
      /^prophet-autoscaler\/max-replica is not a known annotation\. Did you mean prophet-autoscaler\/max-replicas\?; the replicas stay/,
    );
    expect(of(run, "out")).toBeUndefined();
    expect(of(run, "web")).toMatchObject({ action: "scaled", to: 5 });
    expect([await replicas("deployment/web"), await replicas("statefulset/db")]).toEqual([5, 5]);
    expect([await replicas("deployment/bad"), await replicas("deployment/out")]).toEqual([2, 2]);
    // kubectl finds an Event by the uid of its object
    expect(await kubectl("-n", "shop", "describe", "deployment", "bad")).toMatch(
      /Warning\s+InvalidSettings.*prophet-autoscaler\/max-replica is not a known annotation/,
    );
    const calls = await rig.calls();
    const lines = callLines(calls);
    expect(lines.filter((line) => line.startsWith("get") && !line.includes("configmaps"))).toEqual([]);
    expect(lines.filter((line) => /^list/.test(line)).sort()).toEqual([
      "list deployments * in shop",
      "list horizontalpodautoscalers * in shop",
      "list statefulsets * in shop",
    ]);
    const shop = calls.filter(({ objectRef }) => objectRef?.namespace === "shop");
    expect(new Set(shop.map(roleOf))).toEqual(new Set(["shop/prophet-autoscaler-discover"]));
  });

  test("a list longer than a page is read to its end", async () => {
    await rig.mark();
    const run = await rig.run(config(["cart"]));
    expect(run.code, run.stderr).toBe(0);
    expect(run.targets).toHaveLength(MANY);
    expect(new Set(run.targets.map(({ reason }) => reason))).toEqual(new Set(["ModeOff"]));
    const lists = (await rig.calls()).filter(
      ({ verb, objectRef }) => verb === "list" && objectRef?.resource === "deployments",
    );
    expect(lists.map(({ requestURI }) => [/limit=500/.test(requestURI), /continue=/.test(requestURI)])).toEqual([
      [true, false],
      [true, true],
    ]);
  });

  test("a namespace without the Role: what is missing is said, listed and other found targets go on, and nothing is forgotten", async () => {
    await grant("locked");
    const before = await rig.run(config(["shop", "locked"]));
    expect(of(before, "front")).toMatchObject({ action: "scaled", to: 5 });
    const memory = async () => readState(await rig.memory()).state.targets["locked/front"];
    const remembered = await memory();
    expect(remembered?.changes).toMatchObject([{ from: 2, to: 5 }]);
    await kubectl("-n", "locked", "delete", "rolebinding", "prophet-autoscaler-discover");
    await kubectl("-n", "shop", "scale", "deployment/web", "--replicas=2");
    const run = await rig.run(config(["shop", "locked"]));
    expect(run.code).toBe(1);
    expect(of(run, "front")).toBeUndefined();
    expect(of(run, "web")).toMatchObject({ from: 2, to: 5 });
    expect(run.stderr).toMatch(
      /Deployments in namespace locked could not be listed: .*403 Forbidden: .*cannot list resource "deployments".*grant list on deployments: manifests\/components\/discover has the rules/,
    );
    expect(await kubectl("-n", "locked", "get", "deployment", "front", "-o", "jsonpath={.spec.replicas}")).toBe("5");
    expect(await memory()).toEqual(remembered);
    await grant("locked");
    const after = await rig.run(config(["locked"]));
    expect(of(after, "front")).toMatchObject({ from: 5, to: 5 });
    expect((await memory())?.changes).toEqual(remembered?.changes);
  });

  test("doctor names what was found, whose annotations are wrong, and the rights that it needs", async () => {
    const { cli } = await import("../fakes/cli.ts");
    const file = `${rig.cluster.dir}/doctor.yaml`;
    await writeFile(file, JSON.stringify(config(["shop"])));
    const { out } = await cli(`doctor --json --config ${file} --kubeconfig ${rig.kubeconfig}`);
    const { checks } = JSON.parse(out) as { checks: { check: string; status: string; message: string }[] };
    const find = (name: string) => checks.find(({ check }) => check === name);
    expect(find("discover")).toMatchObject({
      status: "ok",
      message: "4 workloads found: shop/api, shop/bad, shop/db, shop/web",
    });
    expect(find("annotations of shop/bad")).toMatchObject({ status: "fail" });
    for (const right of ["list deployments", "patch deployments/scale", "list statefulsets", "get statefulsets/scale"])
      expect(find(`may ${right} in shop`), right).toMatchObject({ status: "ok", message: "yes" });
    expect(find("may patch deployments in shop")).toMatchObject({ status: "ok", message: "no, as it should be" });
  });
});
