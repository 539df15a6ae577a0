/** docs/installing.md does what it says: its overlay, its commands by hand, its kubeconfig and the way to save the memory, run as they stand there. */
import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { missingControllers, programs, skip } from "../cluster/available.ts";
import { type ControlPlane, startControlPlane } from "../cluster/controlplane.ts";
import { objectsOf } from "./helm-program.ts";
import { annotation } from "./rig.ts";

const root = join(import.meta.dirname, "../..");
const page = readFileSync(join(root, "docs/installing.md"), "utf8");

/** The block of code in which a text stands. */
function block(text: string): string {
  const found = [...page.matchAll(/^```\w+\n([\s\S]*?)^```/gm)].map((match) => match[1]!).find((b) => b.includes(text));
  if (found === undefined) throw new Error(`no block with ${text}`);
  return found;
}

const config = JSON.stringify({
  prometheus: { url: "http://prometheus.monitoring.svc:9090" },
  targets: [{ scaleTargetRef: { kind: "Deployment", name: "web" }, targetCpu: "400m" }],
});

test("every file and folder that the page names is there", () => {
  const named = [...page.matchAll(/\bmanifests\/[\w./-]*\w/g)].map((match) => match[0]);
  const links = [...page.matchAll(/\]\((?!http|#)([^)#]+)(?:#[^)]*)?\)/g)].map((match) => join("docs", match[1]!));
  expect(named.length).toBeGreaterThan(15);
  for (const path of [...named, ...links]) expect(existsSync(join(root, path)), path).toBe(true);
});

describe.skipIf(skip(missingControllers()))("the page's commands", () => {
  let cluster: ControlPlane;
  let kubectl: ControlPlane["kubectl"];
  beforeAll(async () => {
    cluster = await startControlPlane();
    kubectl = cluster.kubectl;
    for (const namespace of ["shop", "hand", "doctor"]) {
      await kubectl(["create", "namespace", namespace]);
      await kubectl(["label", "namespace", namespace, "pod-security.kubernetes.io/warn=restricted"]);
    }
    await writeFile(join(cluster.dir, "config.yaml"), config);
  });
  afterAll(() => cluster?.stop());

  /** Runs a block with bash; the project's folder `manifests` is at hand as in a checkout. */
  async function run(commands: string, env: Record<string, string> = {}): Promise<string> {
    const path = `${programs("kube")}:${process.env.PATH}`;
    const options = { cwd: cluster.dir, env: { ...process.env, PATH: path, KUBECONFIG: cluster.kubeconfig, ...env } };
    const script = commands.replaceAll(" manifests/", ` ${root}/manifests/`);
    return (await promisify(execFile)("bash", ["-euo", "pipefail", "-c", script], options)).stdout;
  }

  test("the overlay for a workload of one's own", async () => {
    const folder = join(cluster.dir, "own");
    await mkdir(folder);
    await writeFile(join(folder, "config.yaml"), config);
    const text = block("kind: Kustomization").replaceAll("../manifests", relative(folder, join(root, "manifests")));
    await writeFile(join(folder, "kustomization.yaml"), text);
    const rendered = await run(`kubectl kustomize ${folder}`);
    expect(rendered).toContain("image: registry.example.com/prophet-autoscaler:0.1.0");
    expect(rendered).not.toContain("stress-app");
    const roles = objectsOf(rendered).filter(({ kind }) => kind === "Role");
    expect(roles).toHaveLength(2);
    for (const role of roles) {
      const [first] = role.rules as { resourceNames?: string[] }[];
      expect(first?.resourceNames).toEqual(["web"]);
    }
    await kubectl(["apply", "--dry-run=server", "--warnings-as-errors", "-f", "-"], rendered);
  });

  test("by hand: the rights of the manifests and no others", async () => {
    await run(block("create rolebinding"), { NAMESPACE: "hand", DEPLOYMENT: "web", IMAGE: "registry.example.com/x:1" });
    const account = await cluster.kubeconfigFor("hand", "prophet-autoscaler");
    const rights = await kubectl(["--kubeconfig", account, "auth", "can-i", "--list", "-n", "hand", "--no-headers"]);
    const granted = rights.split("\n").filter((line) => /\[(get|patch) (get|patch)\]/.test(line));
    expect(granted.map((line) => line.replace(/\s+/g, " ").trim()).sort()).toEqual([
      "configmaps [] [prophet-autoscaler-state] [get patch]",
      "deployments.apps/scale [] [web] [get patch]",
    ]);
    const [job] = objectsOf(await kubectl(["-n", "hand", "get", "cronjob", "prophet-autoscaler", "-o", "yaml"]));
    expect(JSON.stringify(job)).toContain('"image":"registry.example.com/x:1"');
    expect(await kubectl(["-n", "hand", "get", "configmap", "prophet-autoscaler", "-o", "yaml"])).toContain("400m");
  });

  test("a kubeconfig that acts as the job", async () => {
    await kubectl(["-n", "shop", "create", "serviceaccount", "prophet-autoscaler"]);
    await run(block("set-credentials"));
    const who = await run("kubectl --kubeconfig job.kubeconfig auth whoami -o jsonpath='{.status.userInfo.username}'");
    expect(who).toBe("system:serviceaccount:shop:prophet-autoscaler");
    await expect(run("kubectl --kubeconfig job.kubeconfig get pods")).rejects.toThrow(/forbidden.*"shop"/);
  });

  test("the doctor's Job: the wait ends with it, also when it fails, and the CronJob has nothing to say of it", async () => {
    await run(block("create rolebinding"), {
      NAMESPACE: "doctor",
      DEPLOYMENT: "web",
      IMAGE: "registry.example.com/x:1",
    });
    const commands = block("create job doctor").replaceAll("shop", "doctor");
    // no node here, so no log
    const [upToWait] = commands.split(/^kubectl.* logs .*$/m);
    const own = ["-n", "doctor"];
    const waited = run(upToWait!);
    const labelled = ["-l", "batch.kubernetes.io/job-name=doctor", "-o", "name"];
    let pod = "";
    const found = async () => (pod = (await kubectl([...own, "get", "pods", ...labelled])).trim());
    await expect.poll(found).toMatch(/^pod\/doctor-/);
    const { args } = JSON.parse(await kubectl([...own, "get", pod, "-o", "jsonpath={.spec.containers[0]}"]));
    expect(args).toEqual(["doctor", "--config", "/etc/prophet-autoscaler/config.yaml"]);
    await kubectl([...own, "patch", pod, "--subresource=status", "-p", '{"status":{"phase":"Failed"}}']);
    expect(await waited).toContain("job.batch/doctor condition met");
    // as one of the CronJob's own it would be: what the controller has said of such a one, it would have said of the doctor's before
    await kubectl([...own, "create", "job", "owned", "--from=cronjob/prophet-autoscaler"]);
    const about = "--field-selector=involvedObject.kind=CronJob,type=Warning";
    const warnings = () => kubectl([...own, "get", "events", about, "-o", "jsonpath={.items[*].message}"]);
    await expect.poll(warnings).toMatch(/owned/);
    expect(await warnings()).not.toContain("doctor");
    await run(commands.split("\n").findLast((line) => line.includes("delete job"))!);
  });

  test("the memory is saved and put back", async () => {
    const memory = '{"v":1,"t":{"default/stress-app":{"w":[[1.5,3]],"é":"\\""}}}';
    const own = ["-n", "shop"];
    await kubectl([...own, "create", "configmap", "prophet-autoscaler-state"]);
    await kubectl([...own, "annotate", "configmap", "prophet-autoscaler-state", `${annotation}=${memory}`]);
    const [save, restore] = block(">memory.json").trim().split("\n");
    await run(save!);
    await kubectl([...own, "delete", "configmap", "prophet-autoscaler-state"]);
    await kubectl([...own, "create", "configmap", "prophet-autoscaler-state"]);
    await run(restore!);
    const [state] = objectsOf(await kubectl([...own, "get", "configmap", "prophet-autoscaler-state", "-o", "yaml"]));
    expect(state?.metadata).toMatchObject({ annotations: { [annotation]: memory } });
  });
});
