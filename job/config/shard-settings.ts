/** Checks shards, targets and state together: which shard this pod is, its own state object, and no more targets than a run takes. */
import { pluralize } from "../core/units.ts";
import { check } from "./check.ts";
import { SHARDS } from "./groups/shards.ts";
import type { PartialValue } from "./schema.ts";
import type { Issue, Settings } from "./types.ts";

/** Set by the Job controller in each pod of an Indexed Job. */
const COMPLETION_INDEX = "JOB_COMPLETION_INDEX";
/** The most targets tried in one run; docs/many-targets.md has the measurements. */
export const MAX_TARGETS = 10_000;

/** The shard that an Indexed Job gives a pod, if any. Another index in the file, the environment or a flag is refused (shardIssues). */
export function shardOf(
  env: Readonly<Record<string, string | undefined>>,
  issues: Issue[],
): PartialValue<typeof SHARDS> {
  const raw = env[COMPLETION_INDEX];
  if (raw === undefined || raw === "") return {};
  const index = check(SHARDS.fields.index, raw, COMPLETION_INDEX, issues) as number | undefined;
  return index === undefined ? {} : { index };
}

/** Issues with the number of shards. `ofJob`: the shard that an Indexed Job gives this pod. */
export function shardIssues(
  { count, index }: Settings["shards"],
  { configMap }: { readonly configMap: { readonly count?: number } },
  targets: number,
  ofJob: number | undefined,
): readonly Issue[] {
  const issues: Issue[] = [];
  if (ofJob !== undefined && index !== ofJob)
    issues.push({
      path: "shards.index",
      message: `is ${index}, and ${COMPLETION_INDEX} of this pod is ${ofJob}: all pods of a Job have the same settings, and would be the same shard. Leave it out.`,
    });
  if (count > 1 && configMap.count !== undefined && configMap.count !== count)
    issues.push({
      path: "state.configMap.count",
      message: `is ${configMap.count}, and shards.count is ${count}: each shard has a ConfigMap of its own. Leave it out.`,
    });
  if (targets > MAX_TARGETS * count)
    issues.push({
      path: "targets",
      message: `has ${pluralize(targets, "entry", "entries")}. A run takes up to ${MAX_TARGETS}, and shards.count is ${count}: ${pluralize(Math.ceil(targets / MAX_TARGETS), "shard is", "shards are")} needed.`,
    });
  return issues;
}
