/** The built job: it runs over HTTP as the sources do, fills the image's compile cache, and a start loads neither the fetch client inside Node nor webcrypto, nor a library that it does not use. */
import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { fakeCluster } from "./contract/api-server.ts";
import { fakeServer, matrix } from "./fault/server.ts";

const job = join(import.meta.dirname, "../dist/job.js");
if (!existsSync(job)) console.log("skipped: dist/job.js is not there; npm run build makes it");

const spy = `data:text/javascript,import{registerHooks}from"node:module";const files=[];registerHooks({load:(url,context,next)=>{files.push(url);return next(url,context)}});process.on("exit",()=>console.error("MODULES "+process.moduleLoadList.join(" ")+"\nFILES "+files.join(" ")))`;

test.skipIf(!existsSync(job))("one run of dist/job.js scales, and loads no more than it needs", async () => {
  const cluster = await fakeCluster();
  const prometheus = await fakeServer(({ url, body }) => {
    const now = Math.floor(Date.now() / 1000);
    const vector = { resultType: "vector", result: [{ metric: {}, value: [now, "1"] }] };
    if (url.endsWith("/query")) return { body: JSON.stringify({ status: "success", data: vector }) };
    const form = new URLSearchParams(body);
    const [start, end] = [Number(form.get("start")), Number(form.get("end"))];
    return { body: matrix(Array.from({ length: (end - start) / 15 + 1 }, (_, i) => [start + 15 * i, "2.2"])) };
  });
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
    const files = /FILES (.*)/.exec(stderr)?.[1]?.split(" ") ?? [];
    // the program itself comes by vm.Script; a kubeconfig is YAML, and a pod, which has none, loads no more than the first
    const own = files.filter((url) => url.startsWith("file:")).map((url) => url.replace(/.*dist\//, ""));
    expect(own).toEqual(["job.js", "chunks/kubeconfig.cjs"]);
  } finally {
    await prometheus.stop();
    await cluster.stop();
  }
});

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
  // customFetch of openid-client is a symbol
  for (const [name, value] of all) expect(typeof value, name).toMatch(/^(function|object|symbol)$/);
});

test.skipIf(!existsSync(job))(
  "a run keeps its compiled code for the next one, and one that only answers does not",
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
      expect(await said(...run)).toBe("not initialized");
      expect(await said(...run)).toBe("accepted");
      const kept = (await readdir(folder)).filter((name) => name.startsWith("program-"));
      expect(kept).toEqual([expect.stringMatching(/^program-[0-9a-f]{12}-run$/)]);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
);

// of any other character V8 would keep two bytes of the whole text for each: 0.8 MB more
test.skipIf(!existsSync(job))("the program's text is ASCII", () => {
  const text = readFileSync(join(chunks, "program.cjs"));
  expect(text.every((byte) => byte < 128)).toBe(true);
});

test.skipIf(!existsSync(job))("dist/job.js says its version and the commit that it was built from", async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [job, "--version"]);
  const { version } = JSON.parse(readFileSync(join(import.meta.dirname, "../package.json"), "utf8")) as {
    version: string;
  };
  // no commit where it was built from an archive
  expect(stdout.startsWith(version)).toBe(true);
  expect(stdout.slice(version.length)).toMatch(/^( \(commit [0-9a-f]{7,12}\))?\n$/);
});
