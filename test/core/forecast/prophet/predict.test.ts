/** Forecasts: trend, components, bounds by simulation and in closed form, determinism, plain data. */
import { describe, expect, it } from "vitest";
import { fit as fitProphet } from "../../../../job/core/forecast/prophet/fit.ts";
import type { ProphetOptions } from "../../../../job/core/forecast/prophet/options.ts";
import { predict } from "../../../../job/core/forecast/prophet/predict.ts";
import { originalProphet, seasonalProphet } from "../../../../job/core/forecast/prophet/presets.ts";
import { seededRandom } from "../../../../job/core/forecast/prophet/random.ts";
import { evaluateTrend } from "../../../../job/core/forecast/prophet/trend.ts";
import { normalQuantile } from "../../../../job/core/forecast/prophet/uncertainty.ts";
import { must, testRandom } from "./support.ts";

const START = 1_767_225_600;
const ds = Array.from({ length: 120 }, (_, i) => START + 15 * i);
const ahead = Array.from({ length: 20 }, (_, i) => START + 15 * (120 + i));

function load(seed: number): number[] {
  const random = testRandom(seed);
  return ds.map((t, i) => 4 + Math.sin((2 * Math.PI * t) / 300) + 0.02 * Math.max(0, i - 60) + 0.3 * random());
}

describe("evaluateTrend", () => {
  it("is Prophet's logistic formula with its offsets gamma", () => {
    const params = { k: 3, m: 0.4, delta: [1.5, -2, 0.7], tChange: [0.2, 0.5, 0.6] };
    const t = [0, 0.1, 0.2, 0.35, 0.55, 0.9, 1.3];
    const cap = t.map((_, i) => 1 + 0.1 * i);
    const naive = t.map((x, i) => {
      let k = params.k;
      let m = params.m;
      params.tChange.forEach((c, j) => {
        if (x < c) return;
        const after = k + params.delta[j]!;
        m += (c - m) * (1 - k / after);
        k = after;
      });
      return cap[i]! / (1 + Math.exp(-k * (x - m)));
    });
    Array.from(evaluateTrend("logistic", params, t, cap)).map((v, i) => expect(v).toBeCloseTo(naive[i]!, 12));
  });

  it("passes a rate of zero without a break", () => {
    const out = evaluateTrend("logistic", { k: 2, m: 0, delta: [-2], tChange: [0.5] }, [0.4, 0.5, 0.9], [1, 1, 1]);
    expect(out[1]).toBeCloseTo(1 / (1 + Math.exp(-1)), 12);
    expect(out[2]).toBeCloseTo(out[1]!, 12);
  });
});

describe("predict", () => {
  const everything: ProphetOptions = {
    ...seasonalProphet(300, 3),
    changepoint_prior_scale: 0.5,
    regressors: [{ name: "jobs" }, { name: "share", mode: "multiplicative" }],
    holidays: [{ holiday: "launch", ds: START }],
  };
  const random = testRandom(9);
  const columns = { jobs: [...ds, ...ahead].map(() => random()), share: [...ds, ...ahead].map(() => random()) };
  const cut = (from: number, to?: number) => ({
    jobs: columns.jobs.slice(from, to),
    share: columns.share.slice(from, to),
  });
  const model = must(fitProphet({ ds, y: load(1), columns: cut(0, 120) }, everything));
  const forecast = must(predict(model, { ds: ahead, columns: cut(120) }));

  it("adds up: trend (1 + multiplicative) + additive, each the sum of its components", () => {
    for (let i = 0; i < ahead.length; i++) {
      const whole = forecast.trend[i]! * (1 + forecast.multiplicative_terms[i]!) + forecast.additive_terms[i]!;
      expect(forecast.yhat[i]).toBeCloseTo(whole, 10);
      const { season, holidays, launch, jobs, share } = forecast.components as Record<string, { values: Float64Array }>;
      expect(forecast.additive_terms[i]).toBeCloseTo(season!.values[i]! + holidays!.values[i]! + jobs!.values[i]!, 10);
      expect(forecast.multiplicative_terms[i]).toBeCloseTo(share!.values[i]!, 10);
      expect(launch!.values[i]).toBe(holidays!.values[i]);
    }
  });

  it("needs only the model as it comes back from JSON", () => {
    const again = must(predict(JSON.parse(JSON.stringify(model)), { ds: ahead, columns: cut(120) }));
    expect(again).toEqual(forecast);
  });

  it("gives the same bytes for the same inputs, other bounds for other random numbers", () => {
    const plain = must(fitProphet({ ds, y: load(2) }, originalProphet()));
    const once = must(predict(plain, { ds: ahead }));
    expect(must(predict(plain, { ds: ahead }))).toEqual(once);
    const other = must(predict(plain, { ds: ahead }, { random: seededRandom(7) }));
    expect(other.yhat).toEqual(once.yhat);
    expect(other.yhat_lower).not.toEqual(once.yhat_lower);
  });

  it("sorts the rows of the future", () => {
    const plain = must(fitProphet({ ds, y: load(2) }));
    expect(must(predict(plain, { ds: [...ahead].reverse() })).yhat).toEqual(must(predict(plain, { ds: ahead })).yhat);
  });

  it("bounds nothing where there are no samples, or none are wished", () => {
    const plain = must(fitProphet({ ds, y: load(3) }, { uncertainty_samples: 0 }));
    const out = must(predict(plain, { ds: ahead }));
    expect(out.yhat_lower).toEqual(out.yhat);
  });
});

describe("bounds", () => {
  const spread = (options: ProphetOptions, samples: number) => {
    const model = must(fitProphet({ ds, y: load(4) }, { ...options, uncertainty_samples: samples }));
    return {
      model,
      drawn: must(predict(model, { ds: ahead })),
      exact: must(predict(model, { ds: ahead }, { intervals: "analytic" })),
    };
  };

  it("in closed form are those of many simulated futures where bends are frequent", () => {
    // 200 steps ahead in a history of 120: many bends, so that their sum is nearly normal.
    const model = must(fitProphet({ ds, y: load(4) }, { changepoint_prior_scale: 0.5, uncertainty_samples: 20_000 }));
    const far = Array.from({ length: 200 }, (_, i) => START + 15 * (120 + i));
    const drawn = must(predict(model, { ds: far }));
    const exact = must(predict(model, { ds: far }, { intervals: "analytic" }));
    const ratio = (drawn.yhat_upper[199]! - drawn.yhat_lower[199]!) / (exact.yhat_upper[199]! - exact.yhat_lower[199]!);
    expect(ratio).toBeGreaterThan(0.93);
    expect(ratio).toBeLessThan(1.03);
  });

  it("without a bending trend are those of the noise", () => {
    const { model, drawn, exact } = spread({ growth: "flat" }, 20_000);
    const width = 2 * normalQuantile(0.9) * model.sigma_obs * model.scales.y_scale;
    expect(exact.yhat_upper[5]! - exact.yhat_lower[5]!).toBeCloseTo(width, 10);
    expect((drawn.yhat_upper[5]! - drawn.yhat_lower[5]!) / width).toBeCloseTo(1, 1);
  });

  it("widen with the distance and with interval_width", () => {
    const narrow = spread({ changepoint_prior_scale: 0.5 }, 1000).drawn;
    const wide = spread({ changepoint_prior_scale: 0.5, interval_width: 0.95 }, 1000).drawn;
    expect(narrow.trend_upper[19]! - narrow.trend_lower[19]!).toBeGreaterThan(
      narrow.trend_upper[3]! - narrow.trend_lower[3]!,
    );
    for (let i = 0; i < 20; i++) expect(wide.yhat_upper[i]).toBeGreaterThan(narrow.yhat_upper[i]!);
  });
});

describe("presets", () => {
  it("have the original's settings", () => {
    const model = must(fitProphet({ ds, y: load(5) }, originalProphet()));
    expect(model.blocks).toMatchObject([{ kind: "fourier", fourier_order: 10, prior_scale: 10, mode: "additive" }]);
    expect(model.beta).toHaveLength(20);
  });
});
