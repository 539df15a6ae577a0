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

/** A row of a table: its label, its policy, and the options that differ from the defaults. */
export interface Entry {
  readonly label: string;
  readonly policy: PolicyName;
  readonly options?: Partial<ReplayOptions>;
  readonly target?: Partial<TargetConfig>;
  /** What stands between the forecaster and the policy; absent: nothing. */
  readonly forecaster?: (inner: Forecaster) => Forecaster;
}

/** Scores by label: one a series, in the order of the series. */
export type SeriesScores = Readonly<Record<string, readonly ReplayScore[]>>;

/** The quantiles of the front. 0.897 is HIGH of entries.ts. */
export const FRONT = [0.5, 0.6, 0.7, 0.8, 0.897, 0.95] as const;

/** All quantile levels that the bench asks for, ascending. One forecast answers all of them. */
export const BENCH_LEVELS = [...new Set([...FRONT, ...FRONT.map(keepLevel), ...PAYING])].sort((a, b) => a - b);

/** Replays every entry over every series until Ctrl-C. The forecasters live as long as one series, so memory stays small. */
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

/** An entry's scores as ratios to the reference. The cost is a geometric mean of ratios; the others are ratios of means. */
export interface PolicyRatios {
  readonly cost: number;
  readonly under: number;
  readonly unserved: number;
  readonly actions: number;
  /** Series where both cost and under are above the reference's. */
  readonly worse: readonly number[];
}

/** Sums up the scores of an entry against the reference, which has the same series in the same order. */
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
