/** The CPU requests and limits of a workload's pods, added up as the HPA and the scheduler do. */
import type { PodResources } from "../core/policy/pod-resources.ts";
import type { Cores } from "../core/units.ts";
import type { Workload } from "./kubernetes-objects.ts";

/** The factor of each suffix of a CPU quantity. */
const SUFFIXES: Readonly<Record<string, number>> = { n: 1e-9, u: 1e-6, m: 1e-3, "": 1, k: 1e3 };
const QUANTITY = /^(\d+(?:\.\d*)?|\.\d+)(n|u|m|k)?$/;

/** Cores of a quantity such as 500m, "0.5" or 1; undefined if it is not a quantity. */
export function cpuQuantity(value: unknown): Cores | undefined {
  const [, number, suffix = ""] = QUANTITY.exec(String(value).trim()) ?? [];
  return number === undefined ? undefined : Number(number) * SUFFIXES[suffix]!;
}

interface Container {
  readonly name?: string;
  readonly restartPolicy?: string;
  readonly resources?: Of;
}
interface Of {
  readonly requests?: Readonly<Record<string, unknown>>;
  readonly limits?: Readonly<Record<string, unknown>>;
}

/**
 * The CPU of the pod template; undefined where the object has none. Resources of the pod itself (Kubernetes 1.34) take precedence over its
 * containers'.
 * Sidecars, which are init containers that keep running, count; those that end do not.
 * A container with a limit and no request requests its limit, as in the API server.
 */
export function podResourcesOf({ spec }: Workload): PodResources | undefined {
  const template = spec?.template as { readonly spec?: PodSpec } | undefined;
  const pod = template?.spec;
  if (pod === undefined) return undefined;
  const sidecars = (pod.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === "Always");
  const containers = [...(pod.containers ?? []), ...sidecars];
  const limitOf = ({ resources }: Container) => cpuQuantity(resources?.limits?.cpu);
  const requestOf = (one: Container) => cpuQuantity(one.resources?.requests?.cpu) ?? limitOf(one);
  const limit = cpuQuantity(pod.resources?.limits?.cpu) ?? sum(containers.map(limitOf));
  const request = cpuQuantity(pod.resources?.requests?.cpu) ?? sum(containers.map(requestOf));
  const withoutRequest = containers.find((one) => requestOf(one) === undefined)?.name;
  return {
    ...(request === undefined ? {} : { request }),
    ...(limit === undefined ? {} : { limit }),
    ...(request !== undefined || withoutRequest === undefined ? {} : { withoutRequest }),
  };
}

interface PodSpec {
  readonly containers?: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly resources?: Of;
}

/** The sum; undefined where one is missing, or there are none. */
function sum(amounts: readonly (Cores | undefined)[]): Cores | undefined {
  if (amounts.length === 0) return undefined;
  return amounts.reduce((all, one) => (all === undefined || one === undefined ? undefined : all + one), 0);
}
