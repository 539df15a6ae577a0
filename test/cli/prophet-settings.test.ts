/** Settings of Prophet from the command line: `backtest` and `replay` take those of the target that a file names. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { runCli } from "../../job/cli/program.ts";
import { QUIET } from "../fakes/io.ts";

const folder = mkdtempSync(join(tmpdir(), "prophet-settings-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Six days in steps of 5 minutes; in the middle of every hour the load doubles for 20 minutes. */
const START = Date.UTC(2026, 2, 2) / 1000;
const SERIES = join(folder, "bursts.csv");
const cores = (t: number) => (t % 3600 >= 1200 && t % 3600 < 2400 ? 8 : 4) + 0.05 * Math.sin(t / 777);
const rows = Array.from({ length: 6 * 288 }, (_, i) => `${START + 300 * i},${cores(START + 300 * i).toFixed(4)}`);
writeFileSync(SERIES, `timestamp,value\n${rows.join("\n")}\n`);

async function cli(...argv: string[]) {
  let [out, err] = ["", ""];
  const io = {
    argv: [...argv, "--json"],
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
  return { code, err, answer: code === 0 ? JSON.parse(out) : null };
}

function file(name: string, targets: string, more = ""): string {
  const path = join(folder, name);
  writeFileSync(path, `${more}\ntargets:\n${targets}`);
  return path;
}

const target = (name: string, block: string) =>
  `  - { scaleTargetRef: { name: ${name} }, targetCpu: 500m, maxReplicas: 50, step: 5m, history: 2h, calibration: 0, horizon: 15m, method: prophet, ${block} }\n`;
const BURSTS =
  "prophet: { changepoint_prior_scale: 0.001, seasonalities: [{ name: bursts, period: 1h, fourier_order: 5 }] }";
const LONG = "prometheus: { longHistory: { range: 5d, step: 5m } }";

it("backtest takes the target's window, horizon, longer history and Prophet", async () => {
  const config = file("both.yaml", target("web", BURSTS) + target("bare", "podStart: 30s"), LONG);
  const asked = ["backtest", SERIES, "--methods", "prophet", "--origins", "60", "--config", config, "--deployment"];
  const [own, bare] = [await cli(...asked, "web"), await cli(...asked, "bare")];
  expect(own.answer).toMatchObject({ window: 24, horizonSteps: 3, origins: 60 });
  expect(own.answer.methods.prophet.mae).toBeLessThan(0.6 * bare.answer.methods.prophet.mae);
  const flags = await cli(...asked, "web", "--window", "100", "--horizon", "5m");
  expect(flags.answer).toMatchObject({ window: 100, horizonSteps: 1 });
});

it("backtest wants to know which target of several, and says what is wrong with a file", async () => {
  const config = file("two.yaml", target("web", BURSTS) + target("bare", "podStart: 30s"));
  const { code, err } = await cli("backtest", SERIES, "--config", config);
  expect([code, err]).toEqual([2, expect.stringContaining("several targets: name one with --deployment")]);
  const wrong = await cli("backtest", SERIES, "--config", file("wrong.yaml", target("web", "prophet: { growth: up }")));
  expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining("prophet.growth: must be one of linear")]);
});

it("replay decides with the target's Prophet over the longer history of the file", async () => {
  const policies = ["--policies", "auto", "--warmup", String(5 * 86_400)];
  const replay = (block: string, more: string) =>
    cli("replay", SERIES, ...policies, "--every", "600", "--config", file("one.yaml", target("web", block), more));
  const [own, bare, short] = [
    await replay(BURSTS, LONG),
    await replay("podStart: 30s", LONG),
    await replay(BURSTS, ""),
  ];
  expect(own.code).toBe(0);
  const all = [own, bare, short].map(({ answer }) => JSON.stringify(answer.policies));
  expect(new Set(all).size).toBe(3);
});
