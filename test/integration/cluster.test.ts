/** The control plane under test is real: it answers, refuses by RBAC, survives an outage, logs calls, and leaves nothing behind. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { missingControllers, skip } from "../cluster/available.ts";
import { type ControlPlane, startControlPlane } from "../cluster/controlplane.ts";
import { processesOf } from "../cluster/leftovers.ts";

describe.skipIf(skip(missingControllers()))("control plane", () => {
  let cp: ControlPlane;
  beforeAll(async () => {
    cp = await startControlPlane({ audit: true });
    await cp.kubectl(["create", "namespace", "shop"]);
    await cp.kubectl(["-n", "shop", "create", "serviceaccount", "reader"]);
    await cp.kubectl(["-n", "shop", "create", "role", "reader", "--verb=get", "--resource=configmaps"]);
    await cp.kubectl([
      "-n",
      "shop",
      "create",
      "rolebinding",
      "reader",
      "--role=reader",
      "--serviceaccount=shop:reader",
    ]);
  });
  afterAll(() => cp?.stop());

  test("the controllers run: a Deployment gets its ReplicaSet and pods", async () => {
    await cp.kubectl(["-n", "shop", "create", "deployment", "web", "--image=none", "--replicas=2"]);
    await expect
      .poll(async () => (await cp.kubectl(["-n", "shop", "get", "pods", "-o", "name"])).match(/pod\//g)?.length)
      .toBe(2);
  });

  test("a ServiceAccount's token may do what its Role grants and nothing else, and the audit log shows both", async () => {
    const kubeconfig = await cp.kubeconfigFor("shop", "reader");
    const as = (...args: string[]) => cp.kubectl(["--kubeconfig", kubeconfig, ...args]);
    expect(await as("get", "configmap", "kube-root-ca.crt")).toContain("kube-root-ca.crt");
    await expect(as("get", "secrets")).rejects.toThrow("forbidden");
    await expect(as("-n", "default", "get", "configmap", "kube-root-ca.crt")).rejects.toThrow("forbidden");
    const calls = await cp.audit("system:serviceaccount:shop:reader");
    const seen = calls.flatMap((call) =>
      call.objectRef?.resource ? [`${call.verb} ${call.objectRef.resource} ${call.responseStatus?.code}`] : [],
    );
    expect(seen).toEqual(["get configmaps 200", "list secrets 403", "get configmaps 403"]);
  });

  test("Pod Security refuses a privileged pod where `restricted` is enforced", async () => {
    await cp.kubectl(["label", "namespace", "shop", "pod-security.kubernetes.io/enforce=restricted"]);
    await expect(cp.kubectl(["-n", "shop", "run", "p", "--image=none", "--privileged"])).rejects.toThrow(
      'violates PodSecurity "restricted',
    );
  });

  test("an outage of the API server loses no data", async () => {
    await cp.stopApiServer();
    await expect(cp.kubectl(["get", "namespace", "shop"])).rejects.toThrow(/refused/);
    await cp.startApiServer();
    expect(await cp.kubectl(["get", "namespace", "shop", "-o", "name"])).toBe("namespace/shop\n");
  });

  test("stop() leaves no process and no file, and a second one is harmless", async () => {
    const other = await startControlPlane();
    expect(processesOf(other.dir).length).toBeGreaterThanOrEqual(4);
    await other.stop();
    await other.stop();
    expect(processesOf(other.dir)).toEqual([]);
    expect(existsSync(other.dir)).toBe(false);
    expect(await cp.kubectl(["get", "namespace", "shop", "-o", "name"])).toBe("namespace/shop\n");
  });

  test("nothing outlives a test process that is killed", async () => {
    const module = fileURLToPath(new URL("../cluster/controlplane.ts", import.meta.url));
    const code = `const { startControlPlane } = await import(${JSON.stringify(module)}); console.log((await startControlPlane()).dir); setInterval(() => {}, 1e6);`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", code], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [line] = (await once(child.stdout!, "data")) as [Buffer];
    const dir = line.toString().trim();
    expect(processesOf(dir).length).toBeGreaterThanOrEqual(4);
    child.kill("SIGKILL");
    await expect.poll(() => [processesOf(dir), existsSync(dir)]).toEqual([[], false]);
  });
});
