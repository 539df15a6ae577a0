/** The variants of the ablation as data: models of the pool and mechanisms of the combination. */
import { blend, WEIGHING, type Weighing } from "../../job/core/forecast/combine/blend.ts";
import { maximum, mean } from "../../job/core/forecast/combine/target.ts";
import { autoForecaster, forecastAuto } from "../../job/core/forecast/forecasters/auto.ts";
import { type AutoOptions, Window } from "../../job/core/forecast/forecasters/window.ts";
import { poolFor } from "../../job/core/forecast/models/pool.ts";
import type { Forecaster } from "../../job/core/forecast/types.ts";

/** One way to make the forecaster. */
export interface Variant {
  readonly name: string;
  readonly options: AutoOptions;
  /** Makes a forecaster of the options; absent: the job's. */
  readonly make?: (options: AutoOptions) => Forecaster;
}

/** The forecaster of a variant. */
export function forecasterOfVariant({ options, make = autoForecaster }: Variant): Forecaster {
  return make(options);
}

/** The forecaster as the job has it. Every other variant is compared with it. */
export const AS_IT_IS: Variant = { name: "as it is", options: {} };

const SEASONAL = ["seasonalMean", "holtWinters", "fourier"];

/** All models that a pool can hold, the last value apart. */
const MODELS = poolFor(1440, 10, [10])
  .slice(1)
  .map((model) => model.name);

const without = (names: readonly string[]): AutoOptions => ({ takesPart: (name) => !names.includes(name) });
const weighing = (change: Partial<Weighing>): AutoOptions => ({ combine: (t) => blend(t, { ...WEIGHING, ...change }) });

/** The pool with one model less, with few models, and with none. */
const POOLS: readonly Variant[] = [
  ...MODELS.map((name) => ({ name: `without ${name}`, options: without([name]) })),
  { name: "without any season", options: without(SEASONAL) },
  { name: "without seasons and sinusoids", options: without([...SEASONAL, "sinusoids"]) },
  { name: "last value and ar alone", options: without(MODELS.filter((name) => name !== "ar")) },
  { name: "last value alone", options: without(MODELS) },
];

/** Reads each sample as a new value, also where the source has none. It forecasts what the ablation asks: the mean, and the parts of the lead. */
const asRead =
  (options: AutoOptions): Forecaster =>
  (request) => {
    const window = new Window(request, options);
    const { blended } = window.forecastOf([0, request.horizonSteps], mean);
    const parts = request.parts!.map((part) => {
      const { quantile } = window.forecastOf(part, maximum);
      return { max: quantile(0.5), maxQuantiles: request.levels.map(quantile) };
    });
    return { ...forecastAuto(request), mean: window.cores(blended.now), parts };
  };

/** The combination with one mechanism switched off or turned. */
const MECHANISMS: readonly Variant[] = [
  { name: "equal weights (power 0)", options: weighing({ power: 0 }) },
  { name: "power 6", options: weighing({ power: 6 }) },
  { name: "power 24", options: weighing({ power: 24 }) },
  { name: "the best model alone (power 300)", options: weighing({ power: 300 }) },
  { name: "no recency of the losses", options: weighing({ memory: 0 }) },
  { name: "half the memory", options: weighing({ memory: 2 * WEIGHING.memory }) },
  { name: "departures at face value", options: weighing({ departure: 0 }) },
  { name: "departures four times as dear", options: weighing({ departure: 4 * WEIGHING.departure }) },
  { name: "replay begins blindly", options: weighing({ prior: 0 }) },
  { name: "errors of today's weights (no replay)", options: weighing({ prior: 1e9 }) },
  { name: "every loss at its size", options: { combine: (t) => blend({ ...t, penalties: t.penalties.map(() => 1) }) } },
  { name: "held values read as they come", options: {}, make: asRead },
];

/** The variants by part of the bench: without one model each, and without one mechanism each. */
export const VARIANTS: Readonly<Record<"models" | "mechanisms", readonly Variant[]>> = {
  models: POOLS,
  mechanisms: MECHANISMS,
};
