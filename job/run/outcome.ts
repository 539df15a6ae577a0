/** Decisions -> outcomes: what became of each target, in the words of the contract. */
import type { Reason } from "../core/policy/reasons.ts";
import { leadingMetric, type MetricRecord } from "../core/policy/types.ts";
import type { OtherWrite } from "../core/policy/writer.ts";
import { metricsOf, setNumberOf } from "../core/target.ts";
import type { Failure, ForecastOutcome, MetricOutcome, Outcome } from "../ports.ts";
import type { HistoryFailure, TargetDecision } from "./decide.ts";

const ACTIONS = { scale: "scaled", keep: "unchanged", hold: "held" } as const;

/** The outcome of a decision that was carried out. A history that could not be read is a failure unless the fallback or a bound acted. */
export function outcomeOf(decided: TargetDecision): Outcome {
  const { output, failure, historyErrors } = decided;
  if (output === null) return failedOutcome(decided, failure ?? new Error("not decided"), "scale");
  const { decision } = output;
  if (historyErrors.length > 0 && decision.action === "hold" && decision.reason === "NoData")
    return failedOutcome(decided, historyErrors[0]!.error, "metric");
  const message = `${decision.message}${historyErrors.map(failureText(decided)).join("")}`;
  const writer = decision.reason === "Overruled" ? null : decision.otherWriter;
  const whole = writer === null ? message : `${message}; ${writer.message}`;
  return make(decided, ACTIONS[decision.action], decision.replicas, decision.reason, whole);
}

/** The outcome of a run that writes nothing: what would have been scaled was not. */
export function notWritten(outcome: Outcome): Outcome {
  return outcome.action === "scaled" ? { ...outcome, action: "wouldScale" } : outcome;
}

/** Somebody else's change of the replicas after our last one; null: none, or nothing was decided. */
export function writerOf({ output }: TargetDecision): OtherWrite | null {
  return output?.decision.otherWriter ?? null;
}

const STAY = "the replicas stay as they are";
/** A write whose answer was lost, or that a gateway gave up on, may have been carried out. */
const UNKNOWN = "whether the replicas changed is not known; the next run reads them";

/** Something that was asked of the world failed; the replicas stay. */
export function failedOutcome(decided: TargetDecision, error: Error, failed: Failure): Outcome {
  const { uncertain } = error as { uncertain?: unknown };
  const message = `${describe(error)}; ${failed === "rescale" && uncertain === true ? UNKNOWN : STAY}`;
  return { ...make(decided, "failed", null, error.name, message), failed };
}

/** Another writer was faster; the replicas stay as that writer left them. */
export function conflictOutcome(decided: TargetDecision, reason: Reason, message: string): Outcome {
  return decided.output === null ? outcomeOf(decided) : make(decided, "held", null, reason, message);
}

/** Fields in the order of the contract; `to` null: the replicas stay. */
function make(
  decided: TargetDecision,
  action: Outcome["action"],
  to: number | null,
  reason: string,
  message: string,
): Outcome {
  const { target, output } = decided;
  const from = output?.decision.current ?? null;
  const forecast = output === null ? null : forecastOf(leadingMetric(output.record));
  const metrics = output?.record.metrics.map(metricOutcome) ?? [];
  const trail = output?.decision.trail ?? [];
  const other = writerOf(decided);
  return {
    namespace: target.namespace,
    name: target.name,
    ...setNumberOf(target),
    action,
    from,
    to: to ?? from,
    reason,
    message,
    forecast,
    metrics,
    ...(other && { otherWriter: other }),
    trail,
  };
}

function metricOutcome(record: MetricRecord): MetricOutcome {
  const { metric, quality, demand, replicas } = record;
  const { name, unit, averageValue } = metric;
  const { verdict, reason } = quality;
  const known = Number.isFinite(demand) ? demand : null;
  const forecast = forecastOf(record);
  return { name, unit, averageValue, data: { verdict, reason }, demand: known, replicas, forecast };
}

function forecastOf({ forecast, quantile, metric }: MetricRecord): ForecastOutcome | null {
  if (forecast === null) return null;
  const { max } = forecast.parts?.at(-1) ?? forecast;
  return { max, quantile, level: metric.quantile, method: forecast.method };
}

/** In brackets after the message; of several metrics with the name. */
function failureText({ target }: TargetDecision): (failure: HistoryFailure) => string {
  const several = metricsOf(target).length > 1;
  return ({ metric, error }) => ` (${several ? `${metric}: ` : ""}${describe(error)})`;
}

/** Message and the chain of causes, each once. */
function describe(error: Error): string {
  const parts: string[] = [];
  for (let at: unknown = error; at instanceof Error && parts.length < 4; at = at.cause) {
    const { message } = at;
    if (message !== "" && !parts.some((part) => part.includes(message))) parts.push(message);
  }
  return parts.join(": ") || error.name;
}
