/** The hold after a sudden drop: when it begins, that it ends, and what is no drop. */
import { describe, expect, it } from "vitest";
import { noteDrop } from "../../../job/core/policy/drop.ts";
import { BLANK } from "../../../job/core/state/memory.ts";
import { config, NOW } from "../../fakes/config.ts";

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
  lastForecast: forecast(mean),
  dropHoldUntil,
});
const until = (mean: number, demand: number, more = {}) =>
  noteDrop(memory(mean), NOW, demand, { ...settings, ...more }).dropHoldUntil;

describe("noteDrop", () => {
  it("holds when less than a quarter of the forecast is left, and the fall is worth more than a pod", () => {
    expect(until(8, 1.9)).toBe(NOW + 300);
    expect(until(8, 2.1)).toBeNull();
    // 0.5 cores a pod: a fall of 0.4 is less than one
    expect(until(0.42, 0.02)).toBeNull();
    expect(until(0.6, 0.02)).toBe(NOW + 300);
  });

  it("is not prolonged by a load that stays away: what lasts longer than the hold is believed", () => {
    const held = noteDrop(memory(8), NOW, 1, settings);
    for (const later of [60, 120, 299]) {
      expect(noteDrop({ ...held, lastForecast: forecast(8) }, NOW + later, 1, settings).dropHoldUntil).toBe(NOW + 300);
    }
  });

  it("needs a forecast, a demand, and to be switched on", () => {
    expect(noteDrop(BLANK, NOW, 0, settings)).toBe(BLANK);
    expect(until(8, Number.NaN)).toBeNull();
    expect(until(8, 1, { suddenDropHold: 0 })).toBeNull();
  });
});
