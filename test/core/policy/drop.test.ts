/** The hold after a sudden drop: when it begins, that it ends, and what is no drop. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fallBeyond, noteDrop } from "../../../job/core/policy/drop.ts";
import { BLANK, BLANK_METRIC } from "../../../job/core/state/memory.ts";
import { type Metric, metricsOf } from "../../../job/core/target.ts";
import { config, NOW } from "../../fakes/config.ts";
import { series } from "../../fakes/series.ts";

const settings = config({ suddenDropRatio: 0.75, suddenDropHold: 300 });
const forecast = (mean: number) => ({
  at: NOW - 60,
  expires: NOW + 600,
  max: mean,
  quantile: mean,
  level: 0.7,
  mean,
  method: "auto",
});
/** Memory of a forecast, and of a hold until then. */
const memory = (mean: number, dropHoldUntil: number | null = null) => ({
  ...BLANK,
  metrics: { cpu: { ...BLANK_METRIC, lastForecast: forecast(mean) } },
  dropHoldUntil,
});
const [metric] = metricsOf(settings) as [Metric];
const cpu = (demand: number) => [{ metric, demand }];
const until = (mean: number, demand: number, more = {}) =>
  noteDrop(memory(mean), NOW, cpu(demand), { ...settings, ...more }).dropHoldUntil;

describe("noteDrop", () => {
  it("holds when less than a quarter of the forecast is left, and the fall is worth more than a pod", () => {
    expect(until(8, 1.9)).toBe(NOW + 300);
    expect(until(8, 2.1)).toBeNull();
    // 0.5 cores a pod: a fall of 0.4 is less than one
    expect(until(0.42, 0.02)).toBeNull();
    expect(until(0.6, 0.02)).toBe(NOW + 300);
  });

  it("is not prolonged by a load that stays away: what lasts longer than the hold is believed", () => {
    const held = noteDrop(memory(8), NOW, cpu(1), settings);
    for (const later of [60, 120, 299]) {
      expect(
        noteDrop({ ...memory(8), dropHoldUntil: held.dropHoldUntil }, NOW + later, cpu(1), settings).dropHoldUntil,
      ).toBe(NOW + 300);
    }
  });

  it("is one of any metric", () => {
    const two = metricsOf(config({ metrics: [{ name: "queue", query: "x", averageValue: 100 }] })) as [Metric, Metric];
    const metrics = { queue: { ...BLANK_METRIC, lastForecast: forecast(800) } };
    const seen = [
      { metric: two[0], demand: 1 },
      { metric: two[1], demand: 10 },
    ];
    expect(noteDrop({ ...BLANK, metrics }, NOW, seen, settings).dropHoldUntil).toBe(NOW + 300);
  });

  const window = (values: readonly number[]) =>
    noteDrop(BLANK, NOW, [{ metric, demand: values.at(-1)!, uncounted: series(values) }], settings);
  const wave = Array.from({ length: 120 }, (_, i) => 6 + 3 * Math.sin(i / 6));

  it("holds on a fall beyond all others of a window whose pods nobody counted", () => {
    const half = [...new Array<number>(60).fill(8), 4];
    expect(window(half).dropHoldUntil).toBe(NOW + 300);
    expect(noteDrop(BLANK, NOW, cpu(4), settings)).toBe(BLANK);
    // a fade of the rate's window, and a hole, do not hide it
    expect(window([...new Array<number>(60).fill(8), 7, 6, 5, 4]).dropHoldUntil).toBe(NOW + 300);
    const hole = { ...series([...new Array<number>(60).fill(8), ...new Array<number>(20).fill(8), 3]) };
    const filled = hole.filled.map((_, i) => (i >= 60 && i < 80 ? 1 : 0));
    expect(fallBeyond({ ...hole, filled })).toBe(5);
  });

  it("knows the falls that the window has seen, small ones, and short windows", () => {
    expect(window(wave)).toBe(BLANK);
    const low = wave.map((value) => value / 100);
    expect(window([...low, low.at(-1)! / 2])).toBe(BLANK);
    expect(window([...new Array<number>(60).fill(8), 7])).toBe(BLANK);
    expect(window([...new Array<number>(9).fill(8), 4])).toBe(BLANK);
    expect(window([...new Array<number>(40).fill(8), 4, ...new Array<number>(40).fill(8), 4])).toBe(BLANK);
  });

  it("agrees with a naive search for the largest earlier fall", () => {
    const values = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(values, (list) => {
        const falls = list.map((value, i) => Math.max(...list.slice(Math.max(0, i - 8), i + 1)) - value);
        const fall = falls.at(-1)!;
        const earlier = Math.max(0, ...falls.slice(1, -9));
        const beyond = list.length >= 20 && fall >= 0.2 * (list.at(-1)! + fall) && fall > 1.25 * earlier;
        expect(fallBeyond(series(list))).toBe(beyond ? fall : 0);
      }),
    );
  });

  it("needs a forecast, a demand, and to be switched on", () => {
    expect(noteDrop(BLANK, NOW, cpu(0), settings)).toBe(BLANK);
    expect(until(8, Number.NaN)).toBeNull();
    expect(until(8, 1, { suddenDropHold: 0 })).toBeNull();
  });
});
