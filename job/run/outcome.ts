/** Makes outcomes of decisions, in the words of the contract. */
import type { Reason } from "../core/policy/reasons.ts";
import { standingChanges } from "../core/policy/standing.ts";
import { leadingMetric, type MetricRecord } from "../core/policy/types.ts";
import type { OtherWrite } from "../core/policy/writer.ts";
import { metricsOf, setNumberOf, type TargetConfig } from "../core/target.ts";
import type { EpochSeconds } from "../core/units.ts";
import type { Failure, ForecastOutcome, MetricOutcome, Outcome } from "../ports.ts";
import type { HistoryFailure, TargetDecision } from "./decide.ts";

/** What could not be done where nothing was decided, by the error's name; all others could not read the scale. */
const FAILURES: Readonly<Record<string, Failure>> = { StateFull: "state", InvalidSettings: "settings" };

const ACTIONS = { scale: "scaled", keep: "unchanged", hold: "held" } as const;

/**
 * The outcome of a decision, as if it was carried out. A history that could not be read is a failure, whatever holds the decision back, unless the
 * fallback or a bound acted.
 */
export function outcomeOf(decided: TargetDecision): Outcome {
  const { output, failure, historyErrors } = decided;
  const error = failure ?? new Error("not decided");
  if (output === null) return failedOutcome(decided, error, FAILURES[error.name] ?? "scale");
  const { decision } = output;
  if (historyErrors.length > 0 && decision.action !== "scale" && decision.blind)
    return failedOutcome(decided, historyErrors[0]!.error, "metric");
  const message = `${decision.message}${historyErrors.map(failureText(decided)).join("")}`;
  const writer = decision.reason === "Overruled" ? null : decision.otherWriter;
  const whole = writer === null ? message : `${message}; ${writer.message}`;
  return make(decided, ACTIONS[decision.action], decision.replicas, decision.reason, whole);
}

/** The outcome of a decision that was carried out, with what begins or ends with it. */
export function settledOutcome(decided: TargetDecision): Outcome {
  const outcome = outcomeOf(decided);
  const { output, before, target } = decided;
  // with mode Off nothing was read: a standing condition did not end
  if (output === null || target.mode === "Off") return outcome;
  const standing = standingChanges(before?.standing, output.memory.standing);
  return standing.began.length + standing.ended.length === 0 ? outcome : { ...outcome, standing };
}

/** The outcome of a run that writes nothing: a scale becomes `wouldScale`. */
export function notWritten(outcome: Outcome): Outcome {
  return outcome.action === "scaled" ? { ...outcome, action: "wouldScale" } : outcome;
}

/** Another writer's change of the replicas after our last one; null: none, or nothing was decided. */
export function writerOf({ output }: TargetDecision): OtherWrite | null {
  return output?.decision.otherWriter ?? null;
}

/** "the replicas", or the field and object that are set in their place. */
export function numberText(target: TargetConfig): string {
  const { sets, object } = setNumberOf(target);
  return sets === "replicas" ? "the replicas" : `${sets} of ${object}`;
}

/** What a failed write left: one whose answer was lost, or that a gateway gave up on, may have been carried out. */
function leftText(target: TargetConfig, unknown: boolean): string {
  const number = numberText(target);
  const one = setNumberOf(target).sets !== "replicas";
  if (unknown) return `whether ${number} changed is not known; the next run reads ${one ? "it" : "them"}`;
  return one ? `${number} stays as it is` : `${number} stay as they are`;
}

/** The outcome where a call failed; the replicas stay. */
export function failedOutcome(decided: TargetDecision, error: Error, failed: Failure): Outcome {
  const { uncertain } = error as { uncertain?: unknown };
  const gate = decided.output?.decision.trail.at(-1);
  const held =
    failed === "metric" && gate !== undefined && gate.reason !== "DesiredWithinRange" ? `; ${gate.message}` : "";
  const left = leftText(decided.target, failed === "rescale" && uncertain === true);
  const message = `${describe(error)}; ${left}${held}`;
  return { ...make(decided, "failed", null, error.name, message), failed };
}

/** The outcome where another writer was faster; the replicas stay as that writer left them. */
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
  const blindSince = output?.memory.standing?.Blind;
  return {
    namespace: target.namespace,
    name: target.name,
    ...setNumberOf(target),
    action,
    from,
    to: to ?? from,
    reason,
    message: blindSince === undefined ? message : `${message}; ${blindText(blindSince, target)}`,
    forecast,
    metrics,
    ...(other && { otherWriter: other }),
    ...(blindSince !== undefined && { blindSince }),
    trail,
  };
}

function blindText(since: EpochSeconds, { blindAfter }: TargetConfig): string {
  return `blind since ${new Date(since * 1000).toISOString()}, longer than blindAfter (${blindAfter} s)`;
}

function metricOutcome(record: MetricRecord): MetricOutcome {
  const { metric, quality, demand, replicas } = record;
  const { name, unit, averageValue } = metric;
  const { verdict, reason } = quality;
  const known = Number.isFinite(demand) ? demand : null;
  const forecast = forecastOf(record);
  return { name, unit, averageValue, data: { verdict, reason }, demand: known, replicas, forecast };
}

function forecastOf({ forecast, quantile, level }: MetricRecord): ForecastOutcome | null {
  if (forecast === null) return null;
  const { max } = forecast.parts?.at(-1) ?? forecast;
  return { max, quantile, level, method: forecast.method };
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
