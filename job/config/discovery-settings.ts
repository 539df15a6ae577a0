/** What `discover` says once all layers are joined: where to look, for which workload, and with which settings besides. */
import { FOUND_KINDS } from "./groups/discover.ts";
import type { PartialValue, Value } from "./schema.ts";
import type { TABLE } from "./table.ts";
import type { DiscoverySettings } from "./types.ts";

type TargetPart = PartialValue<(typeof TABLE)["target"]>;

/** The entries with their defaults. `outer`: what flags and environment say of a target; `own`: the job's namespace; `listed`: whether the workload that they name is listed. */
export function discoverySettings(
  entries: Value<(typeof TABLE)["run"]["fields"]["discover"]>,
  {
    defaults,
    outer,
    own,
    listed,
  }: {
    readonly defaults: TargetPart | undefined;
    readonly outer: TargetPart;
    readonly own: string;
    readonly listed: boolean;
  },
): DiscoverySettings | undefined {
  const { namespace, scaleTargetRef, ...above } = outer;
  const name = scaleTargetRef?.name;
  if (entries.length === 0 || (name !== undefined && listed)) return undefined;
  const kind = scaleTargetRef?.kind;
  const only = name === undefined ? {} : { only: { name, ...(namespace && { namespace }), ...(kind && { kind }) } };
  const selectors = entries.map(({ namespaces = [own], kinds = FOUND_KINDS, labelSelector }) => ({
    namespaces,
    kinds,
    labelSelector,
  }));
  return { selectors, below: defaults ?? {}, above, ...only };
}
