/** The table of all settings, of a run and of a target. Types, checks, flags, help, docs, schemas and the redactor are made from it. */
import { TARGET } from "./defaults.ts";
import { DISCOVER } from "./groups/discover.ts";
import { FLEET_DROP } from "./groups/fleet-drop.ts";
import { KUBERNETES, STATE } from "./groups/kubernetes.ts";
import { METRICS } from "./groups/metrics.ts";
import { PROMETHEUS } from "./groups/prometheus.ts";
import { REPORT } from "./groups/report.ts";
import { SHARDS } from "./groups/shards.ts";
import { WEBHOOK } from "./groups/webhook.ts";
import { type Group, group, list, quantity } from "./schema.ts";

/** A table of settings: ours, or a larger one that contains it. */
export interface Table {
  readonly run: Group & { readonly fields: (typeof RUN)["fields"] };
  readonly target: Group & { readonly fields: (typeof TARGET)["fields"] };
}

/** Below the 50 s after which the manifests' CronJob ends a run, with room for its start. */
const TIMEOUT = quantity({
  about:
    "Time limit of one run. Reading gets 60 % of it. A target that has not been read by then fails; the others go on.",
  unit: "seconds",
  min: 1,
  max: 3600,
  default: 45,
  flag: "timeout",
});

/** All settings that are not a target's. A new group is one line here. */
const RUN = group({
  about: "The settings of a run beside its targets.",
  fields: {
    timeout: TIMEOUT,
    prometheus: PROMETHEUS,
    kubernetes: KUBERNETES,
    state: STATE,
    discover: DISCOVER,
    shards: SHARDS,
    fleetDrop: FLEET_DROP,
    report: REPORT,
    webhook: WEBHOOK,
    metrics: METRICS,
  },
});

/** The table. */
export const TABLE = { run: RUN, target: TARGET } satisfies Table;

/** The configuration file of a table. */
export function fileSchema<const T extends Table>({ run, target }: T) {
  // one name for all targets would be refused as soon as there are two
  const { name: _name, ...shared } = target.fields;
  return group({
    about: "Configuration of prophet-autoscaler.",
    fields: {
      ...run.fields,
      defaults: group({
        about: "Defaults for all targets. A target's own fields take precedence.",
        optional: true,
        fields: shared,
      }),
      // of all shards; of one see shard-settings.ts
      targets: list({ about: "The workloads to scale.", of: target, atMost: 10_000 }),
    },
  });
}
