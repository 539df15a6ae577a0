/** Prophet as one model of the pool: fitted now and then, what it left unexplained carried forward. */
import { fit } from "../prophet/fit.ts";
import type { ProphetOptions } from "../prophet/options.ts";
import { predictPoints } from "../prophet/predict.ts";
import { seasonalProphet } from "../prophet/presets.ts";
import { carriedFrom, flat, type Model, type Plan } from "./model.ts";

/** Fewer values make a trend of 25 changepoints a guess. */
const MIN_VALUES = 20;
/** Cycles that must be seen: with fewer, trend and season stand in for each other (docs/decisions/0002). */
const CYCLES = 2;
/** Harmonics of the season; 6 were no better and cost half as much again. */
const ORDER = 4;
/** Values before the origin from which the persistence of the residual is read. */
const RECENT = 40;

const TREND_ONLY: ProphetOptions = { yearly_seasonality: false, weekly_seasonality: false, daily_seasonality: false };

/**
 * Prophet with its default trend and, when there is one, the season found (`period` in steps). A fit serves the origins up to the next
 * anchor: 8 fits at 120 values, 0.07 ms each (twice as many were no better). Its residual decays by its first-order autocorrelation: Prophet's own forecast ignores
 * where the load is now and loses to the last value by 1.24 at this horizon.
 */
export function prophet(period: number | undefined): Model {
  const order = period === undefined ? 0 : Math.min(ORDER, Math.floor(period / 2));
  const options = order === 0 ? TREND_ONLY : seasonalProphet(period!, order);
  const least = Math.max(MIN_VALUES, Math.ceil(CYCLES * (period ?? 0)));
  return {
    name: "prophet",
    least,
    run(plan, out) {
      run(plan, out, options, least);
    },
  };
}

function run({ y, origins, steps }: Plan, out: Float64Array, options: ProphetOptions, least: number): void {
  const ds = Float64Array.from({ length: origins[origins.length - 1]! + steps }, (_, i) => i);
  let anchor = -1;
  let from = 0;
  let path: Float64Array | undefined;
  for (let o = 0; o < origins.length; o++) {
    const t = origins[o]!;
    const every = spacing(t);
    if (t - (t % every) !== anchor) {
      anchor = t - (t % every);
      from = Math.max(0, anchor - RECENT);
      path = anchor < least ? undefined : pathOf(ds, y, anchor, from, anchor + every + steps, options);
    }
    if (path === undefined) {
      flat(out, o, steps, y[t - 1]!);
      continue;
    }
    let [rho, carried] = carriedFrom((i) => y[i]! - path![i - from]!, Math.max(from, t - RECENT), t);
    for (let k = 0; k < steps; k++) {
      carried *= rho;
      out[o * steps + k] = path[t + k - from]! + carried;
    }
  }
}

/** Distance of the anchors at origin t: 16 up to 127 values, then doubling with them, so that a longer window costs 4 more fits a doubling. */
const spacing = (t: number) => Math.max(16, 2 ** (31 - Math.clz32(t)) / 4);

/** The fit to y[0..anchor-1], read at [from, to); undefined where Prophet has no answer. */
function pathOf(
  ds: Float64Array,
  y: Float64Array,
  anchor: number,
  from: number,
  to: number,
  options: ProphetOptions,
): Float64Array | undefined {
  const model = fit({ ds: ds.subarray(0, anchor), y: y.subarray(0, anchor) }, options);
  const path = model.ok ? predictPoints(model.value, ds.subarray(from, to)) : model;
  return path.ok && path.value.every(Number.isFinite) ? path.value : undefined;
}
