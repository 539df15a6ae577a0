/** The doctor's look at `discover`: what is found, whose annotations are wrong, and the rights that finding and scaling need. */
import { actuatorOf } from "../adapters/actuators.ts";
import type { Check } from "../adapters/check.ts";
import { resourceOf } from "../adapters/kubernetes-path.ts";
import { ALL_NAMESPACES } from "../config/groups/discover.ts";
import type { Settings } from "../config/types.ts";
import { pluralize } from "../core/units.ts";
import type { TargetOrShare } from "../run/shares.ts";
import type { Permission } from "./doctor-permissions.ts";
import type { TargetSource } from "./target-source.ts";

/** Names of found workloads that one line tells. */
const MAX_NAMES = 20;

/** The checks of what was found. Gives none without `discover`. */
export function discoveryChecks(source: TargetSource, listed: Settings["targets"]): readonly Check[] {
  const summary = source.summary();
  if (summary === null) return [];
  const check = "discover";
  const own = new Set<TargetOrShare>(listed);
  const found = source.targets().filter((target) => !own.has(target));
  const names = found.map(({ namespace, name }) => `${namespace}/${name}`);
  const more = names.length > MAX_NAMES ? ` and ${names.length - MAX_NAMES} more` : "";
  const also = summary.listed === 0 ? "" : `; ${summary.listed} more are listed too, and the list takes precedence`;
  const text = `${pluralize(names.length, "workload")} found${names.length === 0 ? "" : `: ${names.slice(0, MAX_NAMES).join(", ")}${more}`}${also}`;
  const todo = "label a workload with prophet-autoscaler/enabled=true, or see namespaces, kinds and labelSelector";
  return [
    ...summary.failures.map(
      (message): Check => ({ check, status: "fail", message, todo: "until then nothing is scaled there" }),
    ),
    names.length + summary.listed === 0
      ? { check, status: "warn", message: "no workload found", todo }
      : { check, status: "ok", message: text },
    ...found.flatMap(({ namespace, name, refused }): readonly Check[] =>
      refused === undefined
        ? []
        : [
            {
              check: `annotations of ${namespace}/${name}`,
              status: "fail",
              message: refused.message,
              todo: "until then it is not scaled",
            },
          ],
    ),
  ];
}

/** What finding needs, and scaling what was found, whatever its name. */
export function discoveryPermissions({ discovery, kubernetes }: Settings): readonly Permission[] {
  if (discovery === undefined) return [];
  const { above, below } = discovery;
  const { object } = actuatorOf({ actuator: above.actuator ?? below.actuator ?? "scale" });
  const places = new Map<string, { readonly namespace: string; readonly kind: string }>();
  for (const { namespaces, kinds } of discovery.selectors)
    for (const namespace of namespaces)
      for (const kind of kinds) places.set(`${namespace}/${kind}`, { namespace, kind });
  const wanted = [...places.values()].flatMap(({ namespace: where, kind }): Permission[] => {
    const all = where === ALL_NAMESPACES;
    const workload = { group: "apps", resource: resourceOf({ kind }), namespace: all ? "" : where };
    // what the actuator sets: the workload's /scale, or an HPA
    const { subresource } = object;
    const set = { ...workload, ...object.kind, ...(subresource !== undefined && { subresource }) };
    const without = `manifests/components/${all ? "discover-all" : "discover"} has the rules`;
    const rules = `change the rule of /scale there to ${object.kind?.resource} (docs/discovery.md)`;
    const unset = object.kind === undefined ? without : `${without}; ${rules}`;
    const never = "with the right to patch the workload the job could change its image; grant only its /scale";
    const hpas = { group: "autoscaling", resource: "horizontalpodautoscalers", namespace: workload.namespace };
    return [
      { ...workload, verb: "list", want: "need", without },
      { ...set, verb: "get", want: "need", without: unset },
      { ...set, verb: "patch", want: "need", without: unset },
      ...(kubernetes.detectScalers
        ? [
            {
              ...hpas,
              verb: "list",
              want: "use" as const,
              without: `an HPA on the same target is not seen; ${without}`,
            },
          ]
        : []),
      { ...workload, verb: "patch", want: "never", without: never },
    ];
  });
  // HPAs are the same for both kinds
  return [...new Map(wanted.map((permission) => [JSON.stringify(permission), permission])).values()];
}
