/** Makes a decision for each target from what a run read. The ticks are made by the given function. */
import type { Forecaster, ForecastMethod } from "../core/forecast/types.ts";
import type { TickInput } from "../core/policy/observe.ts";
import { asError } from "../core/result.ts";
import { EMPTY_STATE } from "../core/state/codec.ts";
import type { TargetState } from "../core/state/types.ts";
import { metricsOf, type TargetConfig } from "../core/target.ts";
import { type TickOutput, tick } from "../core/tick.ts";
import type { ScaleReading } from "../ports.ts";
import { memoryOf } from "./memory.ts";
import type { Readings } from "./read.ts";

/** A metric whose history could not be read. */
export interface HistoryFailure {
  readonly metric: string;
  readonly error: Error;
}

/** The decision for one target. `output` null: nothing was decided, see `failure`. */
export interface TargetDecision {
  readonly target: TargetConfig;
  readonly output: TickOutput | null;
  readonly failure?: Error;
  /** Histories that could not be read, by metric name; the decision was made without them. */
  readonly historyErrors: readonly HistoryFailure[];
  /** Memory before this decision, to restore where it was claimed and could not be carried out. */
  readonly before: TargetState | undefined;
}

/** Makes the tick of each input, in their order; one that goes wrong gives its error, and the others go on. Never rejects. */
export type Ticks = (inputs: readonly TickInput[]) => Promise<readonly (TickOutput | Error)[]>;

/** One tick, or what went wrong with it. */
export function tickOrError(
  input: TickInput,
  forecasterOf: (method: ForecastMethod) => Forecaster,
): TickOutput | Error {
  try {
    return tick(input, forecasterOf(input.config.method));
  } catch (error) {
    return asError(error);
  }
}

/** Decides for every target; one that goes wrong keeps its error, and the others go on. */
export function decideAll(
  targets: readonly TargetConfig[],
  readings: Readings,
  forecasterOf: (method: ForecastMethod) => Forecaster,
): readonly TargetDecision[] {
  return targets.map((target, i) => {
    const { input, ...rest } = preparedFor(target, i, readings);
    return input === null ? rest : withTick(rest, tickOrError(input, forecasterOf));
  });
}

/** decideAll with ticks that are made elsewhere, or in turn with other work. */
export async function decideBy(
  ticks: Ticks,
  targets: readonly TargetConfig[],
  readings: Readings,
): Promise<readonly TargetDecision[]> {
  const prepared = targets.map((target, i) => preparedFor(target, i, readings));
  const made = (await ticks(prepared.flatMap(({ input }) => input ?? []))).values();
  return prepared.map(({ input, ...rest }) => (input === null ? rest : withTick(rest, made.next().value!)));
}

/** A decision without its tick. `input` null: there is none to be made. */
interface PreparedDecision extends TargetDecision {
  readonly input: TickInput | null;
}

function preparedFor(target: TargetConfig, i: number, readings: Readings): PreparedDecision {
  const stored = readings.state instanceof Error ? EMPTY_STATE : readings.state.state;
  const read = readings.histories[i]!;
  const names = metricsOf(target).map(({ name }) => name);
  const historyErrors = read.flatMap((history, k) =>
    history instanceof Error ? [{ metric: names[k]!, error: history }] : [],
  );
  const scale = readings.scales[i]!;
  const before = memoryOf(stored, target);
  const open = { target, output: null, historyErrors, before };
  if (scale instanceof Error) return { ...open, failure: scale, input: null };
  const input = {
    now: readings.now,
    histories: read.map((history) => (history instanceof Error ? null : history)),
    current: currentOf(scale),
    pods: scale.replicas,
    conditions: scale.conditions,
    memory: before,
    config: target,
  };
  return { ...open, input };
}

function withTick(open: TargetDecision, made: TickOutput | Error): TargetDecision {
  return made instanceof Error ? { ...open, failure: made } : { ...open, output: made };
}

/** The number that is set: the replicas, or the floor that an actuator sets in their place, unless they are switched off. */
function currentOf({ replicas, floor }: ScaleReading): number {
  return replicas > 0 ? (floor ?? replicas) : replicas;
}
