/** The chart in a real API server: every values file is admitted; an upgrade keeps memory, replicas and switch; uninstalling leaves nothing. */
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { missingControllers, programs, skip } from "../cluster/available.ts";
import { type ControlPlane, startControlPlane } from "../cluster/controlplane.ts";
import { chart, type Helm, manifests, missingHelm, startHelm, valuesFile, valuesFiles } from "./helm-program.ts";
import { operatorKinds } from "./operator-kinds.ts";
import { annotation } from "./rig.ts";

const release = "prophet-autoscaler";
/** What a YAML or JSON writer could change: quotes, escapes, spaces, a number's form, letters beyond ASCII. */
const memory = '{"v":1,  "t":{"default/stress-app":{"w":[[1.7640e9,3]],"é\\n":"\\"\\u0041\'"}}}\n ';

describe.skipIf(skip(missingHelm() ?? missingControllers()))("a release", () => {
  let cluster: ControlPlane;
  let kubectl: ControlPlane["kubectl"];
  let helm: Helm;
  /** The chart as an older version, packaged. */
  let previous: string;

  beforeAll(async () => {
    cluster = await startControlPlane();
    kubectl = cluster.kubectl;
    helm = await startHelm(cluster.kubeconfig);
    const restricted = parse(readFileSync(join(manifests, "overlays/demo/namespace.yaml"), "utf8")) as {
      metadata: object;
    };
    for (const name of ["shop", "moved", "team", "monitoring"])
      await kubectl(
        ["create", "-f", "-"],
        JSON.stringify({ ...restricted, metadata: { ...restricted.metadata, name } }),
      );
    await operatorKinds(kubectl);
    await helm("package", chart, "--version", "0.0.9", "--app-version", "0.0.9", "--destination", helm.dir);
    previous = join(helm.dir, "prophet-autoscaler-0.0.9.tgz");
  });
  afterAll(async () => {
    await helm?.stop();
    await cluster?.stop();
  });

  const get = async (namespace: string, ...args: string[]) =>
    JSON.parse(await kubectl(["-n", namespace, "get", ...args, "-o", "json"])) as {
      metadata: { uid: string; annotations?: Record<string, string>; labels: Record<string, string> };
      spec: { replicas?: number; suspend?: boolean; minReplicas?: number };
    };
  const state = (namespace: string) => get(namespace, "configmap", "prophet-autoscaler-state");

  /** Every object of a namespace, of every kind that can be listed; Events are the server's own log and expire by themselves. */
  async function everything(namespace: string): Promise<string[]> {
    const kinds = (await kubectl(["api-resources", "--namespaced", "--verbs=list", "-o", "name"])).trim().split("\n");
    const listed = kinds.filter((kind) => !/^events(\.|$)|^pods\.metrics/.test(kind));
    const names = await kubectl(["-n", namespace, "get", listed.join(), "-o", "name", "--ignore-not-found"]);
    return names.trim().split("\n").sort();
  }

  /** What a run and people leave: the memory, written as the job does, replicas, the switch. */
  async function live(namespace: string): Promise<void> {
    const account = await cluster.kubeconfigFor(namespace, "prophet-autoscaler");
    const patch = JSON.stringify({ metadata: { annotations: { [annotation]: memory } } });
    const own = ["--kubeconfig", account, "--field-manager=prophet-autoscaler", "patch", "--type=merge"];
    await kubectl([...own, "configmap", "prophet-autoscaler-state", "-p", patch]);
    const replicas = '{"spec":{"replicas":6}}';
    await kubectl([...own, "deployment", "stress-app", "--subresource=scale", "-p", replicas]);
    await kubectl(["-n", namespace, "patch", "cronjob", release, "-p", '{"spec":{"suspend":true}}']);
  }

  async function expectKept(namespace: string, uid: string): Promise<void> {
    const { metadata } = await state(namespace);
    expect(metadata.annotations?.[annotation]).toBe(memory);
    expect(metadata.uid, "the same object").toBe(uid);
    expect((await get(namespace, "deployment", "stress-app")).spec.replicas).toBe(6);
    expect((await get(namespace, "cronjob", release)).spec.suspend).toBe(true);
  }

  test.each([null, ...valuesFiles])("values %s: the server takes every object, without a warning", async (name) => {
    const values = name === null ? [] : ["--values", valuesFile(name)];
    const rendered = await helm("template", release, chart, "-n", "shop", ...values);
    const said = await kubectl(["apply", "-f", "-", "--dry-run=server", "--warnings-as-errors"], rendered);
    expect(said).toMatch(/cronjob.batch\/prophet-autoscaler created/);
    await helm("install", release, chart, "-n", "shop", "--dry-run=server", ...values);
  });

  test("upgraded, rolled back and upgraded again, it keeps memory, replicas and the switch; uninstalled, nothing is left", async () => {
    const before = await everything("shop");
    const clusterWide = "clusterroles,clusterrolebindings,customresourcedefinitions,namespaces";
    const around = await kubectl(["get", clusterWide, "-o", "name"]);

    await helm("install", release, previous, "-n", "shop");
    const { uid, labels } = (await state("shop")).metadata;
    expect(labels["helm.sh/chart"]).toBe("prophet-autoscaler-0.0.9");
    await live("shop");
    await expectKept("shop", uid);

    await helm("upgrade", release, chart, "-n", "shop", "--set", "cronJob.resources.limits.cpu=400m");
    await expectKept("shop", uid);
    expect((await state("shop")).metadata.labels["helm.sh/chart"]).not.toBe("prophet-autoscaler-0.0.9");
    await helm("rollback", release, "1", "-n", "shop");
    await expectKept("shop", uid);
    await helm("upgrade", release, chart, "-n", "shop");
    await expectKept("shop", uid);
    // the switch is off again, and the controller makes a Job with a pod: they must go too
    await kubectl(["-n", "shop", "patch", "cronjob", release, "-p", '{"spec":{"suspend":false}}']);
    await kubectl(["-n", "shop", "create", "job", "one", `--from=cronjob/${release}`]);
    await expect.poll(() => everything("shop")).toContainEqual(expect.stringMatching(/^pod\/one-/));

    await helm("uninstall", release, "-n", "shop");
    await expect.poll(() => everything("shop"), { timeout: 90_000, interval: 1000 }).toEqual(before);
    expect(await kubectl(["get", clusterWide, "-o", "name"])).toBe(around);
  });

  test("an upgrade leaves the memory and the HPA's floor, also by client-side apply as in Helm 3", async () => {
    const own = ["-n", "shop", "--values", valuesFile("hpa-floor")];
    await helm("install", release, previous, ...own, "--server-side=false");
    await kubectl(["-n", "shop", "patch", "hpa", "stress-app", "-p", '{"spec":{"minReplicas":4}}']);
    await kubectl(["-n", "shop", "annotate", "configmap", "prophet-autoscaler-state", `${annotation}=${memory}`]);
    await helm("upgrade", release, chart, ...own, "--server-side=false");
    expect((await state("shop")).metadata.annotations?.[annotation]).toBe(memory);
    expect((await get("shop", "hpa", "stress-app")).spec.minReplicas).toBe(4);
    await helm("uninstall", release, "-n", "shop");
  });

  test("what kustomize installed can be taken over, with its memory", async () => {
    const rendered = await kubectl(["kustomize", join(manifests, "base")]);
    await kubectl(["apply", "-f", "-"], rendered.replaceAll("namespace: default", "namespace: moved"));
    await live("moved");
    const { uid } = (await state("moved")).metadata;
    await expect(helm("install", release, chart, "-n", "moved")).rejects.toThrow(/ownership/);
    await helm("install", release, chart, "-n", "moved", "--take-ownership", "--force-conflicts");
    await expectKept("moved", uid);
    await helm("uninstall", release, "-n", "moved");
  });

  test("the right `admin` on a namespace is enough to install all but the operator's kinds; `edit` is not", async () => {
    for (const right of ["admin", "edit"]) {
      await kubectl(["-n", "team", "create", "serviceaccount", right]);
      const binding = [`--clusterrole=${right}`, `--serviceaccount=team:${right}`];
      await kubectl(["-n", "team", "create", "rolebinding", right, ...binding]);
    }
    const as = async (account: string) => ["-n", "team", "--kubeconfig", await cluster.kubeconfigFor("team", account)];
    const [admin, edit] = [await as("admin"), await as("edit")];
    await expect(helm("install", "refused", chart, ...edit)).rejects.toThrow(/roles.* is forbidden/);
    await helm("install", release, chart, ...admin);
    for (const name of ["hpa-floor", "multi-target", "own-workload"])
      await helm("upgrade", release, chart, ...admin, "--values", valuesFile(name));
    const operator = helm("upgrade", release, chart, ...admin, "--values", valuesFile("operator"));
    await expect(operator).rejects.toThrow(/monitoring.coreos.com.* is forbidden|forbidden.*monitoring.coreos.com/);
    await helm("uninstall", release, ...admin);
  });

  test("the notes' doctor starts from the CronJob with its settings", async () => {
    await helm("install", release, chart, "-n", "shop");
    const notes = await helm("get", "notes", release, "-n", "shop");
    expect(notes).toContain("Deployment stress-app");
    const command = /^ *kubectl -n shop create job doctor [\s\S]*?apply -f -$/m.exec(notes)![0];
    const path = `${programs("kube")}:${process.env.PATH}`;
    const env = { ...process.env, PATH: path, KUBECONFIG: cluster.kubeconfig };
    await promisify(execFile)("bash", ["-euo", "pipefail", "-c", command], { env });
    const args = ["-o", "jsonpath={.spec.template.spec.containers[0].args}"];
    expect(JSON.parse(await kubectl(["-n", "shop", "get", "job", "doctor", ...args]))).toEqual([
      "doctor",
      "--config",
      "/etc/prophet-autoscaler/config.yaml",
    ]);
    await helm("uninstall", release, "-n", "shop");
  });
});
