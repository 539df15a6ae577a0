/** The entry as a process: an old Node, a disk that cannot be written, a reader that leaves. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";

const ENTRY = "job/main.ts";
const RUN = [
  ENTRY,
  "--once",
  "--history-file",
  "fixtures/recorded/sine.json",
  "--target-cpu",
  "0.05",
  "--dry-run",
  "--json",
];

function node(args: readonly string[], env: Record<string, string> = {}) {
  return spawnSync(process.execPath, args, {
    encoding: "utf8",
    timeout: 25_000,
    env: { PATH: process.env.PATH, ...env },
  });
}

/** The sources without packages, and a Node. */
const folder = mkdtempSync(join(tmpdir(), "main-"));
afterAll(() => rmSync(folder, { recursive: true }));
cpSync("job", join(folder, "job"), { recursive: true });
writeFileSync(join(folder, "package.json"), '{"type":"module"}');
copyFileSync(process.execPath, join(folder, "old-node"));

describe("job/main.ts", () => {
  it.each(["18.20.4", "20.20.2", "22.20.0", "23.11.1", "24.4.1"])(
    "under Node %s runs by the Node of the packages; where there is none says one sentence and ends with 2",
    (version) => {
      const disguise = `data:text/javascript,Object.defineProperty(process.versions,"node",{value:"${version}"})`;
      // another file of the same Node stands for the old one: by the very one of the packages it would go round in a circle
      const old = join(folder, "old-node");
      const under = (...args: string[]) =>
        spawnSync(old, ["--import", disguise, ...args], { encoding: "utf8", timeout: 25_000 });
      const beside = under(...RUN);
      expect([beside.status, beside.stderr]).toEqual([0, expect.stringMatching(/^INFO /)]);
      expect(JSON.parse(beside.stdout).targets).toHaveLength(1);
      expect(under(ENTRY, "--once", "--no-such").status).toBe(2);
      const entry = join(folder, "job/main.ts");
      const { status, stdout, stderr } = under(entry, ...RUN.slice(1));
      const other = `npx -p node@24 -- node ${entry}`;
      expect(stderr).toBe(
        `prophet-autoscaler needs Node 22.21, 24.5 or later, and this is Node ${version}: run it as ${other}\n`,
      );
      expect(status).toBe(2);
      expect(stdout).toBe("");
    },
  );

  it.each(["SIGTERM", "SIGHUP", "SIGINT"] as const)(
    "by %s to an old Node the one of the packages ends too, and both by that signal",
    async (signal) => {
      const silent = createServer();
      silent.listen(0, "127.0.0.1");
      await once(silent, "listening");
      const disguise = `data:text/javascript,Object.defineProperty(process.versions,"node",{value:"20.20.2"})`;
      const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
      const kubeconfig = join(folder, "kubeconfig");
      const cluster = { server: url, "insecure-skip-tls-verify": true };
      const context = { name: "x", context: { cluster: "c", user: "u" } };
      const users = [{ name: "u", user: {} }];
      const known = { "current-context": "x", contexts: [context], clusters: [{ name: "c", cluster }], users };
      writeFileSync(kubeconfig, JSON.stringify(known));
      const target = ["--namespace", "shop", "--deployment", "web", "--target-cpu", "1"];
      const args = [
        ENTRY,
        "--once",
        "--dry-run",
        ...target,
        "--prometheus",
        url,
        "--kubeconfig",
        kubeconfig,
        "--kubernetes-timeout",
        "30s",
      ];
      const old = spawn(join(folder, "old-node"), ["--import", disguise, ...args], { stdio: "ignore" });
      const [asked] = (await once(silent, "connection")) as [Socket];
      const [ended, left] = [once(old, "exit"), once(asked.resume(), "close").then(() => true)];
      asked.on("error", () => {});
      old.kill(signal);
      expect(await ended).toEqual([null, signal]);
      // of the Node of the packages, which had asked: by itself it would wait 30 s for the answer
      const byItself = new Promise((done) => setTimeout(done, 20_000, false));
      const outcome = await Promise.race([left, byItself]);
      asked.destroy();
      silent.close();
      expect(outcome).toBe(true);
    },
  );

  it("runs where no compile cache can be kept", () => {
    const { status, stdout } = node(RUN, { NODE_COMPILE_CACHE: "/dev/null/nowhere", TMPDIR: "/dev/null/nowhere" });
    expect(status).toBe(0);
    expect(JSON.parse(stdout).targets).toHaveLength(1);
  });

  it("ends quietly when its reader leaves", () => {
    const line = `"${process.execPath}" ${ENTRY} --help | head -1`;
    const { status, stderr } = spawnSync("/bin/sh", ["-c", line], { encoding: "utf8" });
    expect(status).toBe(0);
    expect(stderr).toBe("");
  });
});
