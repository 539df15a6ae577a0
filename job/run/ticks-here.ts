/** Ticks made in this thread: one set after the other, with room for others between two ticks. */
import type { Forecaster, ForecastMethod } from "../core/forecast/types.ts";
import type { TickOutput } from "../core/tick.ts";
import { takeTurns, yieldToOthers } from "../in-parallel.ts";
import { type Ticks, tickOrError } from "./decide.ts";

/**
 * Ticks here. They are the processor's work: slices take turns, so that the first is done first. A tick takes 4 to 40 ms,
 * and a connection that nobody looks at for seconds is closed.
 */
export function ticksHere(forecasterOf: (method: ForecastMethod) => Forecaster): Ticks {
  const turns = takeTurns();
  return (inputs) =>
    turns(async () => {
      const made: (TickOutput | Error)[] = [];
      for (const [i, input] of inputs.entries()) {
        if (i > 0) await yieldToOthers();
        made.push(tickOrError(input, forecasterOf));
      }
      return made;
    });
}
