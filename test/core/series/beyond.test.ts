/** What is far beyond the pods: held, with what is probably wrong; a demand that is merely above them is acted on. */
import { describe, expect, it } from "vitest";
import { believable, inspect } from "../../../job/core/series/quality.ts";
import { samplesOf } from "../../fakes/series.ts";
import { EXPECTED, WINDOW_END } from "./expected.ts";

describe("a total", () => {
  const noisy = (i: number) => 2 + Math.sin(i / 7) + 0.1 * Math.sin(i * 97);
  const limits = { useful: 8, ceiling: believable(20, undefined, 0.4) };
  it.each<[string, (i: number) => number, number, RegExp]>([
    ["a counter, far beyond", (i) => 40_000 + 30 * i, 8, /only ever rise.*rate\(\)/],
    ["a counter of pods that are young", (i) => 20 + 0.5 * i, 8, /only ever rise.*rate\(\)/],
    ["a counter with a restart in it", (i) => (i < 60 ? 40_000 : 30_000) + 30 * i, 8, /only ever rise/],
    ["milli-cores", (i) => Math.round(1000 * noisy(i)), 8, /milli-cores/],
    ["milli-cores of a large maximum", (i) => Math.round(1000 * noisy(i)), 180, /milli-cores/],
    ["milli-cores with a fraction", (i) => 1000 * noisy(i), 8, /milli-cores/],
    ["percentages", (i) => 125 * noisy(i), 8, /percentages, or milli-cores/],
    ["micro-cores", (i) => Math.round(1e6 * noisy(i)), 8, /micro-cores/],
    ["nano-cores", (i) => Math.round(1e9 * noisy(i)), 8, /nano-cores/],
    ["bytes of memory", (i) => Math.round(3e9 + 1e6 * noisy(i)), 8, /bytes of memory/],
    ["a newest sample that is absurd alone", (i) => (i === 119 ? 1e308 : noisy(i)), 8, /most of the others are not/],
    [
      "a total of which three of four samples are impossible",
      (i) => (i % 4 === 3 ? 7 : 300 + noisy(i)),
      8,
      /^15 of 20 .* 300 s are more/,
    ],
    ["nonsense", (i) => 9e9 * noisy(i), 8, /other pods/],
  ])("holds %s, and says what is probably wrong", (_, value, useful, words) => {
    const ceiling = believable(useful / 0.4, undefined, 0.4);
    const { quality } = inspect(samplesOf(value, { end: WINDOW_END - 5 }), { ...EXPECTED, useful, ceiling });
    expect(quality).toMatchObject({ verdict: "hold", reason: "AboveCapacity" });
    expect(quality.message).toMatch(words);
  });

  it.each<[string, (i: number) => number]>([
    ["a demand of nine times the maximum", (i) => 36 * noisy(i)],
    ["a ramp without noise up to twice the maximum", (i) => (16 * (i + 1)) / 120],
    ["whole cores", (i) => Math.round(3 * noisy(i))],
  ])("acts on %s", (_, value) => {
    expect(inspect(samplesOf(value, { end: WINDOW_END - 5 }), { ...EXPECTED, ...limits }).quality.verdict).toBe("act");
  });

  it("acts again as soon as half of the last minutes is possible, and tells what was refused before", () => {
    const since = (points: number) => samplesOf((i) => (i < 120 - points ? 999 : noisy(i)), { end: WINDOW_END - 5 });
    const of = (points: number) => inspect(since(points), { ...EXPECTED, ...limits }).quality;
    expect(of(9)).toMatchObject({ verdict: "hold", reason: "AboveCapacity" });
    expect(of(9).message).toMatch(/^11 of 20 samples of the last 300 s are more than the pods can use; /);
    expect(of(10)).toMatchObject({ verdict: "upOnly", reason: "GapsInData" });
    expect(of(10).message).toContain(", newest 5 s old, 110 samples refused; ");
  });
});
