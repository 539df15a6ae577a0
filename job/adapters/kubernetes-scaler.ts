/** Scaler over the API server: /scale of any kind, or minReplicas of an HPA; never the workload itself. */
import type { TargetConfig } from "../core/target.ts";
import type { Replicas } from "../core/units.ts";
import type { ScaleReading, Scaler } from "../ports.ts";
import { ClusterError } from "./errors.ts";
import { conditionsReader, type Look } from "./kubernetes-conditions.ts";
import type { Kubernetes } from "./kubernetes-http.ts";
import { nameOf, ownersOf } from "./kubernetes-managers.ts";
import type { Hpa, Scale, Status } from "./kubernetes-objects.ts";
import { collectionPath, fieldManager, objectPath } from "./kubernetes-path.ts";

export interface ScalerOptions {
  /** Look at the workload and at HPAs beside it; what the Role does not allow stays unknown. */
  readonly inspect: boolean;
  readonly log: (level: "debug" | "warn", message: string) => void;
}

/** A Scaler; `kubernetes` is awaited at the first call. */
export function kubernetesScaler(kubernetes: () => Promise<Kubernetes>, options: ScalerOptions): Scaler {
  const inspect = conditionsReader(kubernetes, options.log);
  return {
    read: async (target, known) => {
      const api = await kubernetes();
      const number = () => (target.actuator === "hpa" ? readHpa(api, target) : readScale(api, target));
      if (known !== undefined || !options.inspect) return { ...(await number()), conditions: known ?? {} };
      // the workload itself tells its replicas too: one call less than reading /scale beside it
      if (target.actuator === "scale") return readWithWorkload(target, await inspect(target), number);
      const [reading, look] = await Promise.all([number(), inspect(target)]);
      return { ...reading, conditions: look.conditions, calls: look.calls + 1 };
    },
    otherWriter: async (target, replicas) => {
      if (target.actuator !== "scale") return undefined;
      try {
        const owners = await ownersOf(await kubernetes(), target, replicas);
        const others = owners.filter((owner) => owner.manager !== fieldManager).map(nameOf);
        return others.length === 0 ? undefined : others.join(", ");
      } catch (error) {
        options.log("debug", `writer not known: ${error instanceof Error ? error.message : String(error)}`);
        return undefined;
      }
    },
    scale: async (target, from, to) => {
      const api = await kubernetes();
      const hpa = target.actuator === "hpa";
      const path = hpa ? hpaPath(target) : scalePath(target);
      return patchNumber(api, path, hpa ? "/spec/minReplicas" : "/spec/replicas", from, to);
    },
  };
}

type Read = Omit<ScaleReading, "conditions">;

async function readWithWorkload(target: TargetConfig, look: Look, number: () => Promise<Read>): Promise<ScaleReading> {
  const { conditions, calls, replicas } = look;
  const path = objectPath(target.namespace, target.scaleTargetRef);
  if (replicas !== undefined) return { replicas: count(path, replicas), conditions, calls };
  return { ...(await number()), conditions, calls: calls + 1 };
}

async function readScale(api: Kubernetes, target: TargetConfig): Promise<Read> {
  const path = scalePath(target);
  const scale = (await api.send({ method: "GET", path })) as Scale;
  // 0 is left out of the JSON
  return { replicas: count(path, scale.spec?.replicas ?? 0) };
}

async function readHpa(api: Kubernetes, target: TargetConfig): Promise<Read> {
  const path = hpaPath(target);
  const hpa = (await api.send({ method: "GET", path })) as Hpa;
  const ref = hpa.spec?.scaleTargetRef;
  const { kind, name } = target.scaleTargetRef;
  if (ref?.kind !== kind || ref.name !== name) {
    throw new ClusterError(
      `GET ${path}`,
      200,
      "OtherTarget",
      `it scales ${ref?.kind}/${ref?.name}, not ${kind}/${name}`,
    );
  }
  const floor = count(path, hpa.spec?.minReplicas ?? 1);
  return { replicas: count(path, hpa.status?.currentReplicas ?? floor), floor };
}

function count(path: string, value: unknown): Replicas {
  if (typeof value === "number" && Number.isInteger(value) && value >= 0) return value;
  throw new ClusterError(`GET ${path}`, 200, "Malformed", `replicas are ${JSON.stringify(value)}`);
}

function scalePath(target: TargetConfig): string {
  return `${objectPath(target.namespace, target.scaleTargetRef)}/scale`;
}

function hpaPath(target: TargetConfig): string {
  const name = target.hpaName ?? target.scaleTargetRef.name;
  return `${collectionPath("autoscaling/v2", target.namespace, "horizontalpodautoscalers")}/${encodeURIComponent(name)}`;
}

/** Sets one number only if it still is `from`: the server tests and replaces in one step. */
async function patchNumber(
  api: Kubernetes,
  path: string,
  field: string,
  from: Replicas,
  to: Replicas,
): Promise<"done" | "conflict"> {
  try {
    await api.send({
      method: "PATCH",
      path: `${path}?fieldManager=${fieldManager}`,
      contentType: "application/json-patch+json",
      body: [
        // 0 is left out of the JSON, and a `test` for null is true of what is not there
        { op: "test", path: field, value: from === 0 ? null : from },
        { op: "add", path: field, value: to },
      ],
    });
    return "done";
  } catch (error) {
    if (error instanceof ClusterError && (error.status === 409 || failedTest(error))) return "conflict";
    throw error;
  }
}

/** 422 is also the answer to a refused value; that one names the fields. */
function failedTest(error: ClusterError): boolean {
  if (error.status !== 422) return false;
  const causes = (error.cause as Status["details"])?.causes ?? [];
  return !causes.some((cause) => cause.field !== undefined && cause.field !== "");
}
