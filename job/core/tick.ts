/** The product: (now, history, current scale, memory, config) -> (decision, memory, record). Pure; same input, same bytes. */
import type { Forecaster } from "./forecast/types.ts";
import { backfill } from "./policy/backfill.ts";
import { decide } from "./policy/decide.ts";
import { noteDrop } from "./policy/drop.ts";
import { missingPods } from "./policy/missing.ts";
import {
  currentLead,
  inspectHistory,
  lastForecastOf,
  levelsOf,
  requestForecast,
  type TickInput,
} from "./policy/observe.ts";
import type { Decision, TickRecord } from "./policy/types.ts";
import { mask } from "./series/grid.ts";
import { currentDemand } from "./series/quality.ts";
import { memoryAfter, recall, TRACE } from "./state/memory.ts";
import type { Span, TargetState } from "./state/types.ts";

/** Output of one tick: what to do, what to remember, what was computed. */
export interface TickOutput {
  readonly decision: Decision;
  readonly memory: TargetState;
  readonly record: TickRecord;
}

/** One decision. Never throws; a forecaster that does counts as no forecast, and the decision is reactive. */
export function tick(input: TickInput, forecaster: Forecaster): TickOutput {
  const { now, current, conditions, config } = input;
  const recalled = recall(input.memory, now, current, config);
  const { series, quality } = inspectHistory(input, recalled);
  const usable = quality.verdict !== "hold";
  const demand = usable ? currentDemand(series) : Number.NaN;
  const lead = currentLead(input, quality.age, series.step);

  const missing = missingPods(input, recalled, quality.returned);
  const bursts = recalled.rollouts.map(([from, to]): Span => [from, to + TRACE]);
  const running: readonly Span[] = conditions.rollout === true ? [[now, now]] : [];
  const lacking = missing.incomplete === null ? recalled.incomplete : [...recalled.incomplete, missing.incomplete];
  const learnable = mask(series, [...bursts, ...running, ...lacking]);
  const answer = usable ? requestForecast(input, learnable, lead, forecaster) : { forecast: null };
  const { forecast, problem, longHistory } = answer;
  const filled = usable ? backfill(recalled, series, now, config) : recalled;
  const memory = noteDrop(filled, now, demand, config, input.history?.pods === undefined ? series : null);
  const levels = levelsOf(config);
  const { decision, recommendation, quantile } = decide({
    now,
    current,
    quality,
    demand,
    series: usable ? learnable : null,
    forecast,
    ...(problem === undefined ? {} : { problem }),
    levels,
    lead,
    config,
    conditions,
    memory,
    missing: missing.pods,
  });

  const learnt = {
    now,
    current,
    replicas: decision.replicas,
    recommendation,
    dataUsable: usable,
    forecast: lastForecastOf(forecast, now, quantile, lead.seconds, config),
    rollout: conditions.rollout === true,
    incomplete: missing.incomplete,
  };
  const record: TickRecord = {
    now,
    quality,
    demand,
    lead: lead.seconds,
    readyAfter: lead.readyAfter,
    level: config.quantile,
    quantile,
    forecast,
    series: series.values.length > 0 ? series : null,
    ...(longHistory && { longHistory }),
    recommendation,
    decision,
  };
  return { decision, memory: memoryAfter(memory, learnt, config), record };
}
