/** `kubectl prophet`: finds the installed job's settings and a way to its Prometheus, and runs our own command with them. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { CommandError, guarded, type Process, UsageError } from "../io.ts";
import { type PluginArguments, readArguments } from "./arguments.ts";
import { currentNamespace, findInstalled, findWorkload, type Installed, type WorkloadReference } from "./installed.ts";
import { forward, type Kubectl, kubectlWith } from "./kubectl.ts";

/** The job's command line for the arguments of the plugin. */
type Run = (outside: Process) => Promise<number>;

/** Runs the plugin with the arguments after `kubectl prophet`. Never throws for expected errors. */
export async function kubectlPlugin(outside: Process, run: Run): Promise<number> {
  const io = guarded(outside);
  const ends: (() => unknown)[] = [];
  try {
    const args = outside.argv.includes("--version") ? `${outside.version}\n` : readArguments(outside.argv);
    if (typeof args === "string") {
      io.out(args);
      return 0;
    }
    return await runAs(args, outside, run, ends);
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof CommandError)) throw error;
    io.err(`kubectl prophet: ${error.message}\n`);
    return error instanceof UsageError ? 2 : 1;
  } finally {
    for (const end of ends.reverse()) await end();
  }
}

async function runAs(args: PluginArguments, outside: Process, run: Run, ends: (() => unknown)[]): Promise<number> {
  const kubectl = kubectlWith(args.connection, outside.env);
  const workload = args.object.length === 0 ? null : await findWorkload(kubectl, args.object, args.namespace);
  const namespace = workload?.namespace ?? args.namespace ?? (await currentNamespace(kubectl));
  const installed = has(args, "config") ? null : await findInstalled(kubectl, args.jobNamespace ?? namespace, workload);
  const argv = [
    args.spec.name,
    ...args.flags,
    ...args.connection,
    ...(workload === null ? [] : named(workload)),
    ...extras(args),
    ...(installed === null ? [] : await settings(installed, ends)),
    ...(installed === null || has(args, "prometheus") ? [] : await prometheus(installed, args, kubectl, outside, ends)),
  ];
  // what the user has set in the shell takes precedence over what the pods have
  const env = { ...installed?.env, ...outside.env };
  if (args.output !== "yaml") return run({ ...outside, env, argv });
  const answer: string[] = [];
  const code = await run({ ...outside, env, argv, out: (text) => void answer.push(text) });
  const text = answer.join("");
  outside.out(text === "" ? "" : stringify(JSON.parse(text)));
  return code;
}

const has = ({ flags }: PluginArguments, flag: string) =>
  flags.some((word) => word === `--${flag}` || word.startsWith(`--${flag}=`));
const knows = ({ spec }: PluginArguments, flag: string) => spec.options.some((option) => option.flag === flag);

function named({ apiVersion, kind, name, namespace }: WorkloadReference): readonly string[] {
  return ["--namespace", namespace, "--kind", kind, "--api-version", apiVersion, "--deployment", name];
}

function live({ spec }: PluginArguments): readonly string[] {
  const option = spec.options.find(({ flag }) => flag === "from-prometheus");
  return option?.node.kind === "toggle" ? ["--from-prometheus"] : ["--from-prometheus", ADVISED_RANGE];
}

/** The default length of the history for `advise`. */
const ADVISED_RANGE = "7d";

/** The flags for -o, and for the history of a replay or an advice. */
function extras(args: PluginArguments): readonly string[] {
  const structured = args.output === "json" || args.output === "yaml";
  const wide = knows(args, "output") ? ["--output", "wide"] : knows(args, "plot") ? ["--plot"] : [];
  return [
    ...(structured ? ["--json"] : []),
    ...(args.output === "wide" ? wide : []),
    ...(knows(args, "from-prometheus") && !has(args, "from-prometheus") ? live(args) : []),
  ];
}

/** The settings as a temporary file that only this user can read. */
async function settings(installed: Installed, ends: (() => unknown)[]): Promise<readonly string[]> {
  const folder = await mkdtemp(join(tmpdir(), "kubectl-prophet-"));
  ends.push(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, `${installed.cronJob}.yaml`);
  await writeFile(file, stringify(installed.settings), { mode: 0o600 });
  return ["--config", file];
}

/** --prometheus through a forwarded port, if the settings name a Service of the cluster; otherwise nothing. */
async function prometheus(
  { settings: { prometheus: section }, namespace, cronJob }: Installed,
  args: PluginArguments,
  kubectl: Kubectl,
  { env }: Process,
  ends: (() => unknown)[],
): Promise<readonly string[]> {
  const url = String((section as { readonly url?: unknown } | undefined)?.url ?? "");
  const service = await serviceOf(url, namespace, kubectl);
  if (service === null) return [];
  const { protocol, pathname, search } = new URL(url);
  if (protocol === "https:")
    throw new CommandError(
      `the Prometheus of ${cronJob} is ${url}, within the cluster. Its certificate does not fit a forwarded port: forward one yourself, and give --prometheus URL.`,
    );
  const forwarded = await forward(service, args.connection, env);
  ends.push(forwarded.end);
  return ["--prometheus", `http://127.0.0.1:${forwarded.port}${pathname}${search}`];
}

/** The Service that a URL means within the cluster: NAME, NAME.NAMESPACE or NAME.NAMESPACE.svc...; null for any other host. */
async function serviceOf(url: string, own: string, kubectl: Kubectl) {
  if (!URL.canParse(url)) return null;
  const { hostname, port, protocol } = new URL(url);
  const [service = "", namespace = own, svc, ...rest] = hostname.split(".");
  const named = { service, namespace, port: Number(port) || (protocol === "https:" ? 443 : 80) };
  if (svc === "svc" && (rest.length === 0 || rest[0] === "cluster")) return named;
  if (svc !== undefined || hostname === "localhost" || !/^[a-z][a-z0-9-]*$/.test(service)) return null;
  // two words could also be a domain: the cluster knows
  const there = await kubectl([
    "get",
    "service",
    service,
    "--namespace",
    namespace,
    "--ignore-not-found",
    "-o",
    "name",
  ]);
  return there.trim() === "" ? null : named;
}
