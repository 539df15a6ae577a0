/** Plans -> outcomes: what became of each target, in the words of the contract. */
import type { Reason } from "../core/policy/types.ts";
import type { Outcome } from "../ports.ts";
import type { Plan } from "./plan.ts";

const ACTIONS = { scale: "scaled", keep: "unchanged", hold: "held" } as const;

/** The outcome of a plan that was carried out as decided. A history that could not be read is a failure unless the fallback or a bound acted. */
export function outcomeOf(plan: Plan, prefix = ""): Outcome {
  const { output, failure, historyError } = plan;
  if (output === null) return failedOutcome(plan, failure ?? new Error("not decided"));
  const { decision } = output;
  if (historyError !== undefined && decision.action === "hold" && decision.reason === "NoData")
    return failedOutcome(plan, historyError);
  return {
    ...common(plan),
    action: ACTIONS[decision.action],
    to: decision.replicas,
    reason: decision.reason,
    message: prefix + decision.message + (historyError === undefined ? "" : ` (${describe(historyError)})`),
  };
}

/** Something that was asked of the world failed; the replicas stay. */
export function failedOutcome(plan: Plan, error: Error): Outcome {
  const base = common(plan);
  return {
    ...base,
    action: "failed",
    to: base.from,
    reason: error.name,
    message: `${describe(error)}; the replicas stay as they are`,
  };
}

/** Another writer was faster; the replicas stay as that writer left them. */
export function conflictOutcome(plan: Plan, reason: Reason, message: string): Outcome {
  if (plan.output === null) return outcomeOf(plan);
  const base = common(plan);
  return { ...base, action: "held", to: base.from, reason, message };
}

function common({ target, output }: Plan): Pick<Outcome, "name" | "from" | "forecast" | "trail"> {
  const record = output?.record;
  const made = record?.forecast ?? null;
  const forecast =
    made === null || record === undefined
      ? null
      : { max: made.max, quantile: record.quantile, level: record.level, method: made.method };
  return { name: target.name, from: output?.decision.current ?? null, forecast, trail: output?.decision.trail ?? [] };
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
