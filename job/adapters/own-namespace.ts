/** Finds the job's own namespace: the pod's in a cluster, else that of the kubeconfig's context, as in kubectl. */
import type { Environment } from "../config/environment.ts";
import type { KubernetesSettings } from "../config/types.ts";
import { readSmall } from "./bounded-file.ts";

const POD_NAMESPACE_FILE = "/var/run/secrets/kubernetes.io/serviceaccount/namespace";

interface Kubeconfig {
  readonly "current-context"?: unknown;
  readonly contexts?: readonly { readonly name?: unknown; readonly context?: { readonly namespace?: unknown } }[];
}

/** The namespace, or undefined if nothing gives it, in the order of openKubernetes. Never throws: problems of a kubeconfig are reported when the cluster is called. */
export async function ownNamespace(
  { kubeconfig, context }: Pick<KubernetesSettings, "kubeconfig" | "context">,
  env: Environment,
  pod = POD_NAMESPACE_FILE,
): Promise<string | undefined> {
  const named = kubeconfig ?? env.KUBECONFIG;
  if (!named && env.KUBERNETES_SERVICE_HOST) {
    const own = (await read(pod))?.trim();
    if (own) return own;
  }
  const files = named
    ? kubeconfig === undefined
      ? named.split(":")
      : [named]
    : env.HOME
      ? [`${env.HOME}/.kube/config`]
      : [];
  const texts = await Promise.all(files.filter((file) => file !== "").map(read));
  const found = await Promise.all(texts.map(parse));
  const current = context ?? found.map((config) => config["current-context"]).find(Boolean);
  const all = found.flatMap(({ contexts }) => (Array.isArray(contexts) ? contexts : []));
  const namespace = all.find((entry) => entry?.name === current)?.context?.namespace;
  return typeof namespace === "string" && namespace !== "" ? namespace : undefined;
}

async function read(file: string): Promise<string | undefined> {
  try {
    return (await readSmall(file)).toString();
  } catch {
    return undefined;
  }
}

async function parse(text: string | undefined): Promise<Kubeconfig> {
  if (text === undefined) return {};
  const { parseDocument } = await import("yaml");
  try {
    const content: unknown = parseDocument(text, { prettyErrors: false, logLevel: "error" }).toJS({
      maxAliasCount: 100,
    });
    return typeof content === "object" && content !== null ? (content as Kubeconfig) : {};
  } catch {
    return {};
  }
}
