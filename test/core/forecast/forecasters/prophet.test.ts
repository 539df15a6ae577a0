/** Prophet with a target's settings: a year that comes again, events that are announced, and its part in the pool. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { forecasterOf } from "../../../../job/core/forecast/method.ts";
import type { EventSettings, ProphetSettings } from "../../../../job/core/forecast/prophet/settings.ts";
import { prophetProfileOf } from "../../../../job/core/forecast/seasons/prophet-profile.ts";
import type { Forecast, ForecastMethod } from "../../../../job/core/forecast/types.ts";
import type { Series } from "../../../../job/core/series/types.ts";
import { generator } from "../noise.ts";

const DAY = 86_400;
const HOUR = 3600;
/** A Monday, 00:00 UTC. */
const T0 = Date.UTC(2025, 0, 6) / 1000;
const SETTINGS: ProphetSettings = { timeZone: "UTC", growth: "linear", seasonalities: [], holidays: [] };

function grid(of: (time: number) => number, start: number, step: number, n: number): Series {
  const values = Float64Array.from({ length: n }, (_, i) => of(start + i * step));
  return { start, step, values, filled: new Uint8Array(n) };
}

interface PartialRequest {
  readonly of: (time: number) => number;
  readonly now: number;
  readonly long?: { readonly days: number; readonly step: number };
  readonly settings?: ProphetSettings;
  readonly method?: ForecastMethod;
}

/** The forecast at `now` from a window of 30 minutes and a longer history. */
function ask({ of, now, long, settings, method = "prophet" }: PartialRequest): Forecast {
  const count = long === undefined ? 0 : Math.floor((long.days * DAY) / long.step);
  return forecasterOf(method)({
    series: grid(of, now - 119 * 15, 15, 120),
    horizonSteps: 4,
    leadSteps: 8,
    levels: [0.5, 0.9],
    ...(long && { longHistory: grid(of, now - (count - 1) * long.step, long.step, count) }),
    ...(settings && { prophet: settings }),
  });
}

describe("a longer history", () => {
  /** A day's rhythm, and four times the load in the week from each 2 December on. */
  const peaking = (t: number) => {
    const date = new Date(t * 1000);
    const peak = date.getUTCMonth() === 11 && date.getUTCDate() >= 2 && date.getUTCDate() <= 8 ? 4 : 1;
    return peak * (10 + 3 * Math.sin((2 * Math.PI * t) / DAY));
  };

  it("of a year at one hour lets the next peak be known before it comes", () => {
    const now = Date.UTC(2026, 11, 1, 23, 59) / 1000;
    const known = { days: 368, step: HOUR };
    const ds = { dates: ["2025-12-02", "2026-12-02"], calendars: [] };
    const sale: EventSettings = { holiday: "sale", ds, lower_window: 0, upper_window: 6 };
    const settings = { ...SETTINGS, daily_seasonality: true, weekly_seasonality: false };
    const told = ask({ of: peaking, now, long: known, settings: { ...settings, holidays: [sale] } });
    const untold = ask({ of: peaking, now, long: known, settings });
    expect(untold.max).toBeLessThan(12);
    // added, the effect is the mean one of the peak's day: 30 of 10
    expect(told.max).toBeGreaterThan(35);
    expect(told.max).toBeLessThan(45);
    // the first steps are still before midnight
    expect(told.path[0]!).toBeLessThan(14);
  });

  it("brings a yearly season, whose phase the window alone cannot know", () => {
    const yearly = (t: number) => 10 + 6 * Math.sin((2 * Math.PI * t) / (365.25 * DAY));
    const now = T0 + 380 * DAY;
    const settings = { ...SETTINGS, yearly_seasonality: true, daily_seasonality: false, weekly_seasonality: false };
    for (const days of [200, 300, 370]) {
      const { mean } = ask({ of: yearly, now, long: { days, step: HOUR }, settings });
      expect(mean).toBeCloseTo(yearly(now), 1);
    }
  });

  it("is fitted with the window, not twice where they overlap, and gaps of both are left out", () => {
    const of = (t: number) => 5 + 2 * Math.sin((2 * Math.PI * t) / DAY);
    const now = T0 + 5 * DAY;
    const series = grid(of, now - 119 * 15, 15, 120);
    const long = grid(of, now - 4 * DAY, 300, 4 * 288 + 1);
    const request = { series, horizonSteps: 4, leadSteps: 8, levels: [0.5], longHistory: long };
    const usual = forecasterOf("prophet")(request);
    const spoilt = {
      ...long,
      // within the window, and in a gap
      values: long.values.map((v, i) => (long.start + i * 300 >= series.start || i === 7 ? 1e6 : v)),
      filled: long.filled.map((f, i) => (i === 7 ? 1 : f)),
    };
    const clean = { ...long, filled: spoilt.filled };
    expect(forecasterOf("prophet")({ ...request, longHistory: spoilt })).toEqual(
      forecasterOf("prophet")({ ...request, longHistory: clean }),
    );
    expect(usual.mean).toBeCloseTo(of(now), 1);
    // `original` is what it was: the window only
    const { longHistory: _long, ...plain } = request;
    expect(forecasterOf("original")({ ...request, prophet: SETTINGS })).toEqual(forecasterOf("original")(plain));
  });
});

describe("settings", () => {
  it("of nothing but Prophet's defaults change nothing", () => {
    const { normal } = generator(3);
    const series = grid(() => 5 + normal(), T0, 15, 120);
    const request = { series, horizonSteps: 4, leadSteps: 8, levels: [0.5, 0.9] };
    expect(forecasterOf("prophet")({ ...request, prophet: SETTINGS })).toEqual(forecasterOf("prophet")(request));
  });

  it("of logistic growth keep the forecast below the capacity", () => {
    const of = (t: number) => 9 / (1 + Math.exp(-(t - T0) / 900));
    const settings: ProphetSettings = { ...SETTINGS, growth: "logistic", cap: 10, floor: 0, n_changepoints: 0 };
    const logistic = ask({ of, now: T0 + 1200, settings });
    const line = ask({ of, now: T0 + 1200, settings: { ...SETTINGS, n_changepoints: 0 } });
    expect(Math.max(...logistic.path)).toBeLessThan(10);
    expect(Math.max(...line.path)).toBeGreaterThan(Math.max(...logistic.path));
  });

  it("that no fit can take are told, not passed over in silence", () => {
    const settings: ProphetSettings = { ...SETTINGS, growth: "logistic" };
    expect(() => ask({ of: (t) => 5 + (t % 7), now: T0, settings })).toThrow(/prophet\.cap/);
  });

  it("answer soundly whatever is measured", () => {
    const value = fc.oneof(fc.double({ min: 0, max: 1e3, noNaN: true }), fc.constantFrom(0, 1e6));
    const events: readonly EventSettings[] = [
      { holiday: "x", ds: { dates: ["2025-01-05", "2025-01-06"], calendars: [] }, lower_window: -1, upper_window: 2 },
    ];
    const settings: ProphetSettings = {
      ...SETTINGS,
      timeZone: "America/New_York",
      seasonality_mode: "multiplicative",
      seasonalities: [{ name: "hour", period: 1 / 24, fourier_order: 3, condition: { days: [0, 1, 2] } }],
      holidays: events,
    };
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 90 }), (values) => {
        const series = grid(() => 0, T0 - 20 * 15, 15, values.length);
        series.values.set(values);
        const { path, maxQuantiles } = forecasterOf("prophet")({
          series,
          horizonSteps: 4,
          leadSteps: 8,
          levels: [0.5, 0.9],
          prophet: settings,
        });
        for (const v of [...path, ...maxQuantiles]) expect(Number.isFinite(v) && v >= 0).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});

describe("in auto's pool", () => {
  /** Closed on Sundays and on the days that the calendar knows: a tenth of the load. */
  const closed = ["2025-01-20", "2025-02-05", "2025-02-14", "2025-02-27"];
  const { normal } = generator(11);
  const shop = (t: number) => {
    const shut = new Date(t * 1000).getUTCDay() === 0 || closed.includes(new Date(t * 1000).toISOString().slice(0, 10));
    return (shut ? 0.1 : 1) * (20 + 8 * Math.sin((2 * Math.PI * t) / DAY)) + 0.2 * normal();
  };
  const settings: ProphetSettings = {
    ...SETTINGS,
    holidays: [{ holiday: "closed", ds: { dates: closed, calendars: [] }, lower_window: 0, upper_window: 0 }],
  };
  const long = { days: 50, step: 300 };

  it("takes part where it has settings and a longer history, beside it or as a factor of it", () => {
    const now = T0 + 52 * DAY + 11 * HOUR;
    const names = (asked: PartialRequest) => Object.keys(ask({ ...asked, method: "auto" }).modelWeights);
    expect(names({ of: shop, now, long, settings })).toEqual(expect.arrayContaining(["prophet+", "prophet*"]));
    expect(names({ of: shop, now, long }).filter((name) => name.startsWith("prophet"))).toEqual([]);
    expect(names({ of: shop, now, settings }).filter((name) => name.startsWith("prophet"))).toEqual([]);
  });

  it("sees nothing of the window", () => {
    const span = { start: T0 + 20 * DAY, step: 15, length: 130 };
    const history = grid(shop, T0, 300, 21 * 288);
    const spoilt = { ...history, values: history.values.map((v, i) => (T0 + i * 300 >= span.start ? 1e6 : v)) };
    expect(prophetProfileOf(spoilt, span, settings)).toEqual(prophetProfileOf(history, span, settings));
    expect(prophetProfileOf(grid(shop, T0, 300, 40), { ...span, start: T0 + 40 * 300 }, settings)).toBeNull();
  });

  it("knows a closed day at its midnight, which the days before do not show", () => {
    // 2025-02-27 begins: yesterday, last week and the typical day were open
    const midnight = Date.UTC(2025, 1, 27) / 1000;
    const span = { start: midnight - 60 * 15, step: 15, length: 128 };
    const values = prophetProfileOf(grid(shop, midnight - 40 * DAY, 300, 40 * 288), span, settings)!.values;
    expect(values[50]! / values[70]!).toBeGreaterThan(4);
  });
});
