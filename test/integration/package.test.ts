/** The package as users get it: `npm pack`'s tarball, installed into an empty folder, under every Node that it supports and one that it does not; and as kubectl's plugin. */
import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { missingControlPlane, missingNodes, missingPrometheus, nodes, programs, skip } from "../cluster/available.ts";
import { type ControlPlane, startControlPlane } from "../cluster/controlplane.ts";
import { startPrometheus, type TestPrometheus } from "../cluster/prometheus.ts";

const root = join(import.meta.dirname, "../..");
const series = join(root, "fixtures/recorded/sine.json");
const { version, engines, optionalDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const decide = ["--once", "--history-file", series, "--target-cpu", "0.05", "--replicas", "4", "--dry-run"];

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program's end, whatever its exit code. */
async function ended(command: string, args: readonly string[], env: NodeJS.ProcessEnv, cwd: string): Promise<Ended> {
  const options = { env, cwd, maxBuffer: 64 << 20, timeout: 200_000 };
  return promisify(execFile)(command, [...args], options).then(
    (output) => ({ code: 0, ...output }),
    (error: Ended) => error,
  );
}

describe.skipIf(skip(missingNodes()))("the package", () => {
  let folder: string;
  let empty: string;
  let files: readonly string[];
  let unpacked: number;

  const npm = async (cwd: string, ...args: string[]) => {
    const { code, stdout, stderr } = await ended("npm", args, process.env, cwd);
    if (code !== 0) throw new Error(`npm ${args.join(" ")}: ${stderr}`);
    return stdout;
  };
  beforeAll(async () => {
    expect(existsSync(join(root, "dist/kubectl-prophet.js")), "npm run build").toBe(true);
    folder = await mkdtemp(join(tmpdir(), "package-"));
    empty = join(folder, "empty");
    await mkdir(empty);
    // the scripts would build dist anew under the feet of other tests
    const packed = JSON.parse(await npm(root, "pack", "--ignore-scripts", "--json", "--pack-destination", folder));
    const [{ filename, unpackedSize, files: all }] = packed as [
      { filename: string; unpackedSize: number; files: { path: string }[] },
    ];
    files = all.map(({ path }) => path);
    unpacked = unpackedSize;
    await writeFile(join(empty, "package.json"), '{"private":true}');
    await npm(empty, "install", "--offline", "--omit=optional", "--no-audit", "--no-fund", join(folder, filename));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** One of its commands as a shell would find it, by a Node of this major version. */
  const run = (major: keyof ReturnType<typeof nodes>, command: string, ...args: string[]) => {
    const path = [join(empty, "node_modules/.bin"), nodes()[major], process.env.PATH].join(delimiter);
    return ended(join(empty, "node_modules/.bin", command), args, { ...process.env, PATH: path }, empty);
  };

  test("holds the bundle, the texts of the licences and what describes it, and no map, source or test", () => {
    const others = files.filter(
      (file) => !/^dist\/(chunks\/[\w-]+\.cjs|(job|kubectl-prophet|trial-worker|tick-worker)\.js)$/.test(file),
    );
    expect(others.sort()).toEqual(
      ["CHANGELOG.md", "LICENSE", "README.md", "dist/THIRD-PARTY.txt", "dist/third-party.json"].concat([
        "docs/config.schema.json",
        "docs/output.schema.json",
        "package.json",
      ]),
    );
    expect(files.length).toBeGreaterThan(20);
    expect(unpacked).toBeLessThan(8_000_000);
  });

  test("was installed without a registry, and brought nothing along", () => {
    const installed = readdirSync(join(empty, "node_modules")).filter((name) => !name.startsWith("."));
    expect(installed).toEqual(["prophet-autoscaler"]);
    expect(readdirSync(join(empty, "node_modules/.bin")).sort()).toEqual(["kubectl-prophet", "prophet-autoscaler"]);
  });

  const supported = ["22", "24", "26"] as const;
  test.each(supported)(
    "Node %s: says its version and its help, decides, replays, advises, backtests, draws",
    async (major) => {
      expect((await run(major, "prophet-autoscaler", "--version")).stdout).toContain(version);
      expect((await run(major, "prophet-autoscaler", "--help")).stdout).toContain("backtest");
      const picture = join(folder, `${major}.svg`);
      const decided = await run(major, "prophet-autoscaler", ...decide, "--json", "--svg", picture);
      expect(decided.code, decided.stderr).toBe(0);
      expect(JSON.parse(decided.stdout)).toMatchObject({ targets: [{ action: expect.any(String), from: 4 }] });
      expect(readFileSync(picture, "utf8")).toMatch(/^<svg /);
      const replayed = await run(major, "prophet-autoscaler", "replay", series, "--warmup", "600", "--json");
      expect(replayed.code, replayed.stderr).toBe(0);
      expect(JSON.parse(replayed.stdout)).toMatchObject({ policies: { auto: { podHours: expect.any(Number) } } });
      // in worker threads
      const advice = await run(major, "prophet-autoscaler", "advise", series, "--warmup", "600", "--json");
      expect(advice.code, advice.stderr).toBe(0);
      expect(JSON.parse(advice.stdout)).toMatchObject({ advised: null, front: expect.any(Array) });
      const tested = await run(
        major,
        "prophet-autoscaler",
        "backtest",
        series,
        "--window",
        "60",
        "--origins",
        "5",
        "--json",
      );
      expect(tested.code, tested.stderr).toBe(0);
      expect((await run(major, "kubectl-prophet", "--help")).stdout).toContain("kubectl prophet explain");
    },
  );

  test("every Node gives the same decision", async () => {
    const answers = await Promise.all(supported.map((major) => run(major, "prophet-autoscaler", ...decide, "--json")));
    const [first, ...others] = answers.map(({ stdout }) => JSON.parse(stdout).targets);
    for (const other of others) expect(other).toEqual(first);
  });

  test("with the optional package, PNG under every Node; without it, a sentence that says so", async () => {
    const picture = join(folder, "picture.png");
    expect((await run("24", "prophet-autoscaler", ...decide, "--svg", picture)).stderr).toContain("resvg");
    expect(existsSync(picture)).toBe(false);
    const [[name, wanted]] = Object.entries(optionalDependencies) as [[string, string]];
    await npm(empty, "install", "--prefer-offline", "--no-save", "--no-audit", "--no-fund", `${name}@${wanted}`);
    for (const major of supported) {
      const { code, stderr } = await run(major, "prophet-autoscaler", ...decide, "--svg", picture);
      expect(code, stderr).toBe(0);
      expect(readFileSync(picture).subarray(1, 4).toString()).toBe("PNG");
      await rm(picture);
    }
  });

  test("an older Node says one sentence, and the command in it works", async () => {
    expect(engines.node).toBe("^22.21 || >=24.5");
    for (const command of ["prophet-autoscaler", "kubectl-prophet"]) {
      const { code, stdout, stderr } = await run("20", command, "--version");
      expect([code, stdout]).toEqual([2, ""]);
      expect(stderr).toMatch(
        /^prophet-autoscaler needs Node 22\.21, 24\.5 or later, and this is Node 20\.\S+: run it as .*\n$/,
      );
      expect(stderr.split("\n")).toHaveLength(2);
      const [, words] = /run it as npx (.*)\n/.exec(stderr)!;
      const help = await ended("npx", ["--yes", ...words!.split(" "), "--help"], process.env, empty);
      expect(help.stdout, help.stderr).toMatch(/prophet-autoscaler|kubectl prophet/);
    }
  });

  describe.skipIf(skip(missingControlPlane() ?? missingPrometheus()))(
    "as kubectl's plugin, on a real API server",
    () => {
      let cluster: ControlPlane;
      let prometheus: TestPrometheus;
      beforeAll(async () => {
        prometheus = await startPrometheus();
        cluster = await startControlPlane();
        await cluster.kubectl(["create", "namespace", "shop"]);
        const { stdout } = await promisify(execFile)(
          join(programs("kube"), "kubectl"),
          ["kustomize", "manifests/base"],
          {
            cwd: root,
          },
        );
        const rendered = stdout
          .replaceAll("namespace: default", "namespace: shop")
          .replace("http://prometheus.monitoring.svc:9090", prometheus.url)
          .replace(/^( +)podCpuLimit: 0.2$/m, "$1podCpuLimit: 0.2\n$1query: vector(0.1)");
        expect(rendered).toContain("query: vector(0.1)");
        await cluster.kubectl(["apply", "-f", "-"], rendered);
      });
      afterAll(async () => {
        await cluster?.stop();
        await prometheus?.stop();
      });

      /** `kubectl ...`, which finds the plugin by its name on the path. */
      const kubectl = (...args: string[]) => {
        const path = [programs("kube"), join(empty, "node_modules/.bin"), nodes()["24"], process.env.PATH].join(
          delimiter,
        );
        return ended("kubectl", args, { ...process.env, PATH: path, KUBECONFIG: cluster.kubeconfig }, empty);
      };

      test.each(["deploy/stress-app", "deployment stress-app", "deployments.apps/stress-app"])(
        "kubectl prophet explain %s",
        async (object) => {
          const { code, stdout, stderr } = await kubectl("prophet", "explain", ...object.split(" "), "-n", "shop");
          expect(code, stderr).toBe(0);
          expect(stdout).toMatch(/stress-app/);
        },
      );

      test("-o json and -o yaml hold the same; all targets without a workload", async () => {
        const asked = ["prophet", "explain", "-n", "shop"];
        const target = { targets: [{ name: "stress-app", reason: expect.any(String) }] };
        const json = await kubectl(...asked, "deploy/stress-app", "-o", "json");
        expect(JSON.parse(json.stdout)).toMatchObject(target);
        const yaml = await kubectl(...asked, "deploy/stress-app", "-oyaml");
        expect(yaml.stdout).toMatch(/^targets:\n/m);
        expect(parse(yaml.stdout)).toMatchObject(target);
        expect(JSON.parse((await kubectl(...asked, "-o", "json")).stdout)).toMatchObject(target);
      });

      test("-o wide draws what the decision was made from", async () => {
        const asked = ["prophet", "explain", "deploy/stress-app", "-n", "shop"];
        const [short, wide] = [await kubectl(...asked), await kubectl(...asked, "-o", "wide")];
        expect([short.code, wide.code], wide.stderr).toEqual([0, 0]);
        expect(wide.stdout).toContain("stress-app");
        expect(wide.stdout.length).toBeGreaterThan(short.stdout.length);
      });

      test("--kubeconfig and --context are kubectl's", async () => {
        const path = ["--kubeconfig", cluster.kubeconfig];
        const known = (await kubectl("config", "current-context")).stdout.trim();
        const asked = ["prophet", "explain", "deploy/stress-app", "-n", "shop"];
        expect((await kubectl(...asked, ...path, "--context", known)).code).toBe(0);
        const wrong = await kubectl(...asked, ...path, "--context", "nowhere");
        expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining('context "nowhere" does not exist')]);
      });

      test("what is not there is told in the server's own words", async () => {
        const { code, stderr } = await kubectl("prophet", "explain", "deploy/absent", "-n", "shop");
        expect([code, stderr]).toEqual([1, expect.stringContaining('deployments.apps "absent" not found')]);
      });

      test("kubectl prophet doctor checks the installed job's targets", async () => {
        const { stdout } = await kubectl("prophet", "doctor", "-n", "shop");
        expect(stdout).toContain(`ok    ${prometheus.url}`);
        expect(stdout).toContain("stress-app");
      });
    },
  );
});
