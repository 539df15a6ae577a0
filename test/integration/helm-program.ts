/** Helm and kustomize as the tests of the chart call them, and what they render as objects to compare. */
import { execFile } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { parseAllDocuments } from "yaml";
import { type MissingProgram, missingControlPlane, programs } from "../cluster/available.ts";
import type { PodSpec } from "../kubernetes/scc.ts";

const run = promisify(execFile);
export const manifests = join(import.meta.dirname, "../../manifests");
export const chart = join(manifests, "helm");
/** The folders below overlays. */
export const overlays = readdirSync(join(manifests, "overlays"));
/** The values files that come with the chart, by name. */
export const valuesFiles = readdirSync(join(chart, "values")).map((file) => file.replace(/\.yaml$/, ""));
export const valuesFile = (name: string): string => join(chart, "values", `${name}.yaml`);

/** What `skip()` is told: Helm and kubectl are programs of the test cluster. */
export function missingHelm(): MissingProgram {
  if (!existsSync(join(programs("helm"), "helm")))
    return "Helm is not built: run test/cluster/setup.sh helm (needs Go, 2 minutes)";
  return missingControlPlane();
}

/** Helm in a folder of its own: it neither reads nor writes the settings and caches of whoever runs the test. */
export interface Helm {
  /** Temporary, removed by stop(). */
  readonly dir: string;
  /** Resolves to stdout, rejects with stderr in the message. */
  (...args: string[]): Promise<string>;
  stop(): Promise<void>;
}

/** @param kubeconfig of the cluster it installs to; without one it can only render. */
export async function startHelm(kubeconfig = "/dev/null"): Promise<Helm> {
  const dir = await mkdtemp(join(tmpdir(), "helm-test-"));
  const env = {
    PATH: process.env.PATH ?? "",
    HOME: dir,
    HELM_CACHE_HOME: join(dir, "cache"),
    HELM_CONFIG_HOME: join(dir, "config"),
    HELM_DATA_HOME: join(dir, "data"),
    KUBECONFIG: kubeconfig,
  };
  const binary = join(programs("helm"), "helm");
  const helm = async (...args: string[]): Promise<string> => {
    try {
      return (await run(binary, args, { env, maxBuffer: 64 << 20, timeout: 180_000 })).stdout;
    } catch (error) {
      const { stderr } = error as { stderr?: string };
      throw new Error(`helm ${args.join(" ")}: ${stderr || String(error)}`, { cause: error });
    }
  };
  return Object.assign(helm, { dir, stop: () => rm(dir, { recursive: true, force: true }) });
}

/** What kustomize renders of a folder below manifests. */
export async function kustomize(folder: string): Promise<string> {
  const kubectl = join(programs("kube"), "kubectl");
  return (await run(kubectl, ["kustomize", join(manifests, folder)], { maxBuffer: 64 << 20 })).stdout;
}

export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: unknown;
  readonly rules?: unknown;
}

/** The objects of a YAML stream. */
export function objectsOf(yaml: string): KubeObject[] {
  return parseAllDocuments(yaml)
    .map((document) => document.toJS() as KubeObject | null)
    .filter((object) => object !== null);
}

/** The pods that workloads and CronJobs make, with the name of their owner. */
export function podsOf(objects: readonly KubeObject[]): (readonly [owner: string, pod: PodTemplate])[] {
  return objects.flatMap(({ kind, metadata, spec }) => {
    const { template, jobTemplate } = (spec ?? {}) as {
      template?: PodTemplate;
      jobTemplate?: { spec: { template: PodTemplate } };
    };
    const pod = jobTemplate?.spec.template ?? template;
    return pod === undefined ? [] : [[`${kind} ${metadata.name}`, pod] as const];
  });
}

export interface PodTemplate {
  readonly metadata: KubeObject["metadata"];
  readonly spec: PodSpec & Readonly<Record<string, unknown>>;
}
