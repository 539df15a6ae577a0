/** What one pass of all models over a window gave, and which of its origins count. */
import type { LastFirst, Model } from "../models/model.ts";
import type { Season } from "../seasons/detect.ts";
import type { Moves } from "./moves.ts";

/** What one pass over the window gave. */
export interface Pass {
  readonly y: Float64Array;
  /** 1 where the value was filled in and nobody measured it. */
  readonly filled: Uint8Array;
  /** Values are divided by this: their mean size. */
  readonly size: number;
  readonly origins: Int32Array;
  readonly stride: number;
  readonly steps: number;
  readonly models: LastFirst<Model>;
  readonly paths: LastFirst<Float64Array>;
  readonly seasons: readonly Season[];
  /** Moves of the window, made when first asked for: only leads with hardly any known outcome need them. */
  readonly moves: () => Moves;
}

/**
 * The weights without the origins whose outcome was filled in, even in part: a straight line over a gap is easy to forecast, flatters the models
 * that draw lines and narrows the quantiles.
 */
export function measuredOnly(weights: Float64Array, { filled, origins }: Pass, ahead: number): Float64Array {
  if (!filled.includes(1)) return weights;
  return weights.map((w, o) => (filled.subarray(origins[o]!, origins[o]! + ahead).includes(1) ? 0 : w));
}

/** Origins that count. */
export function countOf(weights: Float64Array): number {
  let count = 0;
  for (const w of weights) if (w > 0) count++;
  return count;
}
