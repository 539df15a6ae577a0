/** Settings of Prophet and days of the calendar: what reaches the core, defaults, and what is refused. */
import { describe, expect, it } from "vitest";
import { ConfigError, loadSettings } from "../../job/config/load.ts";
import type { Settings } from "../../job/config/types.ts";
import type { Days } from "../../job/core/calendar/days.ts";
import { PROPHET_DEFAULTS } from "../../job/core/forecast/prophet/options.ts";

function load(target: string, prometheus = "{ url: http://p }"): Promise<Settings> {
  const file = `prometheus: ${prometheus}\ntargets: [{ scaleTargetRef: { name: web }, targetCpu: 1, ${target} }]`;
  return loadSettings({ flags: { config: "a.yaml" }, env: {}, readFile: async () => file });
}

async function prophetOf(block: string) {
  const { targets } = await load(`method: prophet, prophet: ${block}`);
  return targets[0]!.prophet!;
}

async function issuesOf(target: string): Promise<readonly string[]> {
  const error = await load(target).catch((e: unknown) => e);
  if (!(error instanceof ConfigError)) throw new Error("it was accepted, or another error", { cause: error });
  return error.issues.map(({ path, message }) => `${path}: ${message}`);
}

const namesIn = ({ calendars }: Days, year: number) => calendars.flatMap(({ daysOf }) => daysOf(year));

describe("the prophet block", () => {
  it("has Prophet's own defaults", async () => {
    const { timeZone, ...told } = await prophetOf("{ growth: linear }");
    expect(timeZone).toBe("UTC");
    for (const [name, value] of Object.entries(told)) {
      expect([name, value]).toEqual([name, PROPHET_DEFAULTS[name as keyof typeof PROPHET_DEFAULTS]]);
    }
    expect(Object.keys(told).length).toBeGreaterThan(8);
  });

  it("reaches the core whole: names, numbers, days and calendars", async () => {
    const { seasonalities, holidays, ...told } = await prophetOf(`{
      timeZone: Europe/Berlin, growth: logistic, cap: 40, floor: 500m, changepoints: [2026-10-01],
      n_changepoints: 5, changepoint_range: 90%, changepoint_prior_scale: 0.5, yearly_seasonality: true, weekly_seasonality: false,
      seasonality_mode: multiplicative, seasonality_prior_scale: 5, holidays_mode: additive, holidays_prior_scale: 3, interval_width: 0.9,
      seasonalities: [{ name: workday, period: 8h, fourier_order: 4, prior_scale: 2, mode: additive,
        condition: { days: [Mon, Sun], months: [Jan, Dec], except: holidays(DE-BY), also: [2026-05-02] } }],
      holidays: [{ holiday: sale, ds: [2026-11-27, 12-24], lower_window: -1, upper_window: 3, prior_scale: 20 }, { ds: holidays(DE-BY) }] }`);
    expect(told).toEqual({
      timeZone: "Europe/Berlin",
      growth: "logistic",
      cap: 40,
      floor: 0.5,
      changepoints: ["2026-10-01"],
      n_changepoints: 5,
      changepoint_range: 0.9,
      changepoint_prior_scale: 0.5,
      yearly_seasonality: true,
      weekly_seasonality: false,
      seasonality_mode: "multiplicative",
      seasonality_prior_scale: 5,
      holidays_mode: "additive",
      holidays_prior_scale: 3,
      interval_width: 0.9,
    });
    const [{ condition, ...season }] = seasonalities as [(typeof seasonalities)[0]];
    expect(season).toEqual({ name: "workday", period: 1 / 3, fourier_order: 4, prior_scale: 2, mode: "additive" });
    expect(condition).toMatchObject({ days: [1, 0], months: [1, 12], also: { dates: ["2026-05-02"] } });
    expect(namesIn(condition!.except!, 2026)).toContainEqual({ date: "2026-06-04", name: "Corpus Christi" });
    const [sale, free] = holidays;
    expect(sale).toMatchObject({ holiday: "sale", lower_window: -1, upper_window: 3, prior_scale: 20 });
    expect(sale!.ds.dates).toEqual(["2026-11-27"]);
    expect(namesIn(sale!.ds, 2030)).toEqual([{ date: "2030-12-24", name: "12-24" }]);
    expect(free).toMatchObject({ lower_window: 0, upper_window: 0 });
    expect(namesIn(free!.ds, 2026)).toHaveLength(12);
  });

  it.each<[string, readonly RegExp[]]>([
    ["growth: exponential", [/^targets\[0\]\.prophet\.growth: must be one of linear, logistic, flat/]],
    ["growth: logistic", [/^targets\[0\]\.prophet\.cap: is missing: growth logistic needs it/]],
    ["growth: logistic, cap: 5, floor: 5", [/^targets\[0\]\.prophet\.floor: 5 is not below cap, which is 5/]],
    ["interval_width: 1", [/interval_width: must be .*from 0.01 to 0.99, got 1/]],
    ["n_changepoints: 2.5", [/n_changepoints: must be a whole number, from 0 to 100/]],
    ["changepoints: [soon]", [/changepoints\[0\]: must be a date such as 2026-10-01, got "soon"/]],
    ["seasonalities: [{ name: a, period: 1 }]", [/seasonalities\[0\]\.fourier_order: is missing/]],
    [
      "seasonalities: [{ name: a, period: 1, fourier_order: 2 }, { name: a, period: 2, fourier_order: 2 }]",
      [/^targets\[0\]\.prophet: name must be a name used once, got "a"/],
    ],
    [
      "seasonalities: [{ name: trend, period: 1, fourier_order: 2 }]",
      [/^targets\[0\]\.prophet: name must be a name that is neither empty nor reserved, got "trend"/],
    ],
    [
      "holidays: [{ ds: 2026-11-27 }]",
      [/^targets\[0\]\.prophet\.holidays\[0\]\.holiday: is missing: only public holidays have names of their own/],
    ],
    ["holidays: [{ ds: 12-24 }]", [/holidays\[0\]\.holiday: is missing/]],
    ["holidays: [{ holiday: a, ds: [] }]", [/holidays\[0\]\.ds: must be a list of at least 1/]],
    ["holidays: [{ holiday: a, ds: { x: 1 } }]", [/holidays\[0\]\.ds: must be a list, got a mapping/]],
    ["holidays: [{ holiday: a, ds: 2026-02-29 }]", [/holidays\[0\]\.ds: must be a date .*got "2026-02-29"/]],
    ["holidays: [{ holiday: a, ds: holidays(XX) }]", [/holidays\[0\]\.ds\[0\]: names the country XX, whose holidays/]],
    [
      "holidays: [{ holiday: a, ds: holidays(de) }]",
      [/holidays\[0\]\.ds: must be .*or holidays\(DE-BY\), got "holidays\(de\)"/],
    ],
    [
      "holidays: [{ holiday: a, ds: 12-24, prior_scale: 1 }, { holiday: a, ds: 12-31 }]",
      [/^targets\[0\]\.prophet: holidays\.a\.prior_scale must be 1, as in the event's first row/],
    ],
    [
      "holidays: [{ ds: holidays(US), lower_window: -30, upper_window: 30 }]",
      [/^targets\[0\]\.prophet: asks for \d+ coefficients, but at most 300 are fitted\. Lower/],
    ],
    [
      "seasonality_mode: multiplicative, seasonalities: [{ name: a, period: 1, fourier_order: 40 }]",
      [/^targets\[0\]\.prophet: asks for 139 coefficients, but at most 120 are fitted/],
    ],
  ])("refuses { %s }", async (block, expected) => {
    const issues = await issuesOf(`method: prophet, prophet: { ${block} }`);
    expect(issues).toHaveLength(expected.length);
    expected.forEach((pattern, i) => {
      expect(issues[i]).toMatch(pattern);
    });
  });

  it("has no capacity for several metrics: it is in the unit of one", async () => {
    const metrics = "metrics: [{ name: rps, query: x, averageValue: 1 }]";
    expect(await issuesOf(`${metrics}, prophet: { growth: logistic, cap: 5 }`)).toEqual([
      "targets[0].prophet.growth: logistic needs a target with one metric: cap is in its unit.",
    ]);
  });

  it.each([
    [
      "auto",
      "{ url: http://p }",
      /has no effect with method auto: it needs prometheus\.longHistory, or method prophet/,
    ],
    ["naive", "{ url: http://p, longHistory: { range: 7d } }", /with method naive: it needs method prophet or auto/],
    ["auto", "{ url: http://p, longHistory: { range: 7d } }", null],
    ["prophet", "{ url: http://p }", null],
  ])("says where it has no part: method %s, prometheus %s", async (method, prometheus, says) => {
    const { warnings } = await load(`podCpuLimit: 2, method: ${method}, prophet: { growth: flat }`, prometheus);
    expect(warnings).toEqual(says === null ? [] : [expect.stringMatching(says)]);
  });
});

describe("days of a schedule", () => {
  const rule = (except: string) =>
    `schedule: [{ name: day, minReplicas: 2, recurring: { days: [Mon], from: "08:00", to: "18:00" }, except: ${except} }]`;

  it("are one entry or several: dates, rules and public holidays", async () => {
    const { targets } = await load(rule("holidays(DE-BY)"));
    expect(namesIn(targets[0]!.schedule[0]!.except!, 2026)).toHaveLength(12);
    const several = await load(rule("[2026-12-24, easter 1, holidays(FR)]"));
    const { except } = several.targets[0]!.schedule[0]!;
    expect(except?.dates).toEqual(["2026-12-24"]);
    expect(except?.calendars.map(({ text }) => text)).toEqual(["easter 1", "holidays(FR)"]);
    expect(except?.calendars[0]?.daysOf(2026).map(({ date }) => date)).toEqual(["2026-04-06"]);
  });

  it.each([
    ["[2026-13-01]", /schedule\[0\]\.except\[0\]: must be a date/],
    ["holidays(DE-ZZ)", /schedule\[0\]\.except\[0\]: names the state of DE ZZ/],
    ["5th monday in May", /schedule\[0\]\.except: must be a date .*a rule/],
  ])("refuses %s", async (except, says) => {
    const issues = await issuesOf(rule(except));
    expect(issues).toEqual([expect.stringMatching(says)]);
  });
});

it("a year of longHistory fits one query in steps of an hour, not in the default's", async () => {
  const settings = await load("maxReplicas: 5", "{ url: http://p, longHistory: { range: 366d, step: 1h, query: x } }");
  expect(settings.prometheus.longHistory).toEqual({ range: 366 * 86_400, step: 3600, query: "x" });
  const error = await load("maxReplicas: 5", "{ url: http://p, longHistory: { range: 366d } }").catch(
    (e: unknown) => e,
  );
  expect(String(error)).toMatch(/longHistory\.range: 366d is more than 11000 steps.*Raise step/);
});
