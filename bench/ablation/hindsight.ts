/** Bounds by hindsight: what the pool's models could reach if their weights were fitted to the very outcomes that they forecast. */
import { pinball } from "../../job/core/forecast/combine/losses.ts";
import { maximum, mean, type Summary } from "../../job/core/forecast/combine/target.ts";
import { Window } from "../../job/core/forecast/forecasters/window.ts";
import { dot } from "../../job/core/forecast/linalg/columns.ts";
import { seededRandom } from "../../job/core/forecast/prophet/random.ts";
import type { LeadPart } from "../../job/core/forecast/types.ts";
import { persistenceQuantile } from "../../job/core/policy/persistence.ts";
import type { Probability } from "../../job/core/units.ts";
import { each } from "../../scripts/waiting.ts";
import { DEFAULT_LEVELS, type ForecastCase, questionsOf } from "./score.ts";
import { type Judged, judgedSeries } from "./series.ts";

/** Losses over the last value's, by rule. The width of a quantile, where it is one, is ours times one factor that is fitted with the weights. */
export interface Bounds {
  readonly own: number;
  /** The one model, or the fixed weights, that are best on this series over all outcomes. */
  readonly bestModel: number;
  readonly bestWeights: number;
  /** The model that was best on the other half of the outcomes: what such a choice is worth on outcomes that it did not see. */
  readonly carriedOver: number;
  /** The interval that holds 90 % of `own` if the outcomes are drawn anew with replacement. */
  readonly interval: readonly [low: number, high: number];
}

/** The bounds of one series. */
export interface Hindsight {
  readonly set: string;
  readonly name: string;
  readonly point: Bounds;
  readonly high: Bounds;
}

const SETS: readonly string[] = ["public", "synthetic", "held back"];

/** The level whose bound is taken beside that of the mean. */
export const HINDSIGHT_LEVEL = DEFAULT_LEVELS[1];

/** Public, synthetic and held-back series. */
export async function hindsightOf(window: number, origins: number): Promise<Hindsight[]> {
  const series = judgedSeries(window, 0).filter(
    ({ set, series: one }) => SETS.includes(set) && one.values.length > window + 20,
  );
  return each(`hindsight ${window}`, "series", series, (one) => of(one, window, origins));
}

function of({ set, name, series }: Judged, window: number, origins: number): Hindsight {
  const asked = questionsOf(series, window, origins).map((question) => ({
    question,
    seen: new Window(question.request, {}),
  }));
  const point = asked.map(({ question, seen }) =>
    caseOf(seen, [0, question.request.horizonSteps], mean, question.mean),
  );
  const high = asked.map(({ question, seen }) => {
    const part = question.request.parts!.at(-1)!;
    return { ...caseOf(seen, part, maximum, question.maximum), ...widthOf(seen, question, part) };
  });
  return { set, name, point: boundsOf(point, 0.5), high: boundsOf(high, HINDSIGHT_LEVEL) };
}

/** One forecast, in cores: ours, each model's by name, what came, and how far our quantile lies from the combined forecast. */
export interface HindsightCase {
  readonly came: number;
  readonly own: number;
  readonly last: number;
  readonly models: Readonly<Record<string, number>>;
  readonly width: number;
}

function caseOf(seen: Window, part: LeadPart, summary: Summary, came: number): HindsightCase {
  const { target, blended } = seen.forecastOf(part, summary);
  const names = seen.pass.models.map((model) => model.name);
  const models = Object.fromEntries(target.predictions.map((p, m) => [names[m]!, seen.cores(p.at(-1)!)]));
  return { came, own: seen.cores(blended.now), last: models.last!, models, width: 0 };
}

/** Of a quantile: ours, that of the last value by its moves, and our width. */
function widthOf(
  seen: Window,
  { request }: ForecastCase,
  part: LeadPart,
): Pick<HindsightCase, "own" | "width" | "last"> {
  const { blended, quantile } = seen.forecastOf(part, maximum);
  const own = quantile(HINDSIGHT_LEVEL);
  const last = persistenceQuantile(request.series, part, HINDSIGHT_LEVEL);
  return { own, last, width: own - seen.cores(blended.now) };
}

/** Factors on the width that are tried. */
const FACTORS = [0.5, 0.75, 1, 1.25, 1.5, 2];

/** The bounds of one series of cases; losses are pinball losses at the level. */
export function boundsOf(cases: readonly HindsightCase[], level: Probability): Bounds {
  const names = [...new Set(cases.flatMap(({ models }) => Object.keys(models)))];
  const loss = (list: readonly HindsightCase[], forecastOf: (one: HindsightCase) => number) =>
    list.reduce((sum, one) => sum + pinball(one.came - forecastOf(one), level), 0);
  const factors = cases.some(({ width }) => width !== 0) ? FACTORS : [0];
  // a model without a forecast at an origin stands for the last value, as in the pool
  const rules = names.flatMap((name) =>
    factors.map((f) => (one: HindsightCase) => (one.models[name] ?? one.models.last!) + f * one.width),
  );
  const least = (list: readonly HindsightCase[]) => {
    const losses = rules.map((rule) => loss(list, rule));
    return rules[losses.indexOf(Math.min(...losses))]!;
  };
  const weighted = factors.map((f) => {
    const rows = cases.map((one) => names.map((name) => (one.models[name] ?? one.models.last!) + f * one.width));
    return leastLoss(
      rows,
      cases.map(({ came }) => came),
      level,
    );
  });
  const last = loss(cases, (one) => one.last);
  const half = cases.length >> 1;
  const halves = [cases.slice(0, half), cases.slice(half)] as const;
  const best = loss(cases, least(cases));
  return {
    own: loss(cases, (one) => one.own) / last,
    bestModel: best / last,
    bestWeights: Math.min(best, ...weighted) / last,
    carriedOver: (loss(halves[1], least(halves[0])) + loss(halves[0], least(halves[1]))) / last,
    interval: intervalOf(cases, level),
  };
}

/** 500 rounds come within 0.2 % of what 5,000 find on the held-back series. */
const ROUNDS = 500;

/**
 * The least pinball loss of fixed weights that are not negative and sum to 1, by exponentiated gradient (Kivinen and Warmuth 1997).
 * `forecasts` has a row per outcome and a column per model. O(rounds x outcomes x models).
 */
export function leastLoss(
  forecasts: readonly (readonly number[])[],
  came: readonly number[],
  level: Probability,
): number {
  const models = forecasts[0]!.length;
  const rows = forecasts.map((row, i) => Float64Array.from(row, (v) => v - came[i]!));
  const spread = rows.reduce((sum, row) => sum + (Math.max(...row) - Math.min(...row)) / rows.length, 0) || 1;
  const weights = new Float64Array(models).fill(1 / models);
  const slope = new Float64Array(models);
  let least = Number.POSITIVE_INFINITY;
  for (let round = 1; round <= ROUNDS; round++) {
    slope.fill(0);
    let loss = 0;
    for (const row of rows) {
      const above = dot(row, weights);
      loss += pinball(-above, level);
      const pull = above < 0 ? -level : 1 - level;
      for (let m = 0; m < models; m++) slope[m]! += pull * (row[m]! - row[0]!);
    }
    least = Math.min(least, loss);
    const rate = 4 / (rows.length * spread * Math.sqrt(round));
    let total = 0;
    for (let m = 0; m < models; m++) {
      weights[m]! *= Math.exp(-rate * slope[m]!);
      total += weights[m]!;
    }
    for (let m = 0; m < models; m++) weights[m]! /= total;
  }
  return least;
}

const DRAWS = 1000;

function intervalOf(cases: readonly HindsightCase[], level: Probability): readonly [number, number] {
  const next = seededRandom(104729);
  const ratios = Float64Array.from({ length: DRAWS }, () => {
    let [own, last] = [0, 0];
    for (let i = 0; i < cases.length; i++) {
      const one = cases[Math.floor(next() * cases.length)]!;
      own += pinball(one.came - one.own, level);
      last += pinball(one.came - one.last, level);
    }
    return own / last;
  }).sort();
  return [ratios[DRAWS * 0.05]!, ratios[DRAWS * 0.95]!];
}
