/** Assigns targets to shards when several pods share them. A target's shard depends on its name alone. */
import { placeOf } from "../core/state/rendezvous.ts";
import type { TargetConfig } from "../core/target.ts";
import { keyOf } from "./memory.ts";

/** One of `count` shards, from 0 on. */
export interface Shard {
  readonly count: number;
  readonly index: number;
}

/**
 * The targets of a shard, in their order. A target's shard equals the place of its state among as many objects, so no two shards write the
 * same one.
 * With one shard more, 1 of count + 1 targets moves, each to the new shard.
 */
export function targetsOf<T extends TargetConfig>(targets: readonly T[], { count, index }: Shard): readonly T[] {
  return count === 1 ? targets : targets.filter((target) => placeOf(keyOf(target), count) === index);
}
