/** replay and backtest take the live path: the target of --config, flags over it, and the verdict of --once on the same file. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { runCli } from "../../job/cli/program.ts";
import { QUIET } from "../fakes/io.ts";

const folder = mkdtempSync(join(tmpdir(), "recorded-"));
afterAll(() => rmSync(folder, { recursive: true }));
function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const rows = Array.from({ length: 720 }, (_, i) => [1_790_000_000 + 15 * i, 3 + Math.sin(i / 20)] as const);
const csv = (some: readonly (readonly [number, number])[]) =>
  `timestamp,value\n${some.map(([t, v]) => `${t},${v.toFixed(4)}`).join("\n")}\n`;
const GOOD = file("good.csv", csv(rows));
const HOLED = file("holed.csv", csv(rows.filter((_, i) => i < 400 || i >= 480)));
const SETTINGS = file(
  "config.yaml",
  `targets:
  - { scaleTargetRef: { name: web }, targetCpu: 0.2, minReplicas: 11, maxReplicas: 12, history: 10m, horizon: 2m }
  - { scaleTargetRef: { name: worker }, targetCpu: 0.5, minReplicas: 1, maxReplicas: 3 }
`,
);

async function cli(...argv: string[]) {
  let out = "";
  let err = "";
  const io = {
    argv,
    env: {},
    version: "0",
    out: (text: string) => {
      out += text;
    },
    err: (text: string) => {
      err += text;
    },
    ...QUIET,
  };
  const code = await runCli(io);
  return { code, out, err };
}
const SHORT = ["--policies", "hpa", "--warmup", "3600", "--json"];

describe("replay --config", () => {
  const replicasOf = async (...flags: string[]) => {
    const dump = join(folder, "dump.csv");
    const { code, err } = await cli("replay", GOOD, ...SHORT, "--dump", dump, ...flags);
    expect(code, err).toBe(0);
    const lines = readFileSync(dump, "utf8").trim().split("\n").slice(1);
    const replicas = lines.map((line) => Number(line.split(",")[4]));
    return [Math.min(...replicas), Math.max(...replicas)];
  };

  it("takes the bounds and the CPU of the target that is named", async () => {
    // at 0.2 cores a pod 13 to 26 pods would do, of which 12 may be; at 0.5 up to 11, of which 3 may be
    expect(await replicasOf("--config", SETTINGS, "--deployment", "web")).toEqual([12, 12]);
    expect(await replicasOf("--config", SETTINGS, "--deployment", "worker")).toEqual([3, 3]);
  });
  it("flags override it", async () => {
    expect(await replicasOf("--config", SETTINGS, "--deployment", "worker", "--max", "2")).toEqual([2, 2]);
    const plenty = ["--request", "40", "--max", "9", "--min", "1"];
    expect(await replicasOf("--config", SETTINGS, "--deployment", "web", ...plenty)).toEqual([1, 1]);
  });
  it("a share that is asked for by flag goes before a quantile of the file", async () => {
    const target = (more: string) =>
      `targets: [{ scaleTargetRef: { name: web }, targetCpu: 0.05, maxReplicas: 400${more} }]`;
    const played = async (more: string, ...flags: string[]) => {
      const config = file(`level${more.length}.yaml`, target(more));
      const { code, out, err } = await cli(
        "replay",
        GOOD,
        "--warmup",
        "9000",
        "--policies",
        "auto",
        "--json",
        "--config",
        config,
        ...flags,
      );
      expect(code, err).toBe(0);
      return JSON.parse(out).policies.auto;
    };
    const share = await played("", "--slo", "10%");
    expect(await played(", quantile: 0.95", "--slo", "10%")).toEqual(share);
    expect(await played(", quantile: 0.95")).not.toEqual(share);
  });
  it("of several targets one must be named", async () => {
    expect(await cli("replay", GOOD, "--config", SETTINGS)).toMatchObject({
      code: 2,
      err: expect.stringContaining("several targets: name one with --deployment"),
    });
  });
});

describe("backtest --config", () => {
  it("takes window and horizon of the target; flags override them", async () => {
    const asked = ["backtest", GOOD, "--config", SETTINGS, "--deployment", "web", "--methods", "naive", "--json"];
    expect(JSON.parse((await cli(...asked)).out)).toMatchObject({ window: 40, horizonSteps: 8 });
    expect(JSON.parse((await cli(...asked, "--window", "50", "--horizon", "15")).out)).toMatchObject({
      window: 50,
      horizonSteps: 1,
    });
  });
});

describe("holes", () => {
  it("are told, in text and in JSON, and not scored", async () => {
    const { out } = await cli("replay", HOLED, ...SHORT);
    expect(JSON.parse(out)).toMatchObject({ steps: 400, filler: 80 });
    expect((await cli("replay", HOLED, ...SHORT.slice(0, -1))).out).toContain(
      "400 steps of 15 s, 80 more lie in holes",
    );
    expect(JSON.parse((await cli("replay", GOOD, ...SHORT)).out)).not.toHaveProperty("filler");
    const tested = ["backtest", HOLED, "--methods", "naive"];
    expect(JSON.parse((await cli(...tested, "--json")).out)).toMatchObject({ filler: 80 });
    expect((await cli(...tested)).out).toContain("80 steps in holes are not scored");
  });
  it("are empty in the dump", async () => {
    const dump = join(folder, "holes.csv");
    await cli("replay", HOLED, ...SHORT, "--dump", dump);
    const demands = readFileSync(dump, "utf8")
      .trim()
      .split("\n")
      .slice(1)
      .map((line) => line.split(",")[2]);
    expect([demands.length, demands.filter((demand) => demand === "").length]).toEqual([480, 80]);
  });
});

/** One sentence for the three commands: what --once holds on, the others refuse. */
const BAD = {
  "several series": JSON.stringify(
    [0, 1].map((pod) => ({ metric: { pod: `web-${pod}` }, values: rows.map(([t, v]) => [t, String(v)]) })),
  ),
  "a counter": csv(rows.map(([t, v], i) => [t, 118_000 + 45 * i + v])),
  "milli-cores": csv(rows.map(([t, v]) => [t, Math.round(1000 * v)])).replaceAll(".0000", ""),
  "nothing but NaN": `timestamp,value\n${rows.map(([t]) => `${t},NaN`).join("\n")}\n`,
};
const SAID = {
  "several series": "2 series where one was expected: the query does not aggregate",
  "a counter": "they only ever rise, as a counter does: is rate() missing?",
  "milli-cores": "are these milli-cores?",
  "nothing but NaN": "it is not a finite number",
};

describe.each(Object.keys(BAD) as (keyof typeof BAD)[])("%s", (kind) => {
  const path = () => file(`${kind.replaceAll(" ", "-")}.csv`, BAD[kind]);
  it("--once holds, replay and backtest refuse, in the same words", async () => {
    const once = await cli(
      "--once",
      "--history-file",
      path(),
      "--target-cpu",
      "0.45",
      "--max",
      "20",
      "--replicas",
      "9",
      "--json",
    );
    const [told] = JSON.parse(once.out).targets as { action: string; to: number; trail: { message: string }[] }[];
    expect(told).toMatchObject({ action: "held", to: 9 });
    expect(JSON.stringify(told!.trail)).toContain(SAID[kind]);
    for (const command of ["replay", "backtest"]) {
      const { code, err } = await cli(command, path());
      expect([code, err]).toEqual([1, expect.stringContaining(SAID[kind])]);
    }
  });
});

describe("times", () => {
  it("in milliseconds are read by all three alike, and it is told", async () => {
    const path = file("ms.csv", csv(rows.map(([t, v]) => [1000 * t, v])));
    const note = "ms.csv: the times are milliseconds, and read as such";
    const once = ["--once", "--target-cpu", "0.45", "--max", "20", "--json", "--history-file"];
    const [read, plain] = [await cli(...once, path), await cli(...once, GOOD)];
    const targetsOf = (out: string) => (JSON.parse(out) as { targets: unknown }).targets;
    expect(targetsOf(read.out)).toEqual(targetsOf(plain.out));
    expect(read.err).toContain(note);
    for (const command of [
      ["replay", ...SHORT],
      ["backtest", "--methods", "naive", "--json"],
    ]) {
      const [name, ...flags] = command;
      const [there, here] = [await cli(name!, path, ...flags), await cli(name!, GOOD, ...flags)];
      expect({ ...JSON.parse(there.out), file: "" }).toEqual({ ...JSON.parse(here.out), file: "" });
      expect(there.err).toContain(note);
    }
  });
  it("one that is mistyped is left out by all three", async () => {
    const path = file("typo.csv", csv(rows.map(([t, v], i) => [i === 300 ? 10 * t : t, v])));
    for (const command of [
      ["replay", path, ...SHORT],
      ["backtest", path, "--methods", "naive"],
    ]) {
      const { code, err } = await cli(...command);
      expect([code, err]).toEqual([0, expect.stringMatching(/left out, for its time cannot be right: line 302/)]);
    }
  });
});

it("the shared case of two hours missing: its 480 steps are not scored", async () => {
  const [whole, holed] = ["43-full.csv", "43-hole.csv"].map((name) => `../shared/cases/${name}`) as [string, string];
  if (!existsSync(whole)) {
    console.log(`skipped: ${whole} is not there`);
    return;
  }
  const answer = async (path: string) => JSON.parse((await cli("replay", path, ...SHORT)).out);
  const [full, cut] = [await answer(whole), await answer(holed)];
  expect(cut.steps + cut.filler).toBe(full.steps);
  expect(cut.filler).toBe(480);
});
