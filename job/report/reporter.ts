/** The Reporter of the command line: keeps the records of each tick until they are taken, and writes the log. It never fails a run. */
import { leadingMetric, type TickRecord } from "../core/policy/types.ts";
import type { TargetConfig } from "../core/target.ts";
import type { Outcome, Reporter } from "../ports.ts";
import { withoutTrail } from "./answer.ts";
import type { Level, Log } from "./log.ts";

/** One tick of one target, as reported. */
export interface Reported {
  readonly target: TargetConfig;
  readonly record: TickRecord | null;
  readonly outcome: Outcome;
}

/** How decisions are logged. */
export interface DecisionLog {
  /** `json`: one line per target and run with the whole decision. `text`: its sentence, and the rest at debug. */
  readonly format: "json" | "text";
  /** Whether the sentence is also printed as text: then it is logged at debug. */
  readonly printed: boolean;
  /** Whether records and trails are dropped once they are logged, where only what a summary needs is needed later. */
  readonly drops?: () => boolean;
}

/** A Reporter that collects. */
export interface CollectingReporter extends Reporter {
  /** The reports since the last call; they are kept no longer. */
  take(): readonly Reported[];
}

/** A reporter that collects. */
export function collectingReporter(
  log: Log,
  { format, printed, drops = () => false }: DecisionLog,
): CollectingReporter {
  let all: Reported[] = [];
  // a full disk or a closed stderr must not end a run between its claim and its scale
  const safely = (work: () => void) => {
    try {
      work();
    } catch {
      // there is nobody left to tell
    }
  };
  return {
    take: () => {
      const taken = all;
      all = [];
      return taken;
    },
    log: (...line) => safely(() => log(...line)),
    tick: (target, record, outcome) => {
      const reported = { target, record, outcome };
      all.push(drops() ? { target, record: null, outcome: withoutTrail(outcome) } : reported);
      safely(() => (format === "json" ? logWhole(log, reported) : logText(log, reported, printed)));
    },
  };
}

function levelOf({ action }: Outcome): Level {
  return action === "failed" ? "error" : "info";
}

function whoOf({ namespace, name }: Outcome) {
  return { target: `${namespace}/${name}` };
}

/** The decision as one line: the action, its reason, the numbers and stages behind it, but not the curves. */
function logWhole(log: Log, { record, outcome }: Reported): void {
  const { message, metrics, trail, ...rest } = outcome;
  log(levelOf(outcome), message, { ...whoOf(outcome), ...rest, ...factsOf(record), metrics, trail });
}

/** The sentence, and every intermediate number at debug. */
function logText(log: Log, { record, outcome }: Reported, printed: boolean): void {
  const { message, action, from, to, reason, forecast, metrics, trail } = outcome;
  const who = whoOf(outcome);
  log(printed ? "debug" : levelOf(outcome), message, { ...who, action, from, to, reason });
  const several = metrics.length > 1 ? { metrics } : {};
  log("debug", "decision record", { ...who, ...factsOf(record), forecast, ...several, trail });
}

/** The numbers behind the decision, for the metric that needs the most replicas. */
function factsOf(record: TickRecord | null) {
  if (record === null) return {};
  const { metric, quality, demand, lead, readyAfter, quantile, forecast } = leadingMetric(record);
  const { name, unit } = metric;
  const weights = forecast?.modelWeights;
  return { now: record.now, metric: name, unit, demand, quantile, lead, readyAfter, quality, weights };
}
