/** Plans -> outcomes: claims, then acts; when another writer was faster, decides at most once more, within the calls that a run may make. */
import type { Forecaster, Method } from "../core/forecast/types.ts";
import { eachAtOnce } from "../each-at-once.ts";
import { MOST_CALLS, type Outcome, type Ports } from "../ports.ts";
import { conflictOutcome, failedOutcome, outcomeOf } from "./outcome.ts";
import {
  claim,
  decidedSince,
  type Plan,
  planAll,
  readScales,
  readState,
  release,
  type Seen,
  withMemory,
} from "./plan.ts";

const LOST_TWICE = "another run claimed the state first, twice; left to the next run";
const LOST = "another run claimed the state first; left to the next run";
const DECIDED = "another run has just decided on this target; left to it";
const CHANGED = "the replicas changed between reading and writing; left to the next run";
const CHANGED_TWICE = "the replicas changed between reading and writing, twice; left to the next run";

type Chooser = (method: Method) => Forecaster;
type Acted = "done" | "conflict" | Error;

/** Carries the plans out. One outcome per plan, same order. */
export async function settle(
  ports: Ports,
  seen: Seen,
  plans: readonly Plan[],
  forecasterOf: Chooser,
): Promise<readonly Outcome[]> {
  const claimed = await claim(ports, seen, plans);
  if (claimed === "lost") return afterLostClaim(ports, seen, plans, forecasterOf);
  if (claimed instanceof Error) return plans.map((plan) => refused(plan, claimed));
  const acted = await eachAtOnce(plans, (plan) => act(ports, plan));
  const outcomes = plans.map((plan, i) => outcomeAfter(plan, acted[i]!, CHANGED));
  const undone = acted.flatMap((result, i) => (result === "done" ? [] : [i]));
  if (undone.length === 0) return outcomes;
  for (const [i, outcome] of await makeGood(ports, seen, plans, undone, acted, forecasterOf)) outcomes[i] = outcome;
  return outcomes;
}

/**
 * Whoever lost the claim looks at the memory again. Targets that the winner decided on are left to it: it read what we read, a moment ago. The others (two jobs share the store,
 * or a person edited it) are decided and claimed once more; their replicas are read again where the calls allow it, for the `test` of the write guards them in any case.
 */
async function afterLostClaim(
  ports: Ports,
  seen: Seen,
  plans: readonly Plan[],
  forecasterOf: Chooser,
): Promise<readonly Outcome[]> {
  // spent: replicas and conditions, state, the lost claim; still needed: state, claim, scale
  const left = MOST_CALLS - (callsOf(seen) + 2) - 3;
  if (left < 0) return plans.map((plan) => conflictOutcome(plan, "StateConflict", LOST));
  const targets = plans.map((plan) => plan.target);
  const [state, scales] = await Promise.all([
    readState(ports),
    left > 0 ? readScales(ports.scaler, targets, seen.scales) : seen.scales,
  ]);
  const outcomes = plans.map((plan) => conflictOutcome(plan, "StateConflict", DECIDED));
  const mine = plans.flatMap((plan, i) => (decidedSince(plan, state) ? [] : [i]));
  if (mine.length === 0) return outcomes;
  const fresh = only({ ...seen, state, scales }, mine);
  const second = planAll(
    mine.map((i) => targets[i]!),
    fresh,
    forecasterOf,
  );
  const claimed = await claim(ports, fresh, second);
  const acted = claimed === "claimed" ? await eachAtOnce(second, (plan) => act(ports, plan)) : [];
  for (const [k, plan] of second.entries()) {
    const outcome =
      claimed === "claimed"
        ? outcomeAfter(plan, acted[k]!, CHANGED)
        : claimed === "lost"
          ? conflictOutcome(plan, "StateConflict", LOST_TWICE)
          : refused(plan, claimed);
    outcomes[mine[k]!] = outcome;
  }
  return outcomes;
}

/**
 * What was claimed and not done is taken out of the memory again: it would count as a change that another writer undid. In the same claim, where the calls allow it, those whose
 * replicas had changed are decided again, and carried out; else they are left to the next run.
 */
async function makeGood(
  ports: Ports,
  seen: Seen,
  plans: readonly Plan[],
  undone: readonly number[],
  acted: readonly Acted[],
  forecasterOf: Chooser,
): Promise<ReadonlyMap<number, Outcome>> {
  const outcomes = new Map<number, Outcome>();
  // spent: replicas and conditions, state, claim, scale; a second time: replicas, claim, scale
  const again = callsOf(seen) + 3 + 3 <= MOST_CALLS ? undone.filter((i) => acted[i] === "conflict") : [];
  const targets = again.map((i) => plans[i]!.target);
  const [scales, state] = await Promise.all([
    readScales(
      ports.scaler,
      targets,
      again.map((i) => seen.scales[i]!),
    ),
    stateNow(ports, seen, plans),
  ]);
  const healed = release(
    state,
    undone.map((i) => plans[i]!),
  );
  const fresh: Seen = { ...only(seen, again), scales, state: healed };
  const second = planAll(targets, fresh, forecasterOf);
  const claimed = await claim(ports, fresh, second);
  const results = await eachAtOnce(second, async (plan) => (claimed === "claimed" ? act(ports, plan) : claimed));
  for (const [k, plan] of second.entries()) {
    const result = results[k]!;
    outcomes.set(again[k]!, outcomeAfter(plan, result === "lost" ? "conflict" : result, CHANGED_TWICE));
  }
  return outcomes;
}

/** The state after our claim; read again only where the store does not say which version that made. */
async function stateNow(ports: Ports, seen: Seen, plans: readonly Plan[]): Promise<Seen["state"]> {
  const version = ports.state.written?.() ?? null;
  if (version === null || seen.state instanceof Error) return readState(ports);
  return { state: withMemory(seen.state.state, plans, seen.now), version };
}

/** Calls that reading replicas and conditions took, of the costliest target. */
function callsOf({ scales }: Seen): number {
  return scales.reduce((most, scale) => Math.max(most, scale instanceof Error ? 1 : (scale.calls ?? 1)), 1);
}

function only(seen: Seen, indices: readonly number[]): Seen {
  return {
    ...seen,
    histories: indices.map((i) => seen.histories[i]!),
    scales: indices.map((i) => seen.scales[i]!),
  };
}

function outcomeAfter(plan: Plan, acted: Acted, changed: string): Outcome {
  if (acted instanceof Error) return failedOutcome(plan, acted);
  return acted === "done" ? outcomeOf(plan) : conflictOutcome(plan, "ScaleConflict", changed);
}

/** The store could not be written: nothing was done; a plan that had failed before keeps its own reason. */
function refused(plan: Plan, error: Error): Outcome {
  return plan.failure === undefined ? failedOutcome(plan, error) : outcomeOf(plan);
}

async function act({ scaler }: Ports, plan: Plan): Promise<Acted> {
  const decision = plan.output?.decision;
  if (decision === undefined || decision.action !== "scale") return "done";
  try {
    return await scaler.scale(plan.target, decision.current, decision.replicas);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
