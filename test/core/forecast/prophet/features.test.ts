/** What goes into a fit: feature columns, scales, changepoints and the automatic seasons. */
import { describe, expect, it } from "vitest";
import { makeBlocks } from "../../../../job/core/forecast/prophet/blocks.ts";
import type { FeatureBlock } from "../../../../job/core/forecast/prophet/features.ts";
import { featureColumns } from "../../../../job/core/forecast/prophet/features.ts";
import type { ProphetOptions } from "../../../../job/core/forecast/prophet/options.ts";
import { SECONDS_PER_DAY } from "../../../../job/core/forecast/prophet/options.ts";
import { prepare } from "../../../../job/core/forecast/prophet/prepare.ts";
import { resolveOptions } from "../../../../job/core/forecast/prophet/resolve.ts";
import { must } from "./support.ts";

const START = 1_767_225_600;
const even = (n: number, step: number) => Array.from({ length: n }, (_, i) => START + i * step);
const blocksOf = (ds: number[], options: ProphetOptions, columns = {}) =>
  makeBlocks({ ds, y: ds.map((_, i) => i), columns }, must(resolveOptions(options)));
const names = (blocks: FeatureBlock[]) =>
  blocks.map((b) => (b.kind === "fourier" ? `${b.name} ${b.fourier_order}` : b.name));

describe("Fourier columns", () => {
  it("are sin and cos of the days since the epoch", () => {
    const ds = [START, START + 1000, START + 12_345.678];
    for (const period of [300 / SECONDS_PER_DAY, 1, 7, 365.25]) {
      const block: FeatureBlock = {
        kind: "fourier",
        name: "s",
        period,
        fourier_order: 12,
        prior_scale: 1,
        mode: "additive",
        condition_name: undefined,
      };
      const X = featureColumns([block], { ds });
      for (let i = 0; i < ds.length; i++) {
        for (let n = 1; n <= 12; n++) {
          const turns = ((ds[i]! / SECONDS_PER_DAY) * n) / period;
          const angle = 2 * Math.PI * (turns - Math.floor(turns));
          // The plain formula itself is only good to about 1e-7 turns at 6 million periods since the epoch.
          expect(X[(2 * n - 2) * ds.length + i]).toBeCloseTo(Math.sin(angle), 5);
          expect(X[(2 * n - 1) * ds.length + i]).toBeCloseTo(Math.cos(angle), 5);
        }
      }
    }
  });

  it("are zero where their condition is false", () => {
    const seasonalities = [{ name: "s", period: 1, fourier_order: 1, condition_name: "on" }];
    const ds = even(4, 3600);
    const frame = { ds, columns: { on: [true, false, true, false] } };
    const X = featureColumns(blocksOf(ds, { seasonalities }, frame.columns), frame);
    expect([X[1], X[3], X[5], X[7]]).toEqual([0, 0, 0, 0]);
    expect(X[4]).not.toBe(0);
  });
});

describe("events", () => {
  it("cover their window of days, each offset with a column of its own, all occurrences together", () => {
    const ds = even(10, SECONDS_PER_DAY);
    const holidays = [2, 6].map((d) => ({
      holiday: "sale",
      ds: START + d * SECONDS_PER_DAY + 5000,
      lower_window: -1,
      upper_window: 1,
    }));
    const blocks = blocksOf(ds, { holidays });
    const X = featureColumns(blocks, { ds });
    const days = (offset: number) => {
      const j = blocks.findIndex((b) => b.kind === "holiday" && b.offset === offset);
      return ds.flatMap((_, i) => (X[j * 10 + i] === 1 ? [i] : []));
    };
    expect(blocks).toHaveLength(3);
    expect([days(-1), days(0), days(1)]).toEqual([
      [1, 5],
      [2, 6],
      [3, 7],
    ]);
  });
});

describe("regressors", () => {
  it("are standardised unless they are binary, constant, or told not to be", () => {
    const ds = even(4, 15);
    const columns = { a: [1, 2, 3, 4], b: [0, 1, 1, 0], c: [5, 5, 5, 5], d: [1, 2, 3, 4] };
    const regressors = [{ name: "a" }, { name: "b" }, { name: "c" }, { name: "d", standardize: false }];
    const blocks = blocksOf(ds, { regressors }, columns);
    const sd = Math.sqrt(5 / 3);
    expect(blocks.map((b) => b.kind === "regressor" && [b.mu, b.std])).toEqual([
      [2.5, sd],
      [0, 1],
      [0, 1],
      [0, 1],
    ]);
    const X = featureColumns(blocks, { ds, columns });
    expect(X[0]).toBeCloseTo(-1.5 / sd, 12);
  });
});

describe("the automatic seasons", () => {
  it.each<[string, number, number, ProphetOptions, string[]]>([
    ["30 minutes", 120, 15, {}, []],
    ["just under 2 days", 47, 3600, {}, []],
    ["2 days by the hour", 49, 3600, {}, ["daily 4"]],
    ["14 days by the hour", 337, 3600, {}, ["weekly 3", "daily 4"]],
    ["14 days by the day", 15, SECONDS_PER_DAY, {}, ["weekly 3"]],
    ["730 days by the day", 731, SECONDS_PER_DAY, {}, ["yearly 10", "weekly 3"]],
    ["by the week", 200, 7 * SECONDS_PER_DAY, {}, ["yearly 10"]],
    [
      "forced",
      120,
      15,
      { daily_seasonality: true, weekly_seasonality: 2, yearly_seasonality: false },
      ["weekly 2", "daily 4"],
    ],
    ["off", 731, SECONDS_PER_DAY, { yearly_seasonality: false, weekly_seasonality: 0 }, []],
    [
      "an own one of that name",
      337,
      3600,
      { seasonalities: [{ name: "daily", period: 1, fourier_order: 2 }] },
      ["daily 2", "weekly 3"],
    ],
  ])("%s", (_, n, step, options, expected) => {
    expect(names(blocksOf(even(n, step), options))).toEqual(expected);
  });
});

describe("prepare", () => {
  const of = (ds: number[], y: number[], options: ProphetOptions = {}, more = {}) =>
    must(prepare({ ds, y, ...more }, must(resolveOptions(options))));

  it("scales time to [0, 1] and y by its largest absolute value", () => {
    const { problem, scales } = of([100, 200, 400], [-4, 2, 1]);
    expect(Array.from(problem.t)).toEqual([0, 1 / 3, 1]);
    expect(Array.from(problem.y)).toEqual([-1, 0.5, 0.25]);
    expect(scales).toMatchObject({ start: 100, t_scale: 300, y_scale: 4, y_min: 0 });
  });

  it("takes off the minimum under minmax, and the floor under logistic growth", () => {
    expect(Array.from(of([0, 1, 2], [3, 5, 7], { scaling: "minmax" }).problem.y)).toEqual([0, 0.5, 1]);
    const logistic = of([0, 1, 2], [3, 5, 7], { growth: "logistic" }, { cap: [11, 11, 11], floor: [3, 3, 3] });
    expect(Array.from(logistic.problem.y)).toEqual([0, 0.5, 1]);
    expect(Array.from(logistic.problem.cap)).toEqual([2, 2, 2]);
  });

  it("sorts rows and leaves out those without a value", () => {
    const { problem } = of([30, 10, 20, 0], [4, 2, Number.NaN, 1]);
    expect(Array.from(problem.y)).toEqual([0.25, 0.5, 1]);
    expect(problem.t[1]).toBeCloseTo(1 / 3, 12);
  });

  it("places no more changepoints than rows allow, and one stand-in at 0 where there are none", () => {
    const y = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
    expect(of(even(10, 15), y).problem.tChange).toHaveLength(7);
    expect(of(even(10, 15), y, { n_changepoints: 0 })).toMatchObject({
      noChangepoints: true,
      problem: { tChange: Float64Array.of(0) },
    });
    const given = of(even(10, 15), y, { changepoints: [START + 60, START + 30] });
    expect(Array.from(given.problem.tChange)).toEqual([30 / 135, 60 / 135]);
  });
});
