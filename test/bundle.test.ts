/** The built job: it runs over HTTP as the sources do, fills the image's compile cache, and a start loads neither the fetch client inside Node nor webcrypto, nor a library that it does not use. */
import { execFile } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { fakeCluster } from "./contract/api-server.ts";
import { proxyServer } from "./fault/proxy-server.ts";
import { fakeServer, matrix } from "./fault/server.ts";

const job = join(import.meta.dirname, "../dist/job.js");
if (!existsSync(job)) console.log("skipped: dist/job.js is not there; npm run build makes it");

const spy = `data:text/javascript,import{registerHooks}from"node:module";const files=[];registerHooks({load:(url,context,next)=>{files.push(url);return next(url,context)}});process.on("exit",()=>console.error("MODULES "+process.moduleLoadList.join(" ")+"\nFILES "+files.join(" ")))`;

/** A Prometheus whose workload always uses 2.2 cores. */
const steadyPrometheus = () =>
  fakeServer(({ url, body }) => {
    const now = Math.floor(Date.now() / 1000);
    const vector = { resultType: "vector", result: [{ metric: {}, value: [now, "1"] }] };
    if (url.endsWith("/query")) return { body: JSON.stringify({ status: "success", data: vector }) };
    const form = new URLSearchParams(body);
    const [start, end] = [Number(form.get("start")), Number(form.get("end"))];
    return { body: matrix(Array.from({ length: (end - start) / 15 + 1 }, (_, i) => [start + 15 * i, "2.2"])) };
  });

/** The files of the bundle that Node loaded, by what the spy says; the program itself comes by vm.Script. */
function loadedFiles(stderr: string): readonly string[] {
  const files = /FILES (.*)/.exec(stderr)?.[1]?.split(" ") ?? [];
  return files.filter((url) => url.startsWith("file:")).map((url) => url.replace(/.*dist\//, ""));
}

test.skipIf(!existsSync(job))("one run of dist/job.js scales, and loads no more than it needs", async () => {
  const cluster = await fakeCluster();
  const prometheus = await steadyPrometheus();
  try {
    const flags = ["--once", "--json", "--prometheus", prometheus.url, "--namespace", "shop", "--deployment", "web"];
    const env = { KUBECONFIG: cluster.kubeconfig, PROPHET_AUTOSCALER_STATE_CONFIG_MAP_NAME: "state" };
    const args = ["--import", spy, job, ...flags, "--target-cpu", "0.5", "--max", "20"];
    const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { env });
    expect(JSON.parse(stdout)).toMatchObject({ targets: [{ action: "scaled", from: 3, to: 5 }] });
    expect(cluster.objects.replicas).toBe(5);
    const modules = /MODULES (.*)/.exec(stderr)?.[1] ?? "";
    expect(modules).toContain("NativeModule https");
    expect(modules).not.toMatch(/undici|webcrypto/);
    // a kubeconfig is YAML; a pod, which has none, loads no more than the first
    expect(loadedFiles(stderr)).toEqual(["job.js", "chunks/kubeconfig.cjs"]);
  } finally {
    await prometheus.stop();
    await cluster.stop();
  }
});

test.skipIf(!existsSync(job))(
  "what only some runs need is loaded where it is used: a plugin and a proxy of the kubeconfig, holidays, metrics, pictures",
  async () => {
    const cluster = await fakeCluster();
    const prometheus = await steadyPrometheus();
    const folder = await mkdtemp(join(tmpdir(), "rare-"));
    const known = JSON.parse(readFileSync(cluster.kubeconfig, "utf8"));
    const { server } = known.clusters[0].cluster;
    const proxy = await proxyServer(server);
    try {
      known.clusters[0].cluster = { server, "proxy-url": proxy.url };
      const credential = {
        apiVersion: "client.authentication.k8s.io/v1",
        kind: "ExecCredential",
        status: { token: "t" },
      };
      const exec = { apiVersion: credential.apiVersion, command: "echo", args: [JSON.stringify(credential)] };
      known.users[0].user = { exec };
      writeFileSync(join(folder, "kubeconfig"), JSON.stringify(known));
      const schedule = [
        {
          name: "open",
          timeZone: "UTC",
          recurring: { days: ["Mon"], from: "08:00", to: "18:00" },
          except: "holidays(DE-BY)",
          minReplicas: 1,
        },
      ];
      const target = { scaleTargetRef: { name: "web" }, namespace: "shop", targetCpu: 0.5, maxReplicas: 20, schedule };
      const metrics = { textfile: join(folder, "run.prom") };
      writeFileSync(
        join(folder, "config.yaml"),
        JSON.stringify({
          prometheus: { url: prometheus.url },
          state: { configMap: { name: "state" } },
          metrics,
          targets: [target],
        }),
      );
      const args = [
        "--import",
        spy,
        job,
        "--once",
        "--config",
        join(folder, "config.yaml"),
        "--svg",
        join(folder, "run.svg"),
      ];
      const env = { KUBECONFIG: join(folder, "kubeconfig"), PATH: process.env.PATH ?? "" };
      const { stderr } = await promisify(execFile)(process.execPath, args, { env });
      expect(cluster.objects.replicas).toBe(5);
      expect(readFileSync(join(folder, "run.prom"), "utf8")).toContain("prophet_autoscaler_");
      expect(readFileSync(join(folder, "run.svg"), "utf8")).toContain("<svg");
      const rare = ["holidays", "kubeconfig", "metrics", "plots", "providers"].map((name) => `chunks/${name}.cjs`);
      expect([...loadedFiles(stderr)].sort()).toEqual([...rare, "job.js"]);
    } finally {
      await rm(folder, { recursive: true, force: true });
      await proxy.stop();
      await prometheus.stop();
      await cluster.stop();
    }
  },
);

test.skipIf(!existsSync(job))("the image's compile cache is filled by runs that scale", async () => {
  const work = await mkdtemp(join(tmpdir(), "warm-"));
  try {
    const args = ["scripts/warm.ts", "--cache", join(work, "cache"), "--work", work, job];
    const { stderr } = await promisify(execFile)(process.execPath, args, { cwd: join(import.meta.dirname, "..") });
    expect(stderr).toMatch(/"action":"scaled"/);
    const files = await readdir(join(work, "cache"), { recursive: true });
    expect(files.length).toBeGreaterThanOrEqual(2);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
});

const chunks = join(job, "../chunks");
const apart = existsSync(chunks) ? readdirSync(chunks).filter((file) => /(?<!^program)\.cjs$/.test(file)) : [];

test.skipIf(!existsSync(job)).each(apart)("%s, which only some runs load, has what it is loaded for", (file) => {
  const all = Object.entries(createRequire(import.meta.url)(join(chunks, file)) as Record<string, unknown>);
  expect(all.length).toBeGreaterThan(0);
  for (const [name, value] of all) expect(typeof value, name).toMatch(/^(function|object)$/);
});

test.skipIf(!existsSync(job))(
  "a run keeps its compiled code for the next one; one that fails, or only answers, does not",
  async () => {
    const folder = await mkdtemp(join(tmpdir(), "compiled-"));
    try {
      const env = { NODE_COMPILE_CACHE: folder, NODE_DEBUG_NATIVE: "COMPILE_CACHE" };
      const said = async (...args: string[]) => {
        const { stderr } = await promisify(execFile)(process.execPath, [job, ...args], { env });
        return /\[compile cache\] the program's code was (.*)/.exec(stderr)?.[1];
      };
      const series = join(import.meta.dirname, "../fixtures/recorded/sine.json");
      const run = ["--once", "--history-file", series, "--target-cpu", "0.05", "--dry-run", "--json"];
      expect(await said("--version")).toBe("not initialized");
      const failed = promisify(execFile)(process.execPath, [job, "--once", "--history-file", folder], { env });
      await expect(failed).rejects.toThrow();
      expect(await said(...run)).toBe("not initialized");
      expect(await said(...run)).toBe("accepted");
      const kept = (await readdir(folder)).filter((name) => name.startsWith("program-"));
      expect(kept).toEqual([expect.stringMatching(/^program-[0-9a-f]{12}-run$/)]);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
);

test.skipIf(!existsSync(job))("nothing is kept in a folder for temporary files that others can write", async () => {
  const folder = await mkdtemp(join(tmpdir(), "open-"));
  try {
    const cache = join(folder, "node-compile-cache");
    const series = join(import.meta.dirname, "../fixtures/recorded/sine.json");
    const run = [job, "--once", "--history-file", series, "--target-cpu", "0.05", "--dry-run", "--json"];
    const kept = async (mode: number) => {
      mkdirSync(cache);
      chmodSync(cache, mode);
      await promisify(execFile)(process.execPath, run, { env: { TMPDIR: folder } });
      const files = readdirSync(cache, { recursive: true });
      await rm(cache, { recursive: true });
      return files;
    };
    expect(await kept(0o755)).toContainEqual(expect.stringMatching(/program-[0-9a-f]{12}-run$/));
    expect(await kept(0o777)).toEqual([]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test.skipIf(!existsSync(`${job}.map`))("with source maps, a stack names the sources", async () => {
  const tell = `const parse=JSON.parse;JSON.parse=(...given)=>{if(given[0].length>3000)process._rawDebug(new Error("here").stack);return parse(...given)}`;
  const series = join(import.meta.dirname, "../fixtures/recorded/sine.json");
  const run = [job, "--once", "--history-file", series, "--target-cpu", "0.05", "--dry-run", "--json"];
  const args = ["--enable-source-maps", "--import", `data:text/javascript,${tell}`, ...run];
  const { stderr } = await promisify(execFile)(process.execPath, args);
  expect(stderr).toMatch(/ \(\S+\/job\/adapters\/series-file\.ts:\d+:\d+\)/);
});

// of any other character V8 would keep two bytes of the whole text for each: 0.8 MB more
test.skipIf(!existsSync(job))("the program's text is ASCII, and imports nothing by itself", () => {
  const text = readFileSync(join(chunks, "program.cjs"));
  expect(text.every((byte) => byte < 128)).toBe(true);
  // a script that imports needs an experiment of Node, which warns
  expect(text.toString("latin1")).not.toMatch(/[^.\w$]import\(/);
});

test.skipIf(!existsSync(job))("dist/job.js says its version and the commit that it was built from", async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [job, "--version"]);
  const { version } = JSON.parse(readFileSync(join(import.meta.dirname, "../package.json"), "utf8")) as {
    version: string;
  };
  // no commit where it was built from an archive
  expect(stdout.startsWith(version)).toBe(true);
  expect(stdout.slice(version.length)).toMatch(/^( \(commit [0-9a-f]{7,12}\))?\n$/);
  const plugin = join(job, "../kubectl-prophet.js");
  expect((await promisify(execFile)(process.execPath, [plugin, "--version"])).stdout).toBe(stdout);
});
