/** The doctor's checks of permissions: needed, useful, too wide. */
import { type ActuatedObject, nameIn } from "../adapters/actuator.ts";
import { actuatorOf } from "../adapters/actuators.ts";
import { type Check, reasonOf } from "../adapters/check.ts";
import type { Kubernetes } from "../adapters/kubernetes-http.ts";
import { resourceOf } from "../adapters/kubernetes-path.ts";
import { stateObjects } from "../adapters/state-store.ts";
import type { Settings } from "../config/types.ts";

/** A permission, and the effect of its absence. */
export interface Permission {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  /** Empty: all namespaces. */
  readonly namespace: string;
  readonly name?: string;
  /** `need`: a run fails without; `use`: a check is skipped without; `never`: having it is too much. */
  readonly want: "need" | "use" | "never";
  readonly without: string;
}

const REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";

/** What a run with these settings needs, can use, and must not have. */
export function permissionsOf(settings: Settings): readonly Permission[] {
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

/** Asks whether the job has a permission. Never throws. */
export async function permissionCheck(api: Kubernetes, p: Permission): Promise<Check> {
  const { verb, group, resource, subresource, namespace, name } = p;
  const what = `${verb} ${resource}${subresource === undefined ? "" : `/${subresource}`}${name === undefined ? "" : ` ${name}`} in ${namespace === "" ? "all namespaces" : namespace}`;
  const check = `may ${what}`;
  try {
    const spec = {
      resourceAttributes: {
        verb,
        group,
        resource,
        ...(namespace === "" ? {} : { namespace }),
        ...(subresource === undefined ? {} : { subresource }),
        ...(name === undefined ? {} : { name }),
      },
    };
    const kind = "SelfSubjectAccessReview";
    const body = { apiVersion: "authorization.k8s.io/v1", kind, spec };
    const answer = (await api.send({ method: "POST", path: REVIEWS, kind, body })) as {
      status?: { allowed?: boolean };
    };
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
