/** Several decisions in one run: people are told each tick, machines get one line a target and tick. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { runCli } from "../../job/cli/program.ts";
import { QUIET } from "../fakes/io.ts";

const folder = mkdtempSync(join(tmpdir(), "prophet-every-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** 3 hours of a wave of 300 s, step 15 s: 300 +- 200 milli-cores. */
const WAVE = join(folder, "wave.csv");
const rows = Array.from(
  { length: 720 },
  (_, i) => `${1_700_000_000 + 15 * i},${(0.3 + 0.2 * Math.sin((2 * Math.PI * i) / 20)).toFixed(4)}`,
);
writeFileSync(WAVE, `timestamp,value\n${rows.join("\n")}\n`);

async function cli(line: string) {
  let out = "";
  let err = "";
  const io = {
    argv: line.split(" "),
    env: {},
    version: "1",
    ...QUIET,
    out: (text: string) => {
      out += text;
    },
    err: (text: string) => {
      err += text;
    },
  };
  return { code: await runCli(io), out, err };
}

describe("--every", () => {
  const every = `--history-file ${WAVE} --target-cpu 0.05 --min 1 --max 10 --every 1s --for 5s`;

  it("tells people each tick, with its time and what would have been done", async () => {
    const { code, out } = await cli(every);
    expect(code).toBe(0);
    const heads = out.split("\n").filter((line) => /^default\/\S+: (would scale|unchanged|held)/.test(line));
    const times = out.split("\n").filter((line) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.test(line));
    expect(heads.length).toBeGreaterThanOrEqual(2);
    expect(times).toHaveLength(heads.length);
    expect(out).not.toMatch(/: scaled /);
  });

  it("tells machines one line a target and tick, at info, and prints no text beside", async () => {
    const config = join(folder, "lines.yaml");
    const target = (name: string) => `{ scaleTargetRef: { name: ${name} }, targetCpu: 50m, maxReplicas: 10 }`;
    writeFileSync(config, `report: { logFormat: json }\ntargets: [${target("a")}, ${target("b")}]\n`);
    const { out, err } = await cli(`--history-file ${WAVE} --config ${config} --every 1s --for 5s`);
    expect(out).toBe("");
    const lines = err.split("\n").filter((line) => line !== "");
    const told = lines.map((line) => JSON.parse(line) as Record<string, unknown>).filter(({ trail }) => trail);
    const names = told.map(({ name }) => name);
    expect(names.length).toBeGreaterThanOrEqual(4);
    expect(names).toEqual(names.map((_, i) => ["a", "b"][i % 2]));
    for (const line of told) {
      expect(line).toMatchObject({ level: "info", action: expect.any(String), reason: expect.any(String) });
      expect(line).toMatchObject({ forecast: expect.anything(), demand: expect.any(Number), trail: expect.any(Array) });
    }
    expect(told).toHaveLength(lines.filter((line) => JSON.parse(line).level !== "warn").length);
  });
});
