/** Runs policies over series and adds up their scores for the tables. */

import type { Forecaster, ForecastMethod } from "../../job/core/forecast/types.ts";
import { keepLevel, QUANTILE_LEVELS as PAYING } from "../../job/core/policy/level.ts";
import type { TargetConfig } from "../../job/core/target.ts";
import { toDemand } from "../../job/replay/demand.ts";
import { remembering } from "../../job/replay/remembered-forecasts.ts";
import { createPolicy, type PolicyName, type ReplaySetup } from "../../job/replay/replay.ts";
import { simulate } from "../../job/replay/simulate.ts";
import type { ReplayOptions, ReplayPolicy, ReplayScore } from "../../job/replay/types.ts";
import { REPLAY_DEFAULTS } from "../../job/replay/world.ts";
import { each } from "../../scripts/waiting.ts";
import { geometric } from "../geometric.ts";
import type { BenchSeries } from "../series.ts";

/** A policy of a table: a name to print, the policy, and what differs from the defaults. */
export interface Entry {
  readonly label: string;
  readonly policy: PolicyName;
  readonly options?: Partial<ReplayOptions>;
  readonly target?: Partial<TargetConfig>;
  /** What stands between the forecaster and the policy; absent: nothing. */
  readonly forecaster?: (inner: Forecaster) => Forecaster;
}

/** Scores by label, one per series, same order as the series. */
export type SeriesScores = Readonly<Record<string, readonly ReplayScore[]>>;

/** Quantiles of the fronts; 0.897 is the tables' higher one (entries.ts). */
export const FRONT = [0.5, 0.6, 0.7, 0.8, 0.897, 0.95] as const;

/** The levels a bench may ask for, the fronts' and what goes with each for scale-in; one forecast serves all of them. */
export const BENCH_LEVELS = [...new Set([...FRONT, ...FRONT.map(keepLevel), ...PAYING])].sort((a, b) => a - b);

/** Plays every entry over every series, as far as Ctrl-C lets it. `forecasters` lives as long as one series, so its memory stays small. */
export async function playAll(
  series: readonly BenchSeries[],
  entries: readonly Entry[],
  setup: ReplaySetup,
  base: Partial<ReplayOptions> = {},
): Promise<SeriesScores> {
  const scores: Record<string, ReplayScore[]> = Object.fromEntries(entries.map((e) => [e.label, []]));
  await each("policy", "series", series, async (one) => {
    const demand = toDemand(one.samples);
    const memo = new Map<string, Forecaster>();
    const forecasterOf: ReplaySetup["forecasterOf"] = (method) => {
      const found = memo.get(method) ?? remembering(setup.forecasterOf(method), BENCH_LEVELS);
      memo.set(method, found);
      return found;
    };
    for (const entry of entries) {
      const options = { ...REPLAY_DEFAULTS, ...base, warmup: one.warmup, ...entry.options };
      const target = { ...setup.target, ...entry.target };
      const { forecaster = (inner) => inner } = entry;
      const played = { target, forecasterOf: (method: ForecastMethod) => forecaster(forecasterOf(method)) };
      const policy: ReplayPolicy = {
        ...createPolicy(entry.policy, options, demand, played),
        name: entry.label,
      };
      const result = await simulate(demand, [policy], options);
      scores[entry.label]!.push(result.policies[entry.label]!);
    }
  });
  return scores;
}

/** One line of a table: ratios to the reference. Cost: geometric mean of the ratios; the others: ratios of the means. */
export interface PolicyRatios {
  readonly cost: number;
  readonly under: number;
  readonly unserved: number;
  readonly actions: number;
  /** Series where both cost and under are above the reference's. */
  readonly worse: readonly number[];
}

/** Sums one entry up against a reference. */
export function policyRatios(scores: readonly ReplayScore[], reference: readonly ReplayScore[]): PolicyRatios {
  const of = (field: "under" | "unserved" | "actions") => {
    const total = reference.reduce((sum, s) => sum + s[field], 0);
    return total === 0 ? Number.NaN : scores.reduce((sum, s) => sum + s[field], 0) / total;
  };
  return {
    cost: geometric(scores.map((s, i) => s.podHours / reference[i]!.podHours)),
    under: of("under"),
    unserved: of("unserved"),
    actions: of("actions"),
    worse: scores.flatMap((s, i) => (s.podHours > reference[i]!.podHours && s.under > reference[i]!.under ? [i] : [])),
  };
}
