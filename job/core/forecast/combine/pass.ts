/** What one pass of all models over a window gave. */
import type { LastFirst, Model } from "../models/model.ts";

/** One pass over the window: the forecasts of all models at all origins. */
export interface Pass {
  /** The window, divided by the mean size of its values. */
  readonly y: Float64Array;
  /** 1 where the value was filled in and nobody measured it. */
  readonly filled: Uint8Array;
  readonly origins: Int32Array;
  /** Steps between origins. */
  readonly stride: number;
  /** Steps forecast at each origin. */
  readonly steps: number;
  readonly models: LastFirst<Model>;
  /** Of each model: origins x steps. */
  readonly paths: LastFirst<Float64Array>;
}
