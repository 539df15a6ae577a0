/** The doctor's checks of the cluster: reachable, permissions (needed, useful, too wide), replicas, other scalers, state. */
import { actuatorOf } from "../adapters/actuators.ts";
import { type Check, reasonOf } from "../adapters/check.ts";
import type { Kubernetes } from "../adapters/kubernetes-http.ts";
import type { Settings } from "../config/types.ts";
import type { TargetConfig } from "../core/target.ts";
import { pluralize } from "../core/units.ts";
import { discoveryPermissions } from "./doctor-discovery.ts";
import { permissionCheck, permissionsOf } from "./doctor-permissions.ts";
import { resourceChecks } from "./doctor-resources.ts";
import { scheduleChecks } from "./doctor-schedule.ts";
import type { World } from "./world.ts";

/** Checks the cluster, if one is used. `found`: targets that `discover` found beside those of the settings. Never throws. */
export async function clusterChecks(
  settings: Settings,
  world: World,
  found: Settings["targets"] = [],
): Promise<readonly Check[]> {
  if (world.api === null)
    return [
      {
        check: "cluster",
        status: "warn",
        message: "not checked: the replicas are assumed",
        todo: "name a cluster to check permissions",
      },
    ];
  let api: Kubernetes;
  try {
    api = await world.api();
    await api.send({ method: "GET", path: "/version" });
  } catch (error) {
    const todo = "check --kubeconfig and --context; in a cluster, that the pod has its ServiceAccount token";
    return [{ check: "API server", status: "fail", message: reasonOf(error), todo }];
  }
  const permissions = await Promise.all(
    [...permissionsOf(settings), ...discoveryPermissions(settings)].map((p) => permissionCheck(api, p)),
  );
  const targets = await Promise.all([...settings.targets, ...found].map((t) => targetChecks(api, world, t)));
  return [
    { check: "API server", status: "ok", message: "answers" },
    ...permissions,
    ...targets.flat(),
    ...(await scheduleChecks(api, settings)),
    await stateCheck(settings, world),
  ];
}

async function targetChecks(api: Kubernetes, world: World, target: TargetConfig): Promise<readonly Check[]> {
  const check = `${target.scaleTargetRef.kind} ${target.namespace}/${target.scaleTargetRef.name}`;
  try {
    const { replicas, conditions, resources } = await world.scaler.read(target);
    const checks: Check[] = [
      replicas === 0
        ? {
            check,
            status: "warn",
            message: "0 replicas: scaling is off",
            todo: "set at least one replica to let it be scaled",
          }
        : { check, status: "ok", message: pluralize(replicas, "replica") },
    ];
    if (conditions.otherScaler) {
      checks.push({
        check: `other scalers of ${target.name}`,
        status: "fail",
        message: `${conditions.otherScaler} scales it as well`,
        todo: "remove it, or set actuator: hpa so that the forecast sets its minReplicas",
      });
    }
    if (conditions.paused === true)
      checks.push({
        check: `pause of ${target.name}`,
        status: "warn",
        message: "paused by annotation",
        todo: "remove the annotation to scale again",
      });
    checks.push(...(await resourceChecks(api, target, resources)));
    return [...checks, ...(await actuatorOf(target).checks(api, target, replicas))];
  } catch (error) {
    return [
      {
        check,
        status: "fail",
        message: reasonOf(error),
        todo: "check name, namespace, kind, apiVersion (and resource, where the plural is irregular), and the Role",
      },
    ];
  }
}

async function stateCheck(settings: Settings, world: World): Promise<Check> {
  const { namespace, name } = settings.state.configMap;
  const check = `state in ConfigMap ${namespace}/${name}`;
  try {
    const { state, warning } = await world.state.read();
    const known = Object.keys(state.targets).length;
    return warning === undefined
      ? { check, status: "ok", message: known === 0 ? "empty: no run yet" : `remembers ${pluralize(known, "target")}` }
      : {
          check,
          status: "warn",
          message: warning,
          todo: "apply the manifests again; the state itself is rebuilt by the next runs",
        };
  } catch (error) {
    return {
      check,
      status: "fail",
      message: reasonOf(error),
      todo: "create it from manifests/base, and grant get and patch on it",
    };
  }
}
