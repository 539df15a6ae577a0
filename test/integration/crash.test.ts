/** The test cluster for a person: up and down by command, and nothing left behind by a demo that is ended with Ctrl-C or killed. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { missingControllers, missingControlPlane, missingPrometheus, programs, skip } from "../cluster/available.ts";
import { leftovers, processesOf } from "../cluster/leftovers.ts";

const root = join(import.meta.dirname, "../..");
const command = ["test/cluster/main.ts"];

describe.skipIf(skip(missingControlPlane() ?? missingPrometheus()))("the test cluster, by command", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "crash-"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  test("up --no-node starts one that stays, down --no-node ends it and leaves nothing; both may be said twice", async () => {
    const STATE = join(folder, "state");
    const run = async (...args: string[]) =>
      (
        await promisify(execFile)(process.execPath, [...command, ...args], {
          cwd: root,
          env: { ...process.env, STATE },
        })
      ).stdout;
    try {
      const kubeconfig = /^export KUBECONFIG=(.*)$/m.exec(await run("up", "--no-node"))![1]!;
      const env = { ...process.env, KUBECONFIG: kubeconfig };
      const { stdout } = await promisify(execFile)(`${programs("kube")}/kubectl`, ["get", "ns", "-o", "name"], { env });
      expect(stdout).toContain("namespace/kube-system");
      await expect(run("up", "--no-node")).rejects.toThrow(/it runs already/);
      // holder, etcd, API server, and the controllers that envtest lacks
      const least = missingControllers() === undefined ? 4 : 3;
      expect(processesOf(STATE).length).toBeGreaterThanOrEqual(least);
    } finally {
      await run("down", "--no-node");
    }
    expect(leftovers(folder)).toEqual([]);
    await run("down", "--no-node");
  });

  /** A demo that is ready for its load: control plane, Prometheus, proxy, stress-app processes. In a process group of its own, as at a terminal. */
  async function demo(): Promise<ChildProcess> {
    const args = [...command, "demo", "--tier", "1", "--minutes", "2", "--out", join(folder, "out")];
    const child = spawn(process.execPath, args, {
      cwd: root,
      env: { ...process.env, TMPDIR: folder },
      stdio: ["ignore", "pipe", "inherit"],
      detached: true,
    });
    let said = "";
    child.stdout!.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
    await expect.poll(() => said, { timeout: 90_000 }).toContain("ready; the load begins");
    return child;
  }

  test.each([
    ["Ctrl-C", (pid: number) => process.kill(-pid, "SIGINT")],
    ["SIGKILL", (pid: number) => process.kill(pid, "SIGKILL")],
  ])("%s ends the demo with every process and file", async (_how, end) => {
    expect(existsSync(join(root, "dist/job.js")), "npm run build").toBe(true);
    const child = await demo();
    // etcd, API server, controllers, scheduler, their shell, Prometheus, kubectl proxy, two stress-apps
    expect(processesOf(folder).length).toBeGreaterThanOrEqual(9);
    const gone = once(child, "exit");
    end(child.pid!);
    await gone;
    await expect.poll(() => leftovers(folder)).toEqual([]);
  });
});
