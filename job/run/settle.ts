/** Carries decisions out: claims the state, then sets the replicas. What another writer changed first is left to the next run. */
import { asError } from "../core/result.ts";
import { inParallel, ownTurn } from "../in-parallel.ts";
import type { Outcome, Ports } from "../ports.ts";
import { claim, storableDecisions, takeBack } from "./claim.ts";
import type { TargetDecision } from "./decide.ts";
import { conflictOutcome, failedOutcome, numberText, outcomeOf, settledOutcome } from "./outcome.ts";
import type { Readings } from "./read.ts";
import type { SharedState } from "./shared-state.ts";

const CLAIM_LOST = "another run claimed the state first; left to the next run";
const TARGET_CHANGED = "changed between reading and writing; left to the next run";

/** Carries the decisions out. One outcome each, in their order. */
export async function settle(
  ports: Ports,
  shared: SharedState,
  readings: Readings,
  decided: readonly TargetDecision[],
  signal: AbortSignal,
): Promise<readonly Outcome[]> {
  let decisions = decided;
  const claimed = await shared.update(async (latest) => {
    // the text of a thousand targets takes 20 to 40 ms
    await ownTurn();
    const fits = storableDecisions(ports, readings, decided, latest);
    decisions = fits.decisions;
    return claim(ports, readings, fits, latest, signal);
  }, signal);
  if (claimed === "lost") return decisions.map((decision) => conflictOutcome(decision, "StateConflict", CLAIM_LOST));
  if (claimed instanceof Error) return decisions.map((decision) => refused(decision, claimed));
  const acted = await inParallel(decisions, (decision) => act(ports, decision, signal));
  const undone = decisions.filter((_, i) => acted[i] !== "done");
  if (undone.length > 0) await shared.update((latest) => takeBack(ports, latest, undone, signal), signal);
  return decisions.map((decision, i) => outcomeAfter(decision, acted[i]!));
}

type ActResult = "done" | "conflict" | Error;

async function act({ scaler }: Ports, { target, output }: TargetDecision, signal: AbortSignal): Promise<ActResult> {
  const decision = output?.decision;
  if (decision === undefined || decision.action !== "scale") return "done";
  return scaler.scale(target, decision.current, decision.replicas, signal).catch(asError);
}

function outcomeAfter(decision: TargetDecision, acted: ActResult): Outcome {
  if (acted instanceof Error) return failedOutcome(decision, acted, "rescale");
  return acted === "done"
    ? settledOutcome(decision)
    : conflictOutcome(decision, "ScaleConflict", `${numberText(decision.target)} ${TARGET_CHANGED}`);
}

/** The outcome where the store could not be written: nothing was done. A target that had failed before keeps its own reason. */
function refused(decision: TargetDecision, error: Error): Outcome {
  return decision.failure === undefined ? failedOutcome(decision, error, "state") : outcomeOf(decision);
}
