/** The doctor's check of the pods' CPU requests and limits beside `targetCpu`, and the targets whose `targetCpu` is a share of the request. */
import type { Check } from "../adapters/check.ts";
import type { Kubernetes } from "../adapters/kubernetes-http.ts";
import type { Workload } from "../adapters/kubernetes-objects.ts";
import { objectPath } from "../adapters/kubernetes-path.ts";
import { podResourcesOf } from "../adapters/kubernetes-resources.ts";
import type { Settings } from "../config/types.ts";
import { misfitsOf, type PodResources, quantityText } from "../core/policy/pod-resources.ts";
import { asError } from "../core/result.ts";
import type { TargetConfig } from "../core/target.ts";
import { haveCores, inCores, percentSetting, resourcesText } from "../run/shares.ts";
import type { World } from "./world.ts";

/** The settings with shares of the request turned into cores. Leaves out a target with an unknown request, and its check says why. Never throws. */
export async function settingsInCores(
  settings: Settings,
  world: World,
): Promise<{ readonly settings: Settings; readonly checks: readonly Check[] }> {
  if (haveCores(settings.targets)) return { settings, checks: [] };
  const scales = await Promise.all(settings.targets.map((target) => world.scaler.read(target).catch(asError)));
  const { targets, scales: known } = inCores(settings.targets, scales);
  const checks = settings.targets.flatMap(({ averageUtilization: share, namespace, name }, i): readonly Check[] => {
    if (share === undefined) return [];
    const check = `targetCpu of ${namespace}/${name}`;
    const scale = known[i]!;
    if (scale instanceof Error)
      return [{ check, status: "fail", message: scale.message, todo: "until then it is not scaled" }];
    return [
      {
        check,
        status: "ok",
        message: `${percentSetting(share)} of the request is ${quantityText(targets[i]!.targetCpu!)}`,
      },
    ];
  });
  const usable = targets.filter((_, i) => !(known[i] instanceof Error));
  return { settings: { ...settings, targets: usable }, checks };
}

/** Whether `targetCpu` fits the pods. Gives nothing if the workload may not be read: the check of that right says so. Never throws. */
export async function resourceChecks(
  api: Kubernetes,
  target: TargetConfig,
  read: PodResources | undefined,
): Promise<readonly Check[]> {
  const resources = read ?? (await readResources(api, target));
  if (resources === undefined || target.targetCpu === undefined) return [];
  const check = `CPU of the pods of ${target.namespace}/${target.name}`;
  const misfits = misfitsOf(target, resources);
  if (misfits.length === 0) {
    const message = `${resourcesText(resources)}; targetCpu is ${quantityText(target.targetCpu)}`;
    return [{ check, status: "ok", message }];
  }
  return misfits.map(({ level, message, todo }) => {
    return { check, status: level === "nothing" ? "fail" : "warn", message, todo };
  });
}

async function readResources(
  api: Kubernetes,
  { namespace, scaleTargetRef }: TargetConfig,
): Promise<PodResources | undefined> {
  try {
    const object = await api.send({
      method: "GET",
      path: objectPath(namespace, scaleTargetRef),
      kind: scaleTargetRef.kind,
    });
    return podResourcesOf((object ?? {}) as Workload);
  } catch {
    return undefined;
  }
}
