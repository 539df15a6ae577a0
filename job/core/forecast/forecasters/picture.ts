/** What only pictures and metrics show: the forecast path of the next steps with its band, and the share of the outcomes that the band held. */
import type { Blend } from "../combine/blend.ts";
import { coverageOf } from "../combine/coverage.ts";
import { errorByMoves, evidenceOf } from "../combine/moves.ts";
import { errorQuantile, rankErrors } from "../combine/quantiles.ts";
import { type ForecastTarget, mean } from "../combine/target.ts";
import { blocksOf } from "../models/autoregression.ts";
import type { Window } from "./window.ts";

/** Levels of the edges of a 90 % band. */
const BAND = [0.05, 0.95] as const;

/** The point forecast and its 90 % band at each future step, in cores, never negative. */
export interface Path {
  readonly values: Float64Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

/** The path of the next steps. Models are combined anew for the end of each block of steps; the band is linear between the ends. */
export function pathOf(window: Window): Path {
  const { steps, paths, origins } = window.pass;
  const [values, lower, upper] = [new Float64Array(steps), new Float64Array(steps), new Float64Array(steps)];
  const edges = blocksOf(steps);
  const now = (origins.length - 1) * steps;
  let before: readonly number[] | undefined;
  for (let b = 1; b < edges.length; b++) {
    const [from, end] = [edges[b - 1]!, edges[b]!];
    const { target, blended } = window.blendOf([end - 1, end], mean);
    const offsets = bandOf(window, target, blended);
    for (let k = from; k < end; k++) {
      let value = 0;
      for (let m = 0; m < paths.length; m++) value += blended.weights[m]! * paths[m]![now + k]!;
      const f = (k - from + 1) / (end - from);
      const off = (e: 0 | 1) => (before ?? offsets)[e]! * (1 - f) + offsets[e]! * f;
      values[k] = Math.max(0, value) * window.size;
      lower[k] = Math.max(0, value + off(0)) * window.size;
      upper[k] = Math.max(0, value + off(1)) * window.size;
    }
    before = offsets;
  }
  return { values, lower, upper };
}

/** Errors at the ends of the 90 % band. */
function bandOf(window: Window, target: ForecastTarget, blended: Blend): readonly number[] {
  const ranked = rankErrors(blended, target);
  const share = evidenceOf(ranked.errors.length, target.to);
  return BAND.map((level) => {
    const learnt = errorQuantile(ranked, level);
    return share === 1 ? learnt : learnt * share + (1 - share) * errorByMoves(window.moves(), target.to, level);
  });
}

/** Share of the window's outcomes `lead` steps on that lay within their 90 % bands. */
export function coverageAt(window: Window, lead: number): number {
  const { target, blended } = window.blendOf([lead - 1, lead], mean);
  return coverageOf(target, blended, BAND);
}
