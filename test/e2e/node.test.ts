/** A node leaves nothing behind, however it ends. */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { missingNode, skip } from "../cluster/available.ts";
import { kubepods, leftovers, processesOf } from "../cluster/leftovers.ts";
import { startNode } from "../cluster/node.ts";

/** A pod that sleeps. */
const sleeper = ["run", "sleeper", "--image=test.local/busybox:1", "--image-pull-policy=Never", "--", "sleep", "3600"];

describe.skipIf(skip(missingNode()))("a node", () => {
  test("stop() leaves no cgroup and no file", async () => {
    const node = await startNode({ addons: false });
    try {
      await node.kubectl(["wait", "--for=create", "serviceaccount/default", "--timeout=30s"]);
      await node.kubectl(sleeper);
      await node.kubectl(["wait", "pod/sleeper", "--for=condition=ready", "--timeout=60s"]);
      expect(kubepods()).not.toEqual([]);
    } finally {
      await node.stop();
    }
    expect(kubepods()).toEqual([]);
    expect(existsSync(node.dir)).toBe(false);
  });
});

describe.skipIf(skip(missingNode()))("a node that is not stopped by its test", () => {
  const cluster = join(import.meta.dirname, "../cluster");
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "end-"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  test("a killed process leaves no process, cgroup or file of it", async () => {
    const code = `const { startNode } = await import("${cluster}/node.ts"); console.log((await startNode({ addons: false })).dir); setInterval(() => {}, 1e6);`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", code], {
      env: { ...process.env, TMPDIR: folder },
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(child.stdout, "data");
    // etcd, API server, controllers, scheduler, kubelet, proxy, containerd, and what holds them
    expect(processesOf(folder).length).toBeGreaterThanOrEqual(8);
    expect(kubepods()).not.toEqual([]);
    child.kill("SIGKILL");
    await expect.poll(() => [...leftovers(folder), ...kubepods()], { timeout: 30_000 }).toEqual([]);
  });

  test("by command: up, a program inside, down, and nothing is left", async () => {
    const env = { ...process.env, STATE: join(folder, "state"), ADDONS: "0" };
    const run = async (...args: string[]) =>
      (await promisify(execFile)(process.execPath, [join(cluster, "main.ts"), ...args], { env })).stdout;
    try {
      expect(await run("up")).toMatch(/^export KUBECONFIG=/m);
      expect(await run("exec", "kubectl", "get", "nodes", "--no-headers")).toMatch(/^node1 +Ready/);
    } finally {
      await run("down");
    }
    expect([...leftovers(folder), ...kubepods()]).toEqual([]);
  });
});
