/** `advise` from outside: nothing is promised on less than a day; with enough history there are settings to paste. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { answerOf } from "../../job/cli/advise-answer.ts";
import { changedBy } from "../../job/cli/advise-choice.ts";
import { fieldsOf, gridOf, isOurs, worldsOf } from "../../job/cli/advise-grid.ts";
import { resolveTarget } from "../../job/config/target-settings.ts";
import { REPLAY_DEFAULTS } from "../../job/replay/world.ts";
import { adviceText } from "../../job/report/advice-text.ts";
import { cli, waveFile } from "../fakes/cli.ts";

type Part = { scaleTargetRef: object; [name: string]: unknown };

const folder = mkdtempSync(join(tmpdir(), "prophet-advise-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Two days and some hours of samples a minute: a day's wave with a faster one on it. */
function days(): string {
  const path = join(folder, "days.csv");
  const value = (t: number) => 3 + 2 * Math.sin(t / 13_751) + Math.sin(t / 300) + 0.5 * Math.sin(t * t);
  const rows = Array.from({ length: 3200 }, (_, i) => `${1_700_000_000 + 60 * i},${value(60 * i).toFixed(3)}`);
  writeFileSync(path, `timestamp,value\n${rows.join("\n")}\n`);
  return path;
}

/** It plays days. */
const TIME = { timeout: 180_000 };

describe("what is tried", () => {
  const given = { scaleTargetRef: { name: "web" } };
  const labels = (target: Parameters<typeof resolveTarget>[0], targetCpu: number) =>
    gridOf(resolveTarget({ ...given, ...target }), { ...REPLAY_DEFAULTS, targetCpu, request: 0.5 }, null).map(
      ({ label }) => label,
    );

  it.each([0.05, 0.45, 0.47, 0.49, 0.5, 0.58, 2])(
    "is tried once, at a targetCpu of %d where a pod serves 0.5",
    (cpu) => {
      const all = labels({ targetCpu: cpu }, cpu);
      expect(all).toEqual([...new Set(all)]);
      expect(all.length).toBeGreaterThan(12);
    },
  );

  it("no quantile where every metric has one of its own", () => {
    const metric = { name: "rps", query: "q", averageValue: 1, unit: "" };
    const quantiles = (metrics: object[], more = {}) =>
      labels({ ...more, metrics } as Parameters<typeof resolveTarget>[0], 0.45).filter((label) =>
        /^quantile/.test(label),
      );
    expect(quantiles([{ ...metric, quantile: 0.9 }])).toEqual([]);
    expect(quantiles([metric])).toHaveLength(6);
    expect(
      quantiles([
        { ...metric, quantile: 0.9 },
        { ...metric, name: "queue" },
      ]),
    ).toHaveLength(6);
    // the CPU's is the target's
    expect(quantiles([{ ...metric, quantile: 0.9 }], { targetCpu: 0.45 })).toHaveLength(24);
  });
});

describe("beside an slo of the settings", () => {
  const target = resolveTarget({ scaleTargetRef: { name: "web" }, targetCpu: 0.45, slo: 0.01 });
  const [current, ...tried] = gridOf(target, REPLAY_DEFAULTS, null).filter(isOurs);

  it("a trial has that or a quantile, and says which", () => {
    const levels = tried.map(({ label, decider: { target: played } }) => {
      expect(label).toMatch(played.quantile === undefined ? /^slo 0\.01, / : /^quantile /);
      return [played.slo, played.quantile];
    });
    expect(levels.filter(([slo]) => slo === 0.01)).toEqual(Array(3).fill([0.01, undefined]));
    expect(levels.filter(([, quantile]) => quantile !== undefined)).toHaveLength(24);
    expect(levels.filter(([slo, quantile]) => slo !== undefined && quantile !== undefined)).toEqual([]);
  });

  it("the YAML and the JSON say that a quantile takes its place", () => {
    const score = { cost: 1, under: 0, unserved: 0, actions: 0 };
    const scored = <T extends object>(trial: T) => ({ ...trial, chosenOn: score, judgedOn: score, days: [score] });
    const advised = tried.find(({ decider }) => decider.target.quantile === 0.7)!;
    const advice = {
      ...{ name: "x", why: null, front: [], ours: [], others: [], slo: 0.01, asked: true, money: null, nines: [] },
      ...{ current: scored(current!), advised: scored(advised), changed: null },
      fields: fieldsOf(advised, current!),
    };
    expect(adviceText(advice, 80)).toContain("\n    quantile: 0.7 # instead of slo: 0.01\n");
    const span = { from: 0, to: 1 };
    const answer = answerOf(advice, { chosenOn: span, judgedOn: span, ended: true });
    expect([answer.current.settings, answer.advised?.settings]).toMatchObject([{ slo: 0.01 }, { quantile: 0.7 }]);
    expect(answer.advised?.settings).not.toHaveProperty("slo", 0.01);
  });
});

describe("worlds with one thing changed", () => {
  const target = resolveTarget({ scaleTargetRef: { name: "web" }, targetCpu: 0.45 });
  const [current, ...tried] = gridOf(target, REPLAY_DEFAULTS, null).filter(isOurs);
  const advised = tried.find(({ label }) => label === "quantile 0.6, targetCpu 0.473")!;
  const worlds = worldsOf(advised, current!, { range: 604_800, step: 300 });

  it("are shorter and longer intervals, a faster start and a longer history, each with every quantile", () => {
    const { every, startup } = REPLAY_DEFAULTS;
    const firsts = worlds.map(([{ options } = advised]) => options);
    expect(firsts.map((one) => one.every)).toEqual(expect.arrayContaining([every / 2, 2 * every]));
    expect(firsts.map((one) => one.startup)).toContain(startup / 2);
    expect(firsts.filter(({ longHistory }) => longHistory !== undefined)).toHaveLength(1);
    for (const [first, ...others] of worlds) {
      expect(first!.decider.target.quantile).toBe(0.6);
      const quantiles = others.map(({ decider }) => decider.target.quantile);
      expect(quantiles).toEqual([undefined, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95]);
      // all of a list play in the world of its first
      for (const one of others) {
        expect(one.options).toEqual(first!.options);
        expect(one.decider.target.calibration).toBe(first!.decider.target.calibration);
      }
    }
  });

  it("are told alone, and with what was cheaper within the objective on the day before", () => {
    const span = { from: 0, to: 86_400 };
    const scored = <T extends object>(trial: T, cost: number, under: number) => {
      const score = { cost, under, unserved: 0, actions: 0 };
      return { ...trial, chosenOn: score, judgedOn: { ...score, cost: cost + 1 }, days: [score] };
    };
    const [first, ...others] = worlds[0]!;
    // the third is cheapest and breaks the objective
    const played = [scored(first!, 9, 0), scored(others[1]!, 8, 0.01), scored(others[2]!, 7, 0.2)];
    const compared = { worlds: [played, [scored(worlds[1]![0]!, 5, 0)]], chosenOn: span, judgedOn: span, ended: true };
    const { tried: rows } = changedBy(scored(advised, 4, 0), compared, 0.01)!;
    expect(rows.map(({ trial, score }) => [trial.label, score.cost])).toEqual([
      ["as above", 4],
      [first!.label, 10],
      [`${first!.label}, with quantile 0.5, targetCpu 0.473`, 9],
      [worlds[1]![0]!.label, 6],
    ]);
    expect(changedBy(scored(advised, 4, 0), { ...compared, ended: false }, 0.01)).toBe(null);
  });
});

describe("advise", TIME, () => {
  it("promises nothing on less than a day, and says what it needs", async () => {
    const { code, out } = await cli(`advise ${waveFile(folder)} --warmup 9000 --json`);
    expect(code).toBe(0);
    const answer = JSON.parse(out);
    expect(answer.advised).toBe(null);
    expect(answer.why).toMatch(/hours long, and less than a day proves nothing/);
    expect(answer.front.length).toBeGreaterThan(0);
    // without an slo: what each next nine costs
    expect(answer.nines.map(({ under }: { under: number }) => under)).toEqual([0.1, 0.01, 0.001, 0.0001]);
    for (const { under, settings } of answer.nines)
      expect(settings === null || settings.earlier.under <= under).toBe(true);
    expect(answer.others.map(({ settings }: { settings: { hpaTarget: number } }) => settings.hpaTarget)).toEqual([
      0.5, 0.6, 0.7, 0.8, 0.9,
    ]);
  });

  it("advises settings with YAML to paste, and how sure that is", async () => {
    const page = join(folder, "advice.html");
    const { code, out } = await cli(`advise ${days()} --every 3600 --slo 20% --price 0.04 --report ${page}`);
    expect(code).toBe(0);
    expect(readFileSync(page, "utf8")).toContain("<html");
    expect(out).toMatch(
      /Advised: (no quantile|quantile [\d.]+), targetCpu [\d.]+\. It costs [\d.]+ % (less|more) than the current settings/,
    );
    expect(out).toMatch(/It kept that on \d of \d days; on the worst day it was [\d.]+ %/);
    expect(out).toMatch(/A advised, \. other settings, h HPA/);
    expect(out).toMatch(
      /The same with one thing changed, alone and with the settings that were best with it the day before, from 2023-11-1\S+ \S+ to 2023-11-1\S+ \S+ UTC:\n.*\nas above .*\ninterval 1800s /,
    );
    const yaml = parse(out.slice(out.indexOf("targets:"), out.indexOf("report:"))) as { targets: Part[] };
    const [{ scaleTargetRef, ...settings }] = yaml.targets as [Part];
    expect(scaleTargetRef).toEqual({ kind: "Deployment", name: "workload" });
    // what is pasted is what a file takes
    expect(() => resolveTarget({ scaleTargetRef: { name: "workload" }, targetCpu: 0.45, ...settings })).not.toThrow();
    expect(out).toContain("HPA at 70 %");
  });

  it.each([
    [`advise ${join(folder, "none.csv")}`, 1, /none\.csv/],
    ["advise", 2, /no series to replay/],
    ["advise --from-prometheus soon --deployment web", 2, /--from-prometheus: /],
    [`advise ${waveFile(folder)} --warmup 90000`, 1, /nothing is left to replay; choose a --warmup below \d+/],
    [`advise ${join(folder, "none.csv")} --slo 120%`, 2, /--slo/],
  ])("%s is refused with %d", async (line, code, message) => {
    const result = await cli(line);
    expect(result.code).toBe(code);
    expect(result.err).toMatch(message);
  });
});
