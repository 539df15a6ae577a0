/** What the demo says about waves, on runs worked by hand. */
import { describe, expect, it } from "vitest";
import { type DemoSample, scoreOf, wavesOf } from "./demo/waves.ts";

const PERIOD = 100;
/** Samples each second of a load whose replicas follow `shift` seconds later (earlier when negative). */
function run(shift: number, seconds: number): DemoSample[] {
  const wave = (t: number) => 0.25 + 0.2 * Math.sin((2 * Math.PI * t) / PERIOD);
  return Array.from({ length: seconds }, (_, t) => ({
    t,
    demand: wave(t),
    measured: wave(t),
    replicas: Math.ceil(wave(t - shift) / 0.05),
    ready: Math.ceil(wave(t - shift) / 0.05),
  }));
}

describe("wavesOf", () => {
  it("measures how long the replicas lead or trail", () => {
    const early = wavesOf(run(-10, 320), PERIOD).slice(1);
    const late = wavesOf(run(10, 320), PERIOD).slice(1);
    expect(early.map((w) => [w.middle, w.peak])).toEqual(
      [
        [100, 125],
        [200, 225],
        [300, 325],
      ].slice(0, early.length),
    );
    for (const w of early) expect(w.lead).toBeGreaterThan(4);
    for (const w of late.slice(0, 2)) expect(w.lead).toBeLessThan(-4);
    expect(early[0]!.lead! - late[0]!.lead!).toBeGreaterThan(12);
  });

  it("says never where nothing moved", () => {
    const flat = run(0, 260).map((s) => ({ ...s, replicas: 3 }));
    for (const w of wavesOf(flat, PERIOD)) expect([w.lead, w.firstRise, w.beforePeak]).toEqual([null, null, null]);
  });

  it("rises after the peak count as late", () => {
    const late = wavesOf(run(30, 260), PERIOD)[1]!;
    expect(late.half! - late.middle).toBeGreaterThan(20);
  });
});

describe("scoreOf", () => {
  it("integrates pods and the time below the demand", () => {
    const samples = [0, 1, 2, 3].map((t) => ({
      t: t * 900,
      demand: t < 2 ? 0.3 : 0.1,
      measured: 0,
      replicas: 2,
      ready: 2,
    }));
    expect(scoreOf(samples, 0.1)).toEqual({ podHours: 1.5, under: 2 / 3 });
  });
});
