/** What the demo says about waves, load, runs and its own success, on runs worked by hand. */
import { describe, expect, it } from "vitest";
import { sameContent } from "../../scripts/pictures.ts";
import { addAnswer, createTally, describeTally } from "../../stress-app/tally.ts";
import { drawnText, panelsOf } from "./demo/drawn.ts";
import { demandAt, servedOf } from "./demo/load.ts";
import { demoPicture } from "./demo/picture.ts";
import { modelledHpa } from "./demo/reactive.ts";
import { PER_POD, reportOf } from "./demo/report.ts";
import type { Side } from "./demo/run.ts";
import { runOf } from "./demo/runs.ts";
import { type DemoSample, scoreOf, wavesOf } from "./demo/waves.ts";

const PERIOD = 100;
/** Samples each second of a load whose replicas follow `shift` seconds later (earlier when negative). */
function run(shift: number, seconds: number): DemoSample[] {
  return Array.from({ length: seconds }, (_, t) => ({
    t,
    demand: demandAt(t, PERIOD),
    measured: demandAt(t, PERIOD),
    replicas: Math.ceil(demandAt(t - shift, PERIOD) / PER_POD - 1e-9),
    ready: Math.ceil(demandAt(t - shift, PERIOD) / PER_POD - 1e-9),
  }));
}

describe("demandAt", () => {
  it("begins in the trough and peaks half a period later", () => {
    expect([0, 25, 50, 100].map((t) => demandAt(t, PERIOD))).toEqual(
      [0.05, 0.25, 0.45, 0.05].map((v) => expect.closeTo(v, 12)),
    );
  });
});

describe("wavesOf", () => {
  it("measures how long the replicas lead or trail", () => {
    const early = wavesOf(run(-10, 380), PERIOD).slice(1);
    const late = wavesOf(run(10, 380), PERIOD).slice(1);
    expect(early.map((w) => [w.middle, w.peak])).toEqual([
      [125, 150],
      [225, 250],
      [325, 350],
    ]);
    for (const w of early) expect(w.lead).toBeGreaterThan(7);
    for (const w of late) expect(w.lead).toBeLessThan(-5);
    for (const [i, w] of early.entries()) expect(w.lead! - late[i]!.lead!).toBe(20);
    for (const w of early) expect([w.low, w.high]).toEqual([1, 9]);
  });

  it("says never where nothing moved", () => {
    const flat = run(0, 260).map((s) => ({ ...s, replicas: 3 }));
    for (const w of wavesOf(flat, PERIOD)) expect([w.lead, w.firstRise, w.beforePeak]).toEqual([null, null, null]);
  });

  it("counts a rise after the peak as late, and one that began before the trough as early", () => {
    const steps = (high: readonly [number, number][]) =>
      run(0, 300).map((s) => ({ ...s, replicas: high.some(([from, to]) => s.t >= from && s.t < to) ? 8 : 2 }));
    const late = wavesOf(steps([[160, 200]]), PERIOD)[1]!;
    expect([late.beforePeak, late.lead]).toEqual([-10, -35]);
    const early = wavesOf(steps([[90, 170]]), PERIOD)[1]!;
    expect([early.beforePeak, early.lead]).toEqual([60, 35]);
  });
});

describe("scoreOf", () => {
  it("integrates pods, the time below the demand, and the demand above the pods", () => {
    const samples = [0, 1, 2, 3].map((t) => ({
      t: t * 900,
      demand: t < 2 ? 0.3 : 0.1,
      measured: 0,
      replicas: 2,
      ready: 2,
    }));
    expect(scoreOf(samples, 0.1)).toEqual({ podHours: 1.5, under: 2 / 3, unserved: expect.closeTo(2 / 7, 12) });
  });
});

describe("modelledHpa", () => {
  it("never falls within its window of 300 s, and falls after it", () => {
    const load = (t: number) => (t < 100 ? 0.4 : 0.05);
    const samples = Array.from({ length: 120 }, (_, i) => {
      const cores = load(5 * i);
      return { t: 5 * i, demand: cores, measured: cores, replicas: 1, ready: 1 };
    });
    const modelled = modelledHpa(samples);
    const at = (t: number) => modelled.find((s) => s.t === t)!.replicas;
    expect([at(60), at(380), at(420)]).toEqual([8, 8, 1]);
  });
});

describe("servedOf", () => {
  it("reads the generator's own summary", () => {
    const tally = createTally();
    tally.sent = 6;
    tally.skipped = 2;
    for (const [answer, seconds] of [
      ["200", 0.1],
      ["200", 0.2],
      ["503", 0.3],
      ["ECONNRESET", 0.4],
    ] as const)
      addAnswer(tally, answer, seconds);
    expect(servedOf(`1 s rate\nsummary: 9.9 s ${describeTally(tally)}\n`)).toEqual({
      sent: 6,
      ok: 2,
      failed: { "503": 1, ECONNRESET: 1, skipped: 2 },
      p50: 0.2,
      p99: 0.4,
    });
    expect(servedOf("5 s rate 1.00/s sent=3")).toBeNull();
    expect(servedOf(`summary: 1 s ${describeTally(createTally())}`)).toMatchObject({ sent: 0, ok: 0, failed: {} });
  });
});

describe("runOf", () => {
  it("finds the decision and its numbers in the log of a run", () => {
    const log = [
      `{"time":"2026-01-01T00:01:00Z","level":"warn","message":"something else"}`,
      `{"time":"2026-01-01T00:01:01Z","level":"info","message":"to 4","target":"a/b","action":"scaled","from":2,"to":4,"reason":"ForecastQuantile","now":1767225660,"demand":0.1,"lead":80,"quality":{"verdict":"act"},"forecast":{"quantile":0.2,"level":0.6},"trail":[{"stage":"data","from":2,"to":2},{"stage":"forecast","from":2,"to":4}]}`,
      "not json",
    ];
    expect(runOf(log.join("\n"), 1767225600)).toEqual({
      t: 60,
      action: "scaled",
      from: 2,
      to: 4,
      reason: "ForecastQuantile",
      message: "to 4",
      verdict: "act",
      demand: 0.1,
      quantile: 0.2,
      level: 0.6,
      lead: 80,
      stages: ["forecast 2 -> 4"],
    });
    expect(runOf("", 0)).toBeNull();
  });
});

describe("reportOf", () => {
  const side = (shift: number): Side => ({ title: `by ${shift} s`, samples: run(shift, 380), served: null });
  it("is content with a lead over the other policy, and with nothing else", () => {
    const good = reportOf({ ours: side(-10), other: side(10), runs: [], began: 0 }, PERIOD, "numbers");
    expect(good.failures).toEqual([]);
    expect(good.text).toMatch(/wave 2: 1 -> 9 replicas, half-way up \d+ s before the load was/);
    expect(good.text).toMatch(/wave 2: 1 -> 9 replicas, half-way up \d+ s after the load was/);
    const same = reportOf({ ours: side(10), other: side(10), runs: [], began: 0 }, PERIOD, "numbers");
    expect(same.failures).toEqual([expect.stringMatching(/lead was -\d+ s in the mean, -\d+ s under/)]);
    const flat = { ...side(0), samples: run(0, 380).map((s) => ({ ...s, replicas: 9 })) };
    expect(reportOf({ ours: flat, other: side(10), runs: [], began: 0 }, PERIOD, "numbers").failures).toHaveLength(3);
    const short = { ...side(0), samples: run(0, 120) };
    expect(reportOf({ ours: short, other: short, runs: [], began: 0 }, PERIOD, "numbers").failures[0]).toMatch(
      /too short/,
    );
  });

  it("draws both sides with every lead", () => {
    const { panels } = reportOf({ ours: side(-10), other: side(10), runs: [], began: 0 }, PERIOD, "numbers");
    const svg = demoPicture(panels, PER_POD);
    expect(svg.match(/led by \d+ s/g)).toHaveLength(4);
    expect(svg.match(/\d+ s late/g)).toHaveLength(4);
    expect(svg).not.toContain("NaN");
    // the same from the file that a demo leaves
    expect(sameContent(demoPicture(panelsOf(drawnText(panels, PERIOD)), PER_POD), svg)).toBe(true);
  });
});
