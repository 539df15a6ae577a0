/** Finds the installed job through kubectl: the CronJob of a namespace, its mounted settings, and a way to its Prometheus. */
import { parse } from "yaml";
import { ALL_NAMESPACES } from "../../config/groups/discover.ts";
import { CommandError } from "../io.ts";
import type { Kubectl } from "./kubectl.ts";

/** The named workload, as the server knows it. */
export interface WorkloadReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
}

type Fields = Readonly<Record<string, unknown>>;

/** The settings of an installed job. */
export interface Installed {
  readonly cronJob: string;
  readonly namespace: string;
  /** The file's content, with the namespaces that its pods would fill in. */
  readonly settings: Fields;
  /** Variables of the container that hold settings; those from Secrets are not read. */
  readonly env: Readonly<Record<string, string>>;
}

interface Container {
  readonly name: string;
  readonly args?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[];
}
interface CronJob {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly jobTemplate: { readonly spec: { readonly template: { readonly spec: PodSpec } } } };
}
interface PodSpec {
  readonly containers: readonly Container[];
  readonly volumes?: readonly { readonly name: string; readonly configMap?: { readonly name: string } }[];
}

/** The workload behind TYPE/NAME, by kubectl's own rules for both. */
export async function findWorkload(
  kubectl: Kubectl,
  object: readonly string[],
  namespace: string | null,
): Promise<WorkloadReference> {
  const within = namespace === null ? [] : ["--namespace", namespace];
  const found = JSON.parse(await kubectl(["get", ...object, ...within, "-o", "json"])) as {
    readonly apiVersion: string;
    readonly kind: string;
    readonly metadata: { readonly name: string; readonly namespace?: string };
  };
  const { name, namespace: own = namespace ?? "default" } = found.metadata;
  return { apiVersion: found.apiVersion, kind: found.kind, name, namespace: own };
}

/** The namespace that kubectl itself would use. */
export async function currentNamespace(kubectl: Kubectl): Promise<string> {
  return (await kubectl(["config", "view", "--minify", "-o", "jsonpath={..namespace}"])) || "default";
}

/** The job of a namespace that has the workload among its targets, or the only one there. Throws CommandError. */
export async function findInstalled(
  kubectl: Kubectl,
  namespace: string,
  workload: WorkloadReference | null,
): Promise<Installed> {
  const { items } = JSON.parse(await kubectl(["get", "cronjobs", "--namespace", namespace, "-o", "json"])) as {
    readonly items: readonly CronJob[];
  };
  const jobs = (await Promise.all(items.map((item) => installedOf(kubectl, namespace, item)))).filter(
    (job) => job !== null,
  );
  const names = jobs.map(({ cronJob }) => cronJob).join(", ");
  if (jobs.length === 0)
    throw new CommandError(
      `no CronJob of prophet-autoscaler is in the namespace ${namespace}. Give its namespace with --job-namespace, or your own settings with --config FILE.`,
    );
  const scaling = workload === null ? jobs : scalersOf(jobs, workload);
  if (workload !== null && scaling.length === 0)
    throw new CommandError(
      `${workload.kind} ${workload.namespace}/${workload.name} is not a target of ${names} in ${namespace}.`,
    );
  if (scaling.length > 1)
    throw new CommandError(`${namespace} has several: ${names}. Name one workload, as TYPE/NAME.`);
  return scaling[0]!;
}

async function installedOf(
  kubectl: Kubectl,
  namespace: string,
  { metadata, spec }: CronJob,
): Promise<Installed | null> {
  const { containers, volumes = [] } = spec.jobTemplate.spec.template.spec;
  const container = containers.find(({ name }) => name === "prophet-autoscaler");
  const path = container?.args?.[container.args.indexOf("--config") + 1];
  const mount = container?.volumeMounts?.find(({ mountPath }) => path?.startsWith(`${mountPath}/`));
  const map = volumes.find(({ name }) => name === mount?.name)?.configMap?.name;
  if (container === undefined || path === undefined || mount === undefined || map === undefined) return null;
  const { data = {} } = JSON.parse(
    await kubectl(["get", "configmap", map, "--namespace", namespace, "-o", "json"]),
  ) as {
    readonly data?: Readonly<Record<string, string>>;
  };
  const settings = parse(data[path.slice(mount.mountPath.length + 1)] ?? "") as Fields | null;
  const env = (container.env ?? []).flatMap(({ name, value }) =>
    name.startsWith("PROPHET_AUTOSCALER_") && value !== undefined ? [[name, value] as const] : [],
  );
  return {
    cronJob: metadata.name,
    namespace,
    settings: withNamespaces(settings ?? {}, namespace),
    env: Object.fromEntries(env),
  };
}

function targetsOf(settings: Fields): readonly Fields[] {
  return Array.isArray(settings.targets) ? (settings.targets as readonly Fields[]) : [];
}

function discoverOf(settings: Fields): readonly Fields[] {
  return Array.isArray(settings.discover) ? (settings.discover as readonly Fields[]) : [];
}

/** The settings with the values that a pod would take from its own namespace. */
function withNamespaces(settings: Fields, namespace: string): Fields {
  const { configMap = {} } = (settings.state ?? {}) as { configMap?: Fields };
  const discover = discoverOf(settings).map((entry) => ({ namespaces: [namespace], ...entry }));
  return {
    ...settings,
    state: { configMap: { namespace, ...configMap } },
    targets: targetsOf(settings).map((target) => ({ namespace, ...target })),
    ...(discover.length > 0 && { discover }),
  };
}

/** The jobs that list the workload, else those that may find it by its label. */
function scalersOf(jobs: readonly Installed[], workload: WorkloadReference): readonly Installed[] {
  const listing = jobs.filter((job) => hasTarget(job, workload));
  return listing.length > 0 ? listing : jobs.filter(({ settings }) => mayFind(settings, workload));
}

function mayFind(settings: Fields, { namespace }: WorkloadReference): boolean {
  return discoverOf(settings).some(({ namespaces }) =>
    [namespaces].flat().some((one) => one === namespace || one === ALL_NAMESPACES),
  );
}

function hasTarget({ settings }: Installed, { kind, name, namespace }: WorkloadReference): boolean {
  return targetsOf(settings).some((target) => {
    const ref = (target.scaleTargetRef ?? {}) as Fields;
    return target.namespace === namespace && ref.name === name && (ref.kind ?? "Deployment") === kind;
  });
}
