/** From a target's settings to Prophet: real Prophet's answers through the settings, and a naive calendar for events and conditions. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dateOf } from "../../../../job/core/calendar/days.ts";
import { blockWidth, featureColumns } from "../../../../job/core/forecast/prophet/features.ts";
import { frameFrom, holdsOn, optionsFrom } from "../../../../job/core/forecast/prophet/from-settings.ts";
import { fitHistory } from "../../../../job/core/forecast/prophet/history-fit.ts";
import { predict } from "../../../../job/core/forecast/prophet/predict.ts";
import type { EventSettings, ProphetSettings } from "../../../../job/core/forecast/prophet/settings.ts";
import { differenceOfRange, type GoldenCase, readGoldens } from "./goldens.ts";
import { modelOf, must } from "./support.ts";

const DAY = 86_400;
const BARE: ProphetSettings = { timeZone: "UTC", growth: "linear", seasonalities: [], holidays: [] };
const cases = readGoldens().cases;

/** The case's events as settings: the dates of each name. */
function settingsOf({ options, history }: GoldenCase): ProphetSettings {
  const { holidays = [], changepoints, seasonalities = [], regressors: _r, uncertainty_samples: _u, ...rest } = options;
  const names = [...new Set(holidays.map(({ holiday }) => holiday))];
  const events = names.map((holiday): EventSettings => {
    const rows = holidays.filter((row) => row.holiday === holiday);
    const { lower_window = 0, upper_window = 0, prior_scale } = rows[0]!;
    const dates = rows.map(({ ds }) => dateOf(Math.floor(ds / DAY)));
    const prior = prior_scale === undefined ? {} : { prior_scale };
    return { holiday, ds: { dates, calendars: [] }, lower_window, upper_window, ...prior };
  });
  const capacities = { cap: history.cap?.[0], floor: history.floor?.[0] };
  const given = Object.entries({ ...rest, ...capacities }).filter(([, value]) => value !== undefined);
  return { ...BARE, ...Object.fromEntries(given), seasonalities, holidays: events } as ProphetSettings;
}

const steady = (values: ArrayLike<number> | undefined) =>
  values === undefined || new Set(Array.from(values)).size === 1;
const expressible = cases.filter(({ options, history, future }) => {
  const plain = options.changepoints === undefined && options.regressors === undefined && options.scaling === undefined;
  const conditions = (options.seasonalities ?? []).some(({ condition_name }) => condition_name !== undefined);
  const chosen = [options.yearly_seasonality, options.weekly_seasonality, options.daily_seasonality];
  const known = !chosen.some((choice) => typeof choice === "number" || choice === "auto");
  const whole = !Array.from(history.y).some((v) => v === null || Number.isNaN(v)) && options.growth !== undefined;
  const windows = new Map((options.holidays ?? []).map((h) => [h.holiday, `${h.lower_window} ${h.upper_window}`]));
  const one = (options.holidays ?? []).every((h) => windows.get(h.holiday) === `${h.lower_window} ${h.upper_window}`);
  const steadily = [history, future].every(({ cap, floor }) => steady(cap) && steady(floor));
  return (whole || options.growth === undefined) && plain && !conditions && known && one && steadily;
});

describe("what Prophet answered", () => {
  it("is asked of events, logistic growth and both modes among others", () => {
    const count = (of: (c: GoldenCase) => boolean) => expressible.filter(of).length;
    expect(count(({ options }) => (options.holidays ?? []).length > 0)).toBeGreaterThanOrEqual(4);
    expect(count(({ options }) => options.growth === "logistic")).toBeGreaterThanOrEqual(1);
    expect(count(({ options }) => options.seasonality_mode === "multiplicative")).toBeGreaterThanOrEqual(2);
    expect(expressible.length).toBeGreaterThan(50);
  });

  it.each(expressible.map((c) => [c.name, c] as const))("comes of settings: %s", (_, c) => {
    const measured = Array.from(c.history.ds, (_t, i) => i).filter((i) => Number.isFinite(c.history.y[i]));
    const order = measured.sort((a, b) => c.history.ds[a]! - c.history.ds[b]!);
    const rows = {
      ds: Float64Array.from(order, (i) => c.history.ds[i]!),
      y: Float64Array.from(order, (i) => c.history.y[i]!),
    };
    const future = Array.from(c.future.ds);
    const direct = modelOf(c);
    const { model, frameAt } = must(fitHistory(rows, Math.max(...future), settingsOf(c)));
    expect(model.beta.length).toBe(direct.beta.length);
    const ahead = must(predict(model, frameAt(future), { intervals: "none" })).yhat;
    const known = must(predict(direct, c.future, { intervals: "none" })).yhat;
    expect(differenceOfRange(ahead, known, c.history.y)).toBeLessThan(1e-9);
  });
});

describe("events", () => {
  // the rows are of the days 20050 to 20124: what lies at their edges and beyond is asked too
  const day = fc.integer({ min: 20_042, max: 20_132 });
  const anyEvent = fc.record({
    holiday: fc.constantFrom("a", "b", "c"),
    days: fc.array(day, { minLength: 1, maxLength: 6 }),
    lower: fc.integer({ min: -4, max: 0 }),
    upper: fc.integer({ min: 0, max: 4 }),
  });

  it("cover the days of their windows in local time, in the history and in the future alike", () => {
    const zones = fc.constantFrom("UTC", "Europe/Berlin", "America/Los_Angeles");
    fc.assert(
      fc.property(fc.uniqueArray(anyEvent, { maxLength: 3, selector: (e) => e.holiday }), zones, (events, timeZone) => {
        const holidays = events.map(({ holiday, days, lower, upper }): EventSettings => {
          const [half, rest] = [days.filter((_, i) => i % 2 === 0), days.filter((_, i) => i % 2 === 1)];
          const named = rest.map((d) => ({ date: dateOf(d), name: "its own" }));
          const daysOf = (year: number) => named.filter(({ date }) => date.startsWith(`${year}-`));
          const ds = { dates: half.map(dateOf), calendars: [{ text: "x", daysOf }] };
          return { holiday, ds, lower_window: lower, upper_window: upper, prior_scale: 10 };
        });
        const settings = { ...BARE, timeZone, holidays, n_changepoints: 0 };
        const ds = Float64Array.from({ length: 300 }, (_, i) => 20_050 * DAY + i * 6 * 3600);
        const y = Float64Array.from(ds, (_, i) => 5 + Math.sin(i));
        const rows = { ds: ds.slice(0, 250), y: y.slice(0, 250) };
        const { model, frameAt } = must(fitHistory(rows, ds.at(-1)!, settings));
        const format = new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short" });
        const frame = frameAt(ds);
        const columns = featureColumns(model.blocks, frame);
        let at = 0;
        const blocks = model.blocks.map((block) => {
          const column = columns.subarray(at * ds.length, (at + 1) * ds.length);
          at += blockWidth(block);
          return { block, column };
        });
        for (let i = 0; i < ds.length; i += 7) {
          const local = Date.parse(`${format.format(ds[i]! * 1000)}T00:00Z`) / 1000 / DAY;
          const active = blocks.flatMap(({ block: b, column }) =>
            b.kind === "holiday" && column[i] === 1 ? [`${b.name} ${b.offset}`] : [],
          );
          const naive = events.flatMap(({ holiday, days, lower, upper }) =>
            Array.from({ length: upper - lower + 1 }, (_, k) => lower + k).flatMap((offset) =>
              days.includes(local - offset) ? [`${holiday} ${offset}`] : [],
            ),
          );
          expect([...active].sort()).toEqual([...new Set(naive)].sort());
        }
      }),
      { numRuns: 40 },
    );
  });

  it("without a name have that of each day of their calendar, with one all days share an effect", () => {
    const daysOf = (year: number) => [
      { date: `${year}-01-01`, name: "New Year" },
      { date: `${year}-05-01`, name: "Labour Day" },
    ];
    const event = { ds: { dates: [], calendars: [{ text: "x", daysOf }] }, lower_window: 0, upper_window: 0 };
    const span = { from: Date.UTC(2025, 0, 10) / 1000, to: Date.UTC(2026, 5, 1) / 1000 };
    const rows = (holidays: readonly EventSettings[]) =>
      optionsFrom({ ...BARE, holidays }, span, span).holidays!.map(({ holiday, ds }) => [holiday, dateOf(ds / DAY)]);
    const dates = ["2025-05-01", "2026-01-01", "2026-05-01"];
    expect(rows([event])).toEqual([
      ["Labour Day", dates[0]],
      ["New Year", dates[1]],
      ["Labour Day", dates[2]],
    ]);
    expect(rows([{ holiday: "closed", ...event }])).toEqual(dates.map((date) => ["closed", date]));
  });
});

describe("conditions", () => {
  it("hold as a naive calendar says, and a season counts only there", () => {
    const sometimes = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: undefined });
    const days = fc.uniqueArray(fc.integer({ min: 20_000, max: 20_030 }), { maxLength: 5 });
    fc.assert(
      fc.property(
        sometimes(fc.uniqueArray(fc.integer({ min: 0, max: 6 }), { minLength: 1 })),
        sometimes(fc.uniqueArray(fc.integer({ min: 1, max: 12 }), { minLength: 1 })),
        days,
        days,
        (weekdays, months, but, too) => {
          const of = (list: readonly number[]) => ({ dates: list.map(dateOf), calendars: [] });
          const condition = {
            ...(weekdays && { days: weekdays }),
            ...(months && { months }),
            except: of(but),
            also: of(too),
          };
          for (let day = 20_000; day < 20_030; day++) {
            const date = new Date(day * DAY * 1000);
            const usual =
              weekdays?.includes(date.getUTCDay()) !== false && months?.includes(date.getUTCMonth() + 1) !== false;
            expect(holdsOn(condition, day)).toBe(too.includes(day) || (usual && !but.includes(day)));
          }
        },
      ),
    );
    const weekend = { name: "weekend", period: 1, fourier_order: 2, condition: { days: [0, 6] } };
    const settings = { ...BARE, timeZone: "Asia/Tokyo", seasonalities: [weekend] };
    // Friday 15:00 UTC is Saturday 00:00 in Tokyo
    const friday = Date.UTC(2026, 10, 27, 14) / 1000;
    const { columns } = frameFrom(settings, [friday, friday + 3600, friday + 48 * 3600, friday + 49 * 3600]);
    expect(Object.values(columns!)).toEqual([[false, true, true, false]]);
  });
});

it("seasons follow the clocks: a day's peak stays at its hour when they are changed", () => {
  const timeZone = "Europe/Berlin";
  const settings = { ...BARE, timeZone, seasonalities: [{ name: "day", period: 1, fourier_order: 3 }] };
  const noon = (date: string) => Date.parse(`${date}T12:00+01:00`) / 1000;
  const ds = [noon("2026-03-28"), noon("2026-03-29") - 3600, noon("2026-10-24") - 3600, noon("2026-10-25")];
  const block = {
    kind: "fourier",
    name: "day",
    period: 1,
    fourier_order: 3,
    prior_scale: 1,
    mode: "additive",
  } as const;
  const columns = featureColumns([{ ...block, condition_name: undefined }], frameFrom(settings, ds));
  for (let j = 0; j < 6; j++) for (let i = 1; i < 4; i++) expect(columns[4 * j + i]).toBeCloseTo(columns[4 * j]!, 9);
});

it("changepoints are local midnights within the history; those outside are left out", () => {
  const history = { from: Date.UTC(2026, 0, 5) / 1000, to: Date.UTC(2026, 0, 20) / 1000 };
  const settings = { ...BARE, timeZone: "Europe/Berlin", changepoints: ["2026-01-01", "2026-01-10", "2026-02-01"] };
  expect(optionsFrom(settings, history, history).changepoints).toEqual([Date.UTC(2026, 0, 9, 23) / 1000]);
});
