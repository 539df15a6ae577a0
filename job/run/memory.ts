/** The memory of one target within the state of a job. */
import type { JobState, TargetState } from "../core/state/types.ts";
import type { TargetConfig } from "../core/target.ts";

/** The key of a target in the state. */
export function keyOf(target: TargetConfig): string {
  return `${target.namespace}/${target.name}`;
}

/** The memory of a target; undefined: none. */
export function memoryOf(state: JobState, target: TargetConfig): TargetState | undefined {
  return Object.hasOwn(state.targets, keyOf(target)) ? state.targets[keyOf(target)] : undefined;
}
