/** CPU requests and limits of one pod of a workload, and whether `targetCpu` fits them. */
import type { TargetConfig } from "../target.ts";
import type { Cores } from "../units.ts";

/** CPU of one pod in cores, by its pod template. */
export interface PodResources {
  /** The sum over the containers; absent where one of them has no request. */
  readonly request?: Cores;
  /** Sum over the containers; absent where one of them has none. */
  readonly limit?: Cores;
  /** The first container without a request. */
  readonly withoutRequest?: string;
}

/** One problem. `nothing`: no pod would ever be added. */
export interface Misfit {
  readonly level: "nothing" | "doubtful";
  readonly message: string;
  readonly todo: string;
}

/** Two amounts this close are equal up to rounding: 0.1 + 0.2 is not 0.3. */
const ROUNDING = 1e-9;

/** The settings that do not fit the pods; empty where all fit, or where the target has no `targetCpu`. */
export function misfitsOf(
  { targetCpu, podCpuLimit }: Pick<TargetConfig, "targetCpu" | "podCpuLimit">,
  { request = Number.POSITIVE_INFINITY, limit = Number.POSITIVE_INFINITY }: PodResources,
): readonly Misfit[] {
  if (targetCpu === undefined) return [];
  const found: Misfit[] = [];
  const above = (one: Cores, other: Cores) => one > other * (1 + ROUNDING);
  if (above(targetCpu, limit)) {
    const message = `targetCpu ${quantityText(targetCpu)} is above the pod's own limit, ${quantityText(limit)}: no pod ever uses that much, so none would be added`;
    found.push({ level: "nothing", message, todo: `set targetCpu below ${quantityText(limit)}, or raise the limit` });
  } else if (above(targetCpu, request)) {
    const message = `targetCpu ${quantityText(targetCpu)} is above what the pod requests, ${quantityText(request)}: its node may not have it to spare`;
    found.push({ level: "doubtful", message, todo: `request ${quantityText(targetCpu)} or more, or lower targetCpu` });
  }
  if (podCpuLimit !== undefined && above(limit, podCpuLimit) && Number.isFinite(limit)) {
    const message = `podCpuLimit ${quantityText(podCpuLimit)} is below the pod's own limit, ${quantityText(limit)}: what the pods can use would be refused`;
    found.push({ level: "doubtful", message, todo: `set podCpuLimit: ${quantityText(limit)}` });
  }
  return found;
}

/** Cores as a manifest writes them: 400m, 2. */
export function quantityText(cores: Cores): string {
  return cores < 1 ? `${Number((cores * 1000).toPrecision(6))}m` : String(Number(cores.toPrecision(6)));
}
