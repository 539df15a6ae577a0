/** How many outcomes a band has held: against a plain replay of the rule, right on noise of one size, and low where the noise has grown. */
import { describe, expect, it } from "vitest";
import { coverageOf } from "../../../../job/core/forecast/combine/coverage.ts";
import { errorQuantile, rankErrors } from "../../../../job/core/forecast/combine/quantiles.ts";
import type { ForecastTarget } from "../../../../job/core/forecast/combine/target.ts";
import { forecastAuto } from "../../../../job/core/forecast/forecasters/auto.ts";
import { series } from "../../../fakes/series.ts";
import { generator } from "../noise.ts";

const BAND = [0.05, 0.95] as const;

function target(known: number, to: number, stride = 1, gaps: readonly number[] = []): ForecastTarget {
  return {
    actual: new Float64Array(known),
    measured: Uint8Array.from({ length: known }, (_, o) => (gaps.includes(o) ? 0 : 1)),
    predictions: [new Float64Array(known + to)],
    penalties: Float64Array.of(1),
    to,
    stride,
    window: known * stride + to,
  };
}

/** Errors of a size that may change on the way. */
function errorsOf(seed: number, known: number, size: (o: number) => number): Float64Array {
  const { normal } = generator(seed);
  return Float64Array.from({ length: known }, (_, o) => size(o) * normal());
}

/** The rule, written out: for each origin of the later half anew, over copies of what was known by then. */
function plain(asked: ForecastTarget, errors: Float64Array): number {
  const late = [...errors.keys()].filter((o) => 2 * o >= errors.length && asked.measured[o] === 1);
  const judged = late.flatMap((o) => {
    const known = Math.max(0, o - Math.ceil(asked.to / asked.stride) + 1);
    const past = { ...asked, measured: asked.measured.slice(0, known) };
    if (past.measured.filter((one) => one === 1).length < Math.max(8, asked.to)) return [];
    const ranked = rankErrors(errors.slice(0, known), past);
    return [errors[o]! >= errorQuantile(ranked, 0.05) && errors[o]! <= errorQuantile(ranked, 0.95)];
  });
  return judged.filter(Boolean).length / judged.length;
}

describe("coverageOf", () => {
  it.each([
    ["one step", target(60, 1)],
    ["some steps", target(90, 7)],
    ["outcomes spaced out", target(100, 7, 4)],
    ["gaps", target(80, 3, 1, [10, 41, 42, 60, 79])],
  ])("is the plain replay of its rule: %s", (_name, asked) => {
    const { length } = asked.measured;
    // a slow change of size, so that outcomes known too early would show
    const errors = errorsOf(3, length, (o) => 1 + o / 10);
    const share = coverageOf(asked, errors, BAND);
    expect(share).toBeCloseTo(plain(asked, errors), 12);
    expect(share).toBeLessThan(1);
  });

  it("is the band's share on noise of one size", () => {
    const shares = Array.from({ length: 40 }, (_, i) =>
      coverageOf(
        target(120, 3),
        errorsOf(i + 1, 120, () => 1),
        BAND,
      ),
    );
    const mean = shares.reduce((sum, share) => sum + share) / shares.length;
    expect(mean).toBeGreaterThan(0.87);
    expect(mean).toBeLessThan(0.93);
  });

  it("is low where the noise has grown since, however wide the band is by now", () => {
    const errors = errorsOf(5, 120, (o) => (o < 60 ? 1 : 10));
    expect(coverageOf(target(120, 3), errors, BAND)).toBeLessThan(0.75);
  });

  it("is not known of fewer than ten outcomes, nor of a lead that few outcomes end", () => {
    expect(
      coverageOf(
        target(18, 1),
        errorsOf(1, 18, () => 1),
        BAND,
      ),
    ).toBeNaN();
    expect(
      coverageOf(
        target(60, 50),
        errorsOf(1, 60, () => 1),
        BAND,
      ),
    ).toBeNaN();
    expect(coverageOf(target(0, 1), new Float64Array(0), BAND)).toBeNaN();
    expect(
      coverageOf(
        target(40, 1),
        errorsOf(1, 40, () => 1),
        BAND,
      ),
    ).not.toBeNaN();
  });

  it("judges at most 60 outcomes, evenly spaced", () => {
    const share = coverageOf(
      target(720, 3),
      errorsOf(9, 720, () => 1),
      BAND,
    );
    expect(share * 60).toBeCloseTo(Math.round(share * 60), 9);
  });
});

describe("the coverage of a forecast", () => {
  it("is about 0.9 of noise around a wave, and low after a calm that ended", () => {
    const { normal } = generator(11);
    const wave = (size: (i: number) => number) =>
      Array.from({ length: 240 }, (_, i) => 20 + 4 * Math.sin(i / 15) + size(i) * normal());
    const asked = { horizonSteps: 4, leadSteps: 7, levels: [0.9] };
    const steady = forecastAuto({ ...asked, series: series(wave(() => 1)) });
    expect(steady.coverage).toBeGreaterThan(0.8);
    const woken = forecastAuto({ ...asked, series: series(wave((i) => (i < 200 ? 0.1 : 5))) });
    expect(woken.coverage).toBeLessThan(steady.coverage - 0.1);
  });

  it("is whole of a load that stands still, whose errors are rounding", () => {
    const asked = { horizonSteps: 4, leadSteps: 7, levels: [0.9] };
    for (const load of [0, 0.1, 0.3, 7]) {
      const flat = series(Array.from({ length: 120 }, () => load));
      expect(forecastAuto({ ...asked, series: flat }).coverage, `${load}`).toBe(1);
    }
  });

  it("is not known of a handful of values", () => {
    const asked = { horizonSteps: 1, leadSteps: 1, levels: [0.9] };
    expect(forecastAuto({ ...asked, series: series([1, 2, 3]) }).coverage).toBeNaN();
  });
});
