/** Limits the settings of a run to the targets of its own shard. */
import { ConfigError } from "../config/load.ts";
import type { Settings } from "../config/types.ts";
import { targetsOf } from "../run/shards.ts";

/** The settings with the targets of this shard. Without an index a run that writes nothing takes all of them; one that writes throws ConfigError. */
export function ownShard(settings: Settings, writes: boolean): Settings {
  const { count, index } = settings.shards;
  if (count === 1 || (index === undefined && !writes)) return settings;
  if (index === undefined) {
    const message = `is not given, and shards.count is ${count}. An Indexed Job (manifests/overlays/sharded) sets it as JOB_COMPLETION_INDEX. By hand give --shard-index, or --dry-run for all targets.`;
    throw new ConfigError([{ path: "shards.index", message }], "Settings");
  }
  return { ...settings, targets: targetsOf(settings.targets, { count, index }) };
}
