/** The command line from outside: exit codes, streams, messages. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { cli, waveFile } from "../fakes/cli.ts";

const folder = mkdtempSync(join(tmpdir(), "prophet-cli-"));
afterAll(() => rmSync(folder, { recursive: true }));

const WAVE = waveFile(folder);
const BASE = `--once --history-file ${WAVE} --target-cpu 0.05 --min 1 --max 10 --dry-run`;

describe("--once", () => {
  it("prints one JSON object with the fields that scripts rely on, and nothing else", async () => {
    const { code, out } = await cli(`${BASE} --json`);
    expect(code).toBe(0);
    const { time, dryRun, targets } = JSON.parse(out);
    expect(out.trim().split("\n")).toHaveLength(1);
    // the last sample of the file
    expect([time, dryRun]).toEqual(["2023-11-15T01:13:05.000Z", true]);
    expect(targets).toHaveLength(1);
    const [target] = targets;
    expect(target).toMatchObject({ namespace: "default", action: "wouldScale", from: 1, reason: expect.any(String) });
    expect(target.forecast).toEqual({
      max: expect.any(Number),
      quantile: expect.any(Number),
      level: expect.any(Number),
      method: expect.any(String),
    });
    expect(target.forecast.level).toBeGreaterThanOrEqual(0.5);
    expect(target.forecast.level).toBeLessThanOrEqual(1);
    // the wave's top is 0.5 cores = 10 pods of 50m; its foot 0.1 cores = 2
    expect(target.to).toBeGreaterThanOrEqual(2);
    expect(target.to).toBeLessThanOrEqual(10);
    expect(target.trail.length).toBeGreaterThan(3);
  });

  it("gives the same bytes twice", async () => {
    expect((await cli(`${BASE} --json`)).out).toBe((await cli(`${BASE} --json`)).out);
  });

  it("holds the replicas it is told of within the bounds", async () => {
    const { out } = await cli(`${BASE} --json --replicas 7`);
    expect(JSON.parse(out).targets[0].from).toBe(7);
  });

  it("prints the decision, its trail and a plot for a person, and writes the picture", async () => {
    const svg = join(folder, "deep/er/picture.svg");
    const { code, out } = await cli(`${BASE} --plot --svg ${svg}`);
    expect(code).toBe(0);
    expect(out).toContain("default/workload: would scale 1 ->");
    expect(out).toContain("stage by stage");
    expect(out).toMatch(/[\u2801-\u28ff]/);
    expect(readFileSync(svg, "utf8")).toMatch(/^<svg .*<\/svg>\n$/s);
  });

  it("says where there is nothing to draw, whatever was to draw it", async () => {
    const idle = join(folder, "idle.csv");
    const end = 1700000000 + 15 * 130;
    const rows = Array.from({ length: 131 }, (_, i) => `${1700000000 + 15 * i},0`);
    writeFileSync(idle, ["timestamp,value", ...rows].join("\n"));
    const target = `--history-file ${idle} --target-cpu 0.05 --plot`;
    for (const line of [`--once --dry-run ${target}`, `explain ${target}`, `explain ${target} --at ${end - 60}`]) {
      const { out } = await cli(line);
      expect(out, line).toContain("exactly 0");
      expect(out, line).toMatch(/^No picture: there is no data to draw for default\/workload\.$/m);
    }
  });

  it("fails with 1 and says what it tried when the history cannot be read", async () => {
    const { code, out, err } = await cli("--once --history-file /no/such/file.csv --target-cpu 1 --dry-run --json");
    expect(code).toBe(1);
    expect(out).toBe("");
    expect(err).toMatch(/\/no\/such\/file\.csv.*nothing was changed/s);
  });

  it("logs JSON lines on request, without the secrets of the settings", async () => {
    const config = join(folder, "secret.yaml");
    writeFileSync(
      config,
      `prometheus: { url: "http://127.0.0.1:1", retries: 0, bearerToken: canary-token-1, headers: { X-Key: canary-header-2 } }
report: { logFormat: json, logLevel: debug }
targets: [{ scaleTargetRef: { name: web }, targetCpu: 0.05 }]
`,
    );
    const { code, out, err } = await cli(`--once --config ${config} --replicas 3 --json`);
    expect(code).toBe(1);
    expect(JSON.parse(out).targets[0]).toMatchObject({ action: "failed", from: 3, to: 3 });
    const lines = err.trim().split("\n");
    for (const line of lines)
      expect(JSON.parse(line)).toMatchObject({ time: expect.any(String), level: expect.any(String) });
    expect(lines.length).toBeGreaterThan(0);
    expect(out + err).not.toContain("canary");
  });
});

describe("what leaves the process", () => {
  it("holds no control character of an argument, a path or a file", async () => {
    const hostile = "x\u001b[2J\u009b\u202ey";
    const lines = [
      `--once --config ${hostile}`,
      `--${hostile}`,
      hostile,
      `replay ${hostile}.csv`,
      `--once --history-file ${hostile} --target-cpu 1`,
    ];
    for (const line of lines) {
      const { code, out, err } = await cli(line);
      expect(code, line).toBeGreaterThan(0);
      expect(err).toContain("x\\u001b[2J");
      for (const control of ["\u001b", "\u009b", "\u202e"]) expect(out + err).not.toContain(control);
    }
  });
});

describe("bad usage", () => {
  it.each([
    [`--onec`, /onec is not known\. Did you mean --once\?/],
    [`${BASE} --max-replica 3`, /--max-replica is not known/],
    [`${BASE} --min`, /min/],
    [`${BASE} --quantile 2`, /--quantile: must be a number such as 0\.9, or 90%, from 0\.5 to 0\.995, got "2"\./],
    [`${BASE} --every 15s`, /--every and --for need each other/],
    [`--once --deployment web --target-cpu 1`, /no history to read/],
    [`--once --history-file ${WAVE}`, /targetCpu: is missing/],
    [`replay`, /no series to replay: give a FILE/],
    [`replay ${WAVE} --policies auto,magic`, /--policies: must be some of .*oracle.*, got "magic"/],
    [`backtest ${WAVE} --window 1`, /--window: must be .*from 2 to 100000, got "1"\./],
    [`dance`, /dance/],
  ])("%s: exit code 2 and the reason", async (line, pattern) => {
    const { code, out, err } = await cli(line);
    expect(err).toMatch(pattern);
    expect(code).toBe(2);
    expect(out).toBe("");
  });
});

describe("help", () => {
  it("shows every flag with its default, and examples", async () => {
    const { code, out } = await cli("--help");
    expect(code).toBe(0);
    for (const word of ["--target-cpu", "--history-file", "[default: 30m]", "Examples:", "replay", "doctor"]) {
      // the terminal's width decides where a line breaks
      expect(out.replace(/\s+/g, " ")).toContain(word);
    }
    expect((await cli("--version")).out.trim()).toBe("1.2.3");
  });
});

describe("replay and backtest", () => {
  it("replay gives the contract's fields and dump", async () => {
    const dump = join(folder, "replay.csv");
    const { code, out } = await cli(`replay ${WAVE} --policies auto,oracle --warmup 3600 --json --dump ${dump}`);
    expect(code).toBe(0);
    const answer = JSON.parse(out);
    expect(answer).toMatchObject({ file: WAVE, startup: 30, steps: expect.any(Number) });
    for (const name of ["auto", "oracle"]) {
      expect(Object.keys(answer.policies[name])).toEqual(["podHours", "under", "unserved", "actions"]);
    }
    const lines = readFileSync(dump, "utf8").trim().split("\n");
    expect(lines[0]).toBe("policy,t,demand,ready,replicas,decision,reason");
    expect(lines).toHaveLength(1 + 2 * answer.steps);
  });

  const NOISY = join(import.meta.dirname, "../../fixtures/recorded/mixed.json");
  it("replay takes a share of the time below, which costs less the greater it is; a quantile beside it is refused", async () => {
    const played = async (level: string) => {
      const { code, out } = await cli(
        `replay ${NOISY} --policies auto --warmup 600 --request 0.1 --target-cpu 0.05 --json ${level}`,
      );
      expect(code).toBe(0);
      return JSON.parse(out).policies.auto.podHours;
    };
    expect(await played("--slo 10%")).toBeLessThan(await played("--slo 0.1%"));
    const both = await cli(`replay ${WAVE} --slo 1% --quantile 0.7`);
    expect([both.code, both.err]).toEqual([2, expect.stringContaining("give either --slo or --quantile, not both")]);
  });

  it("backtest gives the contract's fields and dump", async () => {
    const dump = join(folder, "backtest.csv");
    const { code, out } = await cli(`backtest ${WAVE} --origins 10 --methods auto,naive --json --dump ${dump}`);
    expect(code).toBe(0);
    const answer = JSON.parse(out);
    expect(answer).toMatchObject({ file: WAVE, step: 15, window: 120, horizonSteps: 4, origins: 10 });
    expect(answer.methods.naive.relMae).toBe(1);
    // a clean wave: whoever finds the period is far better than the last value
    expect(answer.methods.auto.relMae).toBeLessThan(0.2);
    expect(Object.keys(answer.methods.auto)).toEqual(["mae", "relMae", "coverage90", "pinball", "maxPinball"]);
    expect(readFileSync(dump, "utf8").split("\n")[0]).toBe(
      "method,origin,actualMean,actualMax,mean,max,q50,q90,q95,maxq90,maxq95",
    );
  });

  it("backtest says when the file is too short", async () => {
    const short = join(folder, "short.csv");
    writeFileSync(short, readFileSync(WAVE, "utf8").split("\n").slice(0, 51).join("\n"));
    const { code, err } = await cli(`backtest ${short}`);
    expect(code).toBe(1);
    expect(err).toMatch(/holds 50 steps; a window of 120 and a horizon of 4 steps need 124/);
  });
});

describe("explain, doctor, schema", () => {
  it("explain says what would be decided", async () => {
    const { code, out } = await cli(`explain --history-file ${WAVE} --target-cpu 0.05`);
    expect(code).toBe(0);
    expect(out).toContain("If it ran now");
    const drawn = await cli(`explain --history-file ${WAVE} --target-cpu 0.05 --plot`);
    expect(drawn.out.startsWith(out)).toBe(true);
    expect(drawn.out.slice(out.length)).toMatch(/[\u2800-\u28ff]/);
  });

  it("doctor gives each check a word, and 1 when one failed", async () => {
    const good = await cli(`doctor --history-file ${WAVE} --target-cpu 0.05`);
    expect(good.code).toBe(0);
    expect(good.out).toMatch(/^ok {4}data of default\/workload/m);
    const bad = await cli("doctor --prometheus http://127.0.0.1:1 --deployment web --target-cpu 1 --json", {
      HOME: folder,
    });
    expect(bad.code).toBe(1);
    const { checks } = JSON.parse(bad.out);
    expect(checks.filter((c: { status: string; todo?: string }) => c.status === "fail" && c.todo)).toHaveLength(2);
  });

  it("schema prints the JSON Schema", async () => {
    expect(JSON.parse((await cli("schema")).out)).toMatchObject({ type: "object", additionalProperties: false });
  });
});
