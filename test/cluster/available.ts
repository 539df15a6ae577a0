/** Says which of the real servers this machine can run, and for those it cannot, which command makes it able. */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { clusterDir } from "./holder.ts";

/** A sentence that names what is missing and the command that gets it; undefined when nothing is missing. */
export type MissingProgram = string | undefined;

const debianPrometheus = "/usr/bin/prometheus";
const debianPromtool = "/usr/bin/promtool";

/** The folder of the programs built from test/cluster/go/NAME, whether built or not; `kube` is that of KUBEBUILDER_ASSETS where it is set. */
export function programs(name: "kube" | "prometheus" | "promtool" | "coredns" | "helm"): string {
  return bash(name === "kube" ? "kube_dir" : `go_dir ${name}`);
}

/** Tier 1: API server, etcd, controllers and scheduler on loopback. */
export function missingControlPlane(): MissingProgram {
  const gone = tools(["setpriv", "openssl", "curl"]);
  if (gone) return `${gone} missing: apt-get install util-linux openssl curl`;
  const lost = ["kube-apiserver", "etcd", "kubectl"].filter((name) => !existsSync(`${programs("kube")}/${name}`));
  if (lost.length === 0) return undefined;
  return process.env.KUBEBUILDER_ASSETS
    ? `KUBEBUILDER_ASSETS has no ${lost.join(", ")}: it names the folder that test/cluster/envtest.sh prints`
    : "the control plane is not built: run test/cluster/setup.sh kube (needs Go, 6 to 13 minutes)";
}

/** Tier 1 with what envtest lacks: Deployments get pods, CronJobs get Jobs, namespaces get their account. */
export function missingControllers(): MissingProgram {
  const below = missingControlPlane();
  if (below) return below;
  return existsSync(`${programs("kube")}/kube-controller-manager`)
    ? undefined
    : "envtest has no controllers: unset KUBEBUILDER_ASSETS and run test/cluster/setup.sh kube";
}

/** A Prometheus on loopback with its promtool, which gives it a past: Debian's, or those built here. */
export function missingPrometheus(): MissingProgram {
  return prometheusBinary() && promtool()
    ? undefined
    : "Prometheus or promtool is missing: apt-get install prometheus, or run test/cluster/setup.sh prometheus promtool";
}

/** The Nodes to try the package under: folders with bin/node in them, by major version. */
export function nodes(): Readonly<Record<"20" | "22" | "24" | "26", string>> {
  const folder = (major: string) => `${bash("nodes_dir")}/node_modules/node${major}/bin`;
  return { "20": folder("20"), "22": folder("22"), "24": folder("24"), "26": folder("26") };
}

/** Node in several versions, from the npm registry. */
export function missingNodes(): MissingProgram {
  const gone = Object.entries(nodes()).filter(([, folder]) => !existsSync(`${folder}/node`));
  return gone.length === 0
    ? undefined
    : `Node ${gone.map(([major]) => major).join(", ")} missing: run test/cluster/setup.sh nodes`;
}

/** The program to start as Prometheus, if there is one. */
export function prometheusBinary(): string | undefined {
  return [debianPrometheus, `${programs("prometheus")}/prometheus`].find(existsSync);
}

/** The promtool that is there. Debian's package has it; what is built as Prometheus has none beside it. */
export function promtool(): string | undefined {
  return [debianPromtool, `${programs("promtool")}/promtool`].find(existsSync);
}

/** A Prometheus with a receiver for OTLP: Debian's is too old for one. */
export function missingOtlp(): MissingProgram {
  return otlpPrometheus() ? undefined : "a Prometheus 3 is missing: run test/cluster/setup.sh prometheus";
}

/** The program to start as a Prometheus that takes OTLP, if there is one. */
export function otlpPrometheus(): string | undefined {
  return [`${programs("prometheus")}/prometheus`].find(existsSync);
}

/** Tier 3: a node with real pods; needs root for its namespaces. */
export function missingNode(): MissingProgram {
  const below = existsSync(`${bash("go_dir kube")}/kube`) ? undefined : "run test/cluster/setup.sh tier3";
  if (below) return below;
  if (process.getuid?.() !== 0) return "a node needs root, for namespaces and cgroups";
  const gone = tools(["containerd", "runc", "nft", "buildah"]);
  if (gone) return `${gone} missing: run test/cluster/setup.sh apt`;
  const images = bash("images_dir");
  const has = existsSync(images) ? readdirSync(images) : [];
  const without = ["pause", "busybox", "prometheus", "coredns"].filter((name) => !has.includes(`${name}.tar`));
  return without.length ? `images ${without.join(", ")} missing: run test/cluster/setup.sh tier3` : undefined;
}

/**
 * For `describe.skipIf(skip(missingControlPlane()))`: prints why and gives true when something is missing.
 * With PROPHET_REQUIRE_ALL=1, as in CI, it throws, so that nothing is skipped in silence.
 */
export function skip(missing: MissingProgram): boolean {
  if (missing === undefined) return false;
  if (process.env.PROPHET_REQUIRE_ALL === "1") throw new Error(`nothing may be skipped here: ${missing}`);
  console.warn(`skipped: ${missing}`);
  return true;
}

function tools(names: readonly string[]): string {
  const path = `${process.env.PATH ?? ""}:/usr/sbin:/sbin`.split(":");
  return names.filter((name) => !path.some((dir) => existsSync(`${dir}/${name}`))).join(", ");
}

function bash(command: string): string {
  return execFileSync("bash", ["-c", `source ${clusterDir}lib.sh; ${command}`], { encoding: "utf8" }).trim();
}
