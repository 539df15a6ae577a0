/** What only pictures and metrics show: the forecast path of the next steps with its band, and the share of the outcomes that the band held. */
import type { Cores } from "../../units.ts";
import { coverageOf } from "../combine/coverage.ts";
import { mean } from "../combine/target.ts";
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
  let before: readonly Cores[] | undefined;
  for (let b = 1; b < edges.length; b++) {
    const [from, end] = [edges[b - 1]!, edges[b]!];
    const { blended, quantile } = window.forecastOf([end - 1, end], mean);
    const offsets = BAND.map((level) => quantile(level) - window.cores(blended.now));
    for (let k = from; k < end; k++) {
      const value = paths.reduce((sum, path, m) => sum + blended.weights[m]! * path[now + k]!, 0);
      const f = (k - from + 1) / (end - from);
      const off = (edge: 0 | 1) => (before ?? offsets)[edge]! * (1 - f) + offsets[edge]! * f;
      values[k] = window.cores(value);
      lower[k] = Math.max(0, values[k]! + off(0));
      upper[k] = Math.max(0, values[k]! + off(1));
    }
    before = offsets;
  }
  return { values, lower, upper };
}

/** Share of the window's outcomes `lead` steps on that lay within their 90 % bands. */
export function coverageAt(window: Window, lead: number): number {
  const { target, blended } = window.forecastOf([lead - 1, lead], mean);
  return coverageOf(target, blended.errors, BAND);
}
