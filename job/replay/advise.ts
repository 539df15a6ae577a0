/** Plays a grid of settings over a history, chooses on its earlier part, judges on its later one. */
import type { Forecaster, Method } from "../core/forecast/types.ts";
import type { Samples } from "../core/series/types.ts";
import type { TargetConfig } from "../core/target.ts";
import type { EpochSeconds, Probability, Seconds } from "../core/units.ts";
import { autoPolicy } from "./auto.ts";
import { type Demand, type RecordedMetric, toDemands } from "./demand.ts";
import { hpaPolicy } from "./peers/hpa.ts";
import { remembering } from "./remembered-forecasts.ts";
import { simulate } from "./simulate.ts";
import type { ReplayListener, ReplayOptions, ReplayPolicy, ReplayResult, ReplayRow, Watch } from "./types.ts";

/** Settings that are tried: the target, and what of the modelled world goes with it. */
export interface Trial {
  readonly label: string;
  /** null: the simulated HPA at `options.hpaTarget`. */
  readonly target: TargetConfig | null;
  readonly options: ReplayOptions;
}

/** What a trial came to over a stretch of time. */
export interface TrialScore {
  /** Pod-hours, with starting pods. */
  readonly cost: number;
  /** Share of the time with more demand than ready pods serve. */
  readonly under: number;
  /** Share of the demand above what they serve. */
  readonly unserved: number;
  readonly actions: number;
}

/** A trial with its scores. */
export interface Tried extends Trial {
  readonly chosenOn: TrialScore;
  readonly judgedOn: TrialScore;
  /** Of the later part, a day each, the last one as long as is left. */
  readonly days: readonly TrialScore[];
}

/** A stretch of time. */
export interface Span {
  readonly from: EpochSeconds;
  readonly to: EpochSeconds;
}

/** All that was tried, as far as nobody ended it. */
export interface Trials {
  readonly tried: readonly Tried[];
  readonly chosenOn: Span;
  readonly judgedOn: Span;
  readonly ended: boolean;
}

/** What is played. */
export interface TrialSetup {
  readonly samples: Samples;
  readonly others: readonly RecordedMetric[];
  readonly trials: readonly Trial[];
  /** All quantiles of the trials: one forecast gives them all. */
  readonly levels: readonly Probability[];
  readonly forecasterOf: (method: Method) => Forecaster;
  readonly watch: Watch;
}

const DAY: Seconds = 86_400;
/** Later than this share of the history is judged. */
const EARLIER = 0.5;

/** Plays every trial in a world of its own. Throws DemandError where the series is too short. O(trials x steps), and one forecast for each origin and lead. */
export async function playTrials(setup: TrialSetup): Promise<Trials> {
  const { samples, others, trials, levels, forecasterOf, watch } = setup;
  const [first] = trials;
  const { options } = first!;
  const demand = toDemands(samples, others, options.targetCpu / options.request);
  const begin = demand.start + Math.max(2, Math.round(options.warmup / demand.step)) * demand.step;
  const end = demand.start + demand.values.length * demand.step;
  const split = begin + Math.round((EARLIER * (end - begin)) / demand.step) * demand.step;
  const forecasters = new Map<string, Forecaster>();
  const shared = (method: Method) => {
    const known = forecasters.get(method) ?? remembering(forecasterOf(method), levels);
    forecasters.set(method, known);
    return known;
  };
  const tried: Tried[] = [];
  for (const [k, trial] of trials.entries()) {
    const policy = policyOf(trial, demand, shared);
    const look: Watch = (done, total) => watch(k * total + done, trials.length * total);
    const { rows, steps, planned } = await simulate(demand, [policy], trial.options, { watch: look });
    if (steps < planned) break;
    tried.push({ ...trial, ...scoresOf(rows, trial.options.request, demand.step, split) });
  }
  const spans = { chosenOn: { from: begin, to: split }, judgedOn: { from: split, to: end } };
  return { tried, ...spans, ended: tried.length === trials.length };
}

function policyOf(
  { target, options }: Trial,
  demand: Demand,
  forecasterOf: (method: Method) => Forecaster,
): ReplayPolicy {
  if (target === null) return hpaPolicy(options, demand.others, false);
  return autoPolicy(target, forecasterOf(target.method), options);
}

function scoresOf(rows: readonly ReplayRow[], request: number, step: Seconds, split: EpochSeconds) {
  // what nobody measured is not scored
  const measured = rows.filter(({ filled }) => filled !== true);
  const earlier = measured.filter(({ t }) => t < split);
  const later = measured.slice(earlier.length);
  const days = [...Map.groupBy(later, ({ t }) => Math.floor((t - split) / DAY)).values()];
  const score = (part: readonly ReplayRow[]) => scoreOf(part, request, step);
  return { chosenOn: score(earlier), judgedOn: score(later), days: days.map(score) };
}

function scoreOf(rows: readonly ReplayRow[], request: number, step: Seconds): TrialScore {
  const sums = { pods: 0, under: 0, missing: 0, load: 0, actions: 0 };
  let before = rows[0]?.replicas;
  for (const { demand, ready, replicas } of rows) {
    const missing = Math.max(0, demand - ready * request);
    sums.pods += replicas;
    // a billionth of a core is rounding, not a lack of pods
    if (missing > 1e-9) sums.under += 1;
    sums.missing += missing;
    sums.load += demand;
    if (replicas !== before) sums.actions += 1;
    before = replicas;
  }
  return {
    cost: (sums.pods * step) / 3600,
    under: sums.under / Math.max(1, rows.length),
    unserved: sums.load > 0 ? sums.missing / sums.load : 0,
    actions: sums.actions,
  };
}

/** The same world under some trials, with their decisions, for a report: by the names that are given. */
export async function playBeside(
  { samples, others, levels, forecasterOf, watch }: TrialSetup,
  named: ReadonlyMap<string, Trial>,
  decided: NonNullable<ReplayListener["decided"]>,
): Promise<ReplayResult> {
  const [{ options }] = [...named.values()] as [Trial];
  const demand = toDemands(samples, others, options.targetCpu / options.request);
  const shared = (method: Method) => remembering(forecasterOf(method), levels);
  const policies = [...named].map(([name, trial]) => ({ ...policyOf(trial, demand, shared), name }));
  return simulate(demand, policies, options, { watch, decided });
}

/** Trials that no other one beats in both cost and time below the demand, on the part that is chosen on; cheapest first. */
export function frontOf(tried: readonly Tried[]): readonly Tried[] {
  const better = (a: TrialScore, b: TrialScore) =>
    a.cost <= b.cost && a.under <= b.under && (a.cost < b.cost || a.under < b.under);
  return tried
    .filter(({ chosenOn }) => !tried.some((other) => better(other.chosenOn, chosenOn)))
    .toSorted((a, b) => a.chosenOn.cost - b.chosenOn.cost);
}

/** The cheapest trial with at most `slo` of the time below the demand, on the part that is chosen on; null: none. */
export function cheapestWithin(tried: readonly Tried[], slo: Probability): Tried | null {
  return tried
    .filter(({ chosenOn }) => chosenOn.under <= slo)
    .reduce<Tried | null>((best, one) => (best === null || one.chosenOn.cost < best.chosenOn.cost ? one : best), null);
}
