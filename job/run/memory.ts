/** The memory of one target within the state of a job. */
import { ownerOf } from "../core/state/owner.ts";
import type { JobState, TargetState } from "../core/state/types.ts";
import type { TargetConfig } from "../core/target.ts";

/** The key of a target in the state. */
export function keyOf(target: TargetConfig): string {
  return `${target.namespace}/${target.name}`;
}

/**
 * The memory of a target; undefined: none. That of another kind of workload is none. Where one of two lists could not be read, what a StatefulSet wanted must
 * not let the Deployment of its name scale in at once.
 */
export function memoryOf(state: JobState, target: TargetConfig): TargetState | undefined {
  const key = keyOf(target);
  const memory = Object.hasOwn(state.targets, key) ? state.targets[key]! : undefined;
  return memory?.kind === ownerOf(target).kind ? memory : undefined;
}
