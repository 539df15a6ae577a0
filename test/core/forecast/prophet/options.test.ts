/** Options: defaults, and an error that names the field for each thing out of range. */
import { describe, expect, it } from "vitest";
import { fit as fitProphet } from "../../../../job/core/forecast/prophet/fit.ts";
import type { ProphetOptions } from "../../../../job/core/forecast/prophet/options.ts";
import { predict } from "../../../../job/core/forecast/prophet/predict.ts";
import { resolveOptions } from "../../../../job/core/forecast/prophet/resolve.ts";
import { must } from "./support.ts";

const ds = [0, 15, 30, 45, 60, 75];
const y = [1, 2, 3, 2, 3, 4];

describe("resolveOptions", () => {
  it("has Prophet's defaults", () => {
    expect(must(resolveOptions({}))).toMatchObject({
      growth: "linear",
      n_changepoints: 25,
      changepoint_range: 0.8,
      changepoint_prior_scale: 0.05,
      seasonality_prior_scale: 10,
      holidays_prior_scale: 10,
      interval_width: 0.8,
      uncertainty_samples: 1000,
    });
  });

  it("lets events follow the mode of the seasons unless told otherwise", () => {
    expect(must(resolveOptions({ seasonality_mode: "multiplicative" })).holidays_mode).toBe("multiplicative");
  });

  const season = { name: "s", period: 1, fourier_order: 2 };
  it.each<[string, ProphetOptions]>([
    ["growth", { growth: "cubic" as never }],
    ["changepoints", { changepoints: [Number.NaN] }],
    ["n_changepoints", { n_changepoints: -1 }],
    ["n_changepoints", { n_changepoints: 2.5 }],
    ["changepoint_range", { changepoint_range: 1.1 }],
    ["changepoint_prior_scale", { changepoint_prior_scale: 0 }],
    ["seasonality_prior_scale", { seasonality_prior_scale: -1 }],
    ["holidays_prior_scale", { holidays_prior_scale: Number.NaN }],
    ["daily_seasonality", { daily_seasonality: -3 }],
    ["weekly_seasonality", { weekly_seasonality: "yes" as never }],
    ["yearly_seasonality", { yearly_seasonality: 1.5 }],
    ["seasonality_mode", { seasonality_mode: "both" as never }],
    ["holidays_mode", { holidays_mode: "both" as never }],
    ["interval_width", { interval_width: 1 }],
    ["uncertainty_samples", { uncertainty_samples: -1 }],
    ["scaling", { scaling: "none" as never }],
    ["seasonalities.s.period", { seasonalities: [{ ...season, period: 0 }] }],
    ["seasonalities.s.fourier_order", { seasonalities: [{ ...season, fourier_order: 0 }] }],
    ["seasonalities.s.prior_scale", { seasonalities: [{ ...season, prior_scale: 0 }] }],
    ["seasonalities.s.mode", { seasonalities: [{ ...season, mode: "x" as never }] }],
    ["regressors.r.prior_scale", { regressors: [{ name: "r", prior_scale: -1 }] }],
    ["regressors.r.standardize", { regressors: [{ name: "r", standardize: "yes" as never }] }],
    ["holidays.h.ds", { holidays: [{ holiday: "h", ds: Number.POSITIVE_INFINITY }] }],
    ["holidays.h.lower_window", { holidays: [{ holiday: "h", ds: 0, lower_window: 1 }] }],
    ["holidays.h.upper_window", { holidays: [{ holiday: "h", ds: 0, upper_window: -1 }] }],
    [
      "holidays.h.prior_scale",
      {
        holidays: [
          { holiday: "h", ds: 0, prior_scale: 1 },
          { holiday: "h", ds: 1, prior_scale: 2 },
        ],
      },
    ],
    ["name", { regressors: [{ name: "trend" }] }],
    ["name", { seasonalities: [season], regressors: [{ name: "s" }] }],
  ])("names %s when it is out of range", (field, options) => {
    const result = fitProphet({ ds, y }, options);
    expect(result).toMatchObject({ ok: false, error: { kind: "ProphetOptions", field } });
  });
});

describe("fit and predict refuse what they cannot use", () => {
  it.each<[string, Parameters<typeof fitProphet>[0], ProphetOptions]>([
    ["y", { ds, y: [1, 2] }, {}],
    ["y", { ds, y: [1, Number.NaN, Number.NaN, Number.NaN, Number.NaN, Number.NaN] }, {}],
    ["y", { ds, y: [1, Number.POSITIVE_INFINITY, 1, 1, 1, 1] }, {}],
    ["ds", { ds: [0, Number.NaN, 2, 3, 4, 5], y }, {}],
    ["ds", { ds: ds.map(() => 15), y }, {}],
    ["r", { ds, y }, { regressors: [{ name: "r" }] }],
    ["r", { ds, y, columns: { r: [1, 2, 3] } }, { regressors: [{ name: "r" }] }],
    ["busy", { ds, y }, { seasonalities: [{ name: "s", period: 1, fourier_order: 1, condition_name: "busy" }] }],
    ["cap", { ds, y }, { growth: "logistic" }],
    ["cap", { ds, y, cap: y.map(() => 0) }, { growth: "logistic" }],
    ["floor", { ds, y, cap: y.map(() => 9), floor: [0] }, { growth: "logistic" }],
  ])("a history whose %s will not do", (field, history, options) => {
    expect(fitProphet(history, options)).toMatchObject({ ok: false, error: { kind: "ProphetHistory", field } });
  });

  it("changepoints outside the history", () => {
    const result = fitProphet({ ds, y }, { changepoints: [500] });
    expect(result).toMatchObject({ ok: false, error: { field: "changepoints" } });
  });

  it("a future that lacks what the model needs", () => {
    const busy = ds.map((_, i) => i % 2 === 0);
    const seasonalities = [{ name: "s", period: 30 / 86_400, fourier_order: 1, condition_name: "busy" }];
    const model = must(fitProphet({ ds, y, columns: { busy } }, { seasonalities }));
    expect(predict(model, { ds: [90] })).toMatchObject({ ok: false, error: { kind: "ProphetFuture", field: "busy" } });
    const plain = must(fitProphet({ ds, y }));
    expect(predict(plain, { ds: [Number.NaN] })).toMatchObject({ ok: false, error: { field: "ds" } });
  });
});
