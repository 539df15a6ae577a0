/** The product: (now, history, current scale, memory, config) -> (decision, memory, record). Pure; same input, same bytes. */
import type { Forecaster } from "./forecast/types.ts";
import { backfill } from "./policy/backfill.ts";
import { decide } from "./policy/decide.ts";
import { noteDrop } from "./policy/drop.ts";
import { ask, leadNow, levelsOf, look, type TickInput, toRemember } from "./policy/observe.ts";
import type { Decision, TickRecord } from "./policy/types.ts";
import { mask } from "./series/grid.ts";
import { currentDemand } from "./series/quality.ts";
import { recall, remember, TRACE } from "./state/memory.ts";
import type { TargetState } from "./state/types.ts";

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
  const { series, quality } = look(input, recalled);
  const usable = quality.verdict !== "hold";
  const demand = usable ? currentDemand(series) : Number.NaN;
  const lead = leadNow(input, quality.age);

  const bursts = recalled.rollouts.map(([from, to]) => [from, to + TRACE] as const);
  const learnable = mask(series, conditions.rollout === true ? [...bursts, [now, now] as const] : bursts);
  const { forecast, problem } = usable ? ask(input, learnable, lead, forecaster) : { forecast: null };
  const memory = noteDrop(usable ? backfill(recalled, series, now, config) : recalled, now, demand, config);
  const levels = levelsOf(config);
  const { decision, wish, quantile } = decide({
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
  });

  const learnt = {
    now,
    current,
    replicas: decision.replicas,
    wish,
    dataUsable: usable,
    forecast: toRemember(forecast, now, quantile, lead.seconds, config),
    rollout: conditions.rollout === true,
  };
  const record: TickRecord = {
    now,
    quality,
    demand,
    lead: lead.seconds,
    serves: lead.serves,
    level: config.quantile,
    quantile,
    forecast,
    series: series.values.length > 0 ? series : null,
    wish,
    decision,
  };
  return { decision, memory: remember(memory, learnt, config), record };
}
