/** Turns a `targetCpu` that is a share of the pod's CPU request into cores, once the workload has been read. */
import { misfitsOf, quantityText } from "../core/policy/pod-resources.ts";
import type { TargetConfig } from "../core/target.ts";
import type { Ports, ScaleReading } from "../ports.ts";

/** A target as the settings have it. */
export interface TargetOrShare extends TargetConfig {
  /** In place of `targetCpu`: a share of the pod's CPU request, 0.7 for `70%`, as an HPA's averageUtilization. */
  readonly averageUtilization?: number;
  /** Why nothing may be done for it: its settings are wrong. It fails by name, nothing is asked for it, and what is remembered of it stays. */
  readonly refused?: Error;
}

/** The targets in cores, and their scales. */
export interface InCores {
  readonly targets: readonly TargetConfig[];
  readonly scales: readonly (ScaleReading | Error)[];
}

/** Whether the targets can be used as they are. */
export function haveCores(targets: readonly TargetOrShare[]): boolean {
  return targets.every(({ averageUtilization }) => averageUtilization === undefined);
}

/** Turns shares into cores. Where the request is not known the target's scale becomes an error that says so, and nothing is decided for it. */
export function inCores(targets: readonly TargetOrShare[], scales: InCores["scales"]): InCores {
  const each = targets.map((target, i): readonly [TargetConfig, ScaleReading | Error] => {
    const { averageUtilization: share, ...rest } = target;
    const scale = scales[i]!;
    if (share === undefined) return [target, scale];
    if (scale instanceof Error) return [rest, scale];
    const request = scale.resources?.request;
    return request === undefined || request === 0
      ? [rest, new Error(unknown(target, share, scale))]
      : [{ ...rest, targetCpu: share * request }, scale];
  });
  return { targets: each.map(([target]) => target), scales: each.map(([, scale]) => scale) };
}

function unknown({ scaleTargetRef }: TargetConfig, share: number, { resources }: ScaleReading): string {
  const { kind, name } = scaleTargetRef;
  const asked = `targetCpu is ${percentSetting(share)} of what a pod of ${kind}/${name} requests`;
  const value = "or write targetCpu in cores";
  if (resources === undefined) {
    const role =
      "manifests/components/inspect has the rule, the chart's Role has it with config.kubernetes.detectScalers";
    return `${asked}, and its template could not be read: grant get on it (${role}), ${value}`;
  }
  const { withoutRequest } = resources;
  return withoutRequest === undefined
    ? `${asked}, but it requests no CPU: set resources.requests.cpu of its containers, ${value}`
    : `${asked}, and its container ${withoutRequest} requests no CPU: set its resources.requests.cpu, ${value}`;
}

/** A share as the settings write it. */
export function percentSetting(share: number): string {
  return `${Number((share * 100).toPrecision(6))}%`;
}

/** Warns where `targetCpu` does not fit the pods, as far as the workload could be read. What is done stays the same. */
export function warnOfMisfits({ reporter }: Ports, { targets, scales }: InCores): void {
  for (const [i, target] of targets.entries()) {
    const scale = scales[i]!;
    if (scale instanceof Error || scale.resources === undefined || target.mode === "Off") continue;
    for (const { level, message, todo } of misfitsOf(target, scale.resources)) {
      // how much room a node has is for the doctor to say, not for every minute
      if (level === "nothing") reporter.log("warn", `${target.namespace}/${target.name}: ${message}; ${todo}`);
    }
  }
}

/** The resources in words: "a pod requests 500m and may use 1". */
export function resourcesText({ request, limit }: NonNullable<ScaleReading["resources"]>): string {
  const asks = request === undefined ? "requests no CPU" : `requests ${quantityText(request)}`;
  return `a pod ${asks} and ${limit === undefined ? "has no limit" : `may use ${quantityText(limit)}`}`;
}
