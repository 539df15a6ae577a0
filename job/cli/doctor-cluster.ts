/** The doctor's checks of the cluster: reachable, permissions (needed, useful, too wide), replicas, other scalers, state. */
import { type ActuatedObject, nameIn } from "../adapters/actuator.ts";
import { actuatorOf } from "../adapters/actuators.ts";
import { type Check, reasonOf } from "../adapters/check.ts";
import type { Kubernetes } from "../adapters/kubernetes-http.ts";
import { resourceOf } from "../adapters/kubernetes-path.ts";
import { stateObjects } from "../adapters/state-store.ts";
import type { Settings } from "../config/types.ts";
import type { TargetConfig } from "../core/target.ts";
import { pluralize } from "../core/units.ts";
import { resourceChecks } from "./doctor-resources.ts";
import { scheduleChecks } from "./doctor-schedule.ts";
import type { World } from "./world.ts";

/** A permission, and the effect of its absence. */
interface Permission {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly namespace: string;
  readonly name?: string;
  /** `need`: a run fails without it; `use`: a check is skipped without it; `never`: it should not be granted. */
  readonly want: "need" | "use" | "never";
  readonly without: string;
}

const REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";

/** Checks the cluster, if one is used. Never throws. */
export async function clusterChecks(settings: Settings, world: World): Promise<readonly Check[]> {
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
  const permissions = await Promise.all(permissionsOf(settings).map((p) => permissionCheck(api, p)));
  const targets = await Promise.all(settings.targets.map((t) => targetChecks(api, world, t)));
  return [
    { check: "API server", status: "ok", message: "answers" },
    ...permissions,
    ...targets.flat(),
    ...(await scheduleChecks(api, settings)),
    await stateCheck(settings, world),
  ];
}

function permissionsOf(settings: Settings): readonly Permission[] {
  const state = settings.state.configMap;
  const all = settings.targets.flatMap((t): Permission[] => {
    const group = t.scaleTargetRef.apiVersion.includes("/") ? t.scaleTargetRef.apiVersion.split("/")[0]! : "";
    const resource = resourceOf(t.scaleTargetRef);
    const workload = { group, resource, namespace: t.namespace, name: t.scaleTargetRef.name };
    const hpas = { group: "autoscaling", resource: "horizontalpodautoscalers", namespace: t.namespace };
    const { object }: { object: ActuatedObject } = actuatorOf(t);
    const actuator = {
      ...workload,
      ...object.kind,
      ...(object.subresource === undefined ? {} : { subresource: object.subresource }),
      name: nameIn(object, t),
    };
    const without = "apply the Role of manifests/base with this workload's name in resourceNames";
    return [
      { ...actuator, verb: "get", want: "need", without },
      { ...actuator, verb: "patch", want: "need", without },
      {
        ...workload,
        verb: "get",
        want: "use",
        without: "rollouts and the pause annotation are not seen; manifests/components/inspect grants the right",
      },
      {
        ...hpas,
        verb: "list",
        want: "use",
        without: "an HPA on the same target is not seen; manifests/components/inspect grants the right",
      },
      {
        ...workload,
        verb: "patch",
        want: "never",
        without: "with the right to patch the workload the job could change its image; grant only its /scale",
      },
    ];
  });
  const maps = stateObjects(state).flatMap((name): Permission[] => {
    const map = { group: "", resource: "configmaps", namespace: state.namespace, name };
    const without = `the state in ${state.namespace}/${name} must be readable and writable; apply the Role of manifests/base, with this name in resourceNames`;
    return [
      { ...map, verb: "get", want: "need", without },
      { ...map, verb: "patch", want: "need", without },
    ];
  });
  return [
    ...all,
    ...maps,
    {
      group: "",
      resource: "secrets",
      namespace: state.namespace,
      verb: "get",
      want: "never",
      without: "the job needs no secrets; remove that right",
    },
  ];
}

async function permissionCheck(api: Kubernetes, p: Permission): Promise<Check> {
  const { verb, group, resource, subresource, namespace, name } = p;
  const what = `${verb} ${resource}${subresource === undefined ? "" : `/${subresource}`}${name === undefined ? "" : ` ${name}`} in ${namespace}`;
  const check = `may ${what}`;
  try {
    const spec = {
      resourceAttributes: {
        verb,
        group,
        resource,
        namespace,
        ...(subresource === undefined ? {} : { subresource }),
        ...(name === undefined ? {} : { name }),
      },
    };
    const body = { apiVersion: "authorization.k8s.io/v1", kind: "SelfSubjectAccessReview", spec };
    const answer = (await api.send({ method: "POST", path: REVIEWS, body })) as { status?: { allowed?: boolean } };
    const allowed = answer.status?.allowed === true;
    if (p.want === "never") {
      return allowed
        ? { check, status: "warn", message: "yes, which is more than needed", todo: p.without }
        : { check, status: "ok", message: "no, as it should be" };
    }
    if (allowed) return { check, status: "ok", message: "yes" };
    return { check, status: p.want === "need" ? "fail" : "warn", message: "no", todo: p.without };
  } catch (error) {
    return {
      check,
      status: "warn",
      message: reasonOf(error),
      todo: "the access review itself was refused; a run will show it",
    };
  }
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
