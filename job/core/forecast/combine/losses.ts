/** The loss by which quantile forecasts are compared. */
import type { Probability } from "../../units.ts";

/** Pinball (quantile) loss of an error, outcome minus the quantile at `level` (Koenker and Bassett 1978). */
export function pinball(error: number, level: Probability): number {
  return error >= 0 ? level * error : (level - 1) * error;
}
