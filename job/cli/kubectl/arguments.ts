/** Parses what follows `kubectl prophet`: the command, TYPE/NAME, kubectl's own flags, and ours. */
import type { Process } from "../io.ts";
import { UsageError } from "../io.ts";
import { COMMANDS, type CommandSpec } from "../options.ts";

const OUTPUTS = ["json", "yaml", "wide"] as const;

/** The parsed arguments. */
export interface PluginArguments {
  readonly spec: CommandSpec;
  /** As in kubectl: [TYPE/NAME] or [TYPE, NAME]; empty for all targets of the installed job. */
  readonly object: readonly string[];
  readonly namespace: string | null;
  /** The CronJob's namespace, where it is not the workload's. */
  readonly jobNamespace: string | null;
  /** For kubectl, and for our own connection: --context and --kubeconfig. */
  readonly connection: readonly string[];
  readonly output: (typeof OUTPUTS)[number] | null;
  /** Our own flags, as they were typed. */
  readonly flags: readonly string[];
}

/** Commands that look at one installed target. The run itself is the CronJob's, and what needs a file has no target. */
export const OFFERED: readonly CommandSpec[] = COMMANDS.filter(
  ({ name, form, options }) =>
    name !== "run" && !form.includes("<") && options.some(({ flag }) => flag === "deployment"),
);

const NAMES = OFFERED.map(({ name }) => name).join(", ");

/** kubectl's flags with a value, under every name, and the name under which they are stored. */
const KUBECTL: Readonly<Record<string, "namespace" | "context" | "kubeconfig" | "output" | "job-namespace">> = {
  "-n": "namespace",
  "--namespace": "namespace",
  "--context": "context",
  "--kubeconfig": "kubeconfig",
  "-o": "output",
  "--output": "output",
  "--job-namespace": "job-namespace",
};

/** The text of --help; each command describes its own flags. */
export function usage(): string {
  const rows = OFFERED.map(({ name, about }) => `  kubectl prophet ${name.padEnd(9)} [TYPE/NAME]  ${about}`);
  return `${[
    "Shows what the installed prophet-autoscaler does with a workload, with its own settings. Writes nothing.",
    rows.join("\n"),
    `  -n, --namespace NAME   namespace of the workload; default: that of the context
  --job-namespace NAME   namespace of the CronJob, when it is another
  --context, --kubeconfig, -o ${OUTPUTS.join("|")}   as for kubectl`,
    "Without TYPE/NAME: all targets of the job in the namespace. A Prometheus within the cluster is reached by `kubectl port-forward`, unless --prometheus URL names another way to it.",
    "Also the flags of `prophet-autoscaler COMMAND --help`, such as --prometheus and --log-level.",
  ].join("\n\n")}\n`;
}

/** Parses the arguments. A text is the answer to --help. Throws UsageError. */
export function readArguments(argv: Process["argv"]): PluginArguments | string {
  const kept: Partial<Record<(typeof KUBECTL)[string], string>> = {};
  const words: string[] = [];
  const flags: string[] = [];
  const takesValue = valuesOf(argv);
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i]!;
    if (word === "-h" || word === "--help") return usage();
    const [, name = word, inline] = /^(-[no]|--[a-z-]+)=?([\s\S]+)?$/.exec(word) ?? [];
    const own = KUBECTL[name];
    if (own !== undefined) {
      const value = inline ?? argv[++i];
      if (value === undefined || value === "") throw new UsageError(`${name} needs a value.`);
      kept[own] = value;
    } else if (word.startsWith("-")) {
      flags.push(word);
      if (inline === undefined && takesValue(name) && argv[i + 1] !== undefined) flags.push(argv[++i]!);
    } else words.push(word);
  }
  if (words.length + flags.length === 0) return usage();
  return { ...commandOf(words, flags[0]), flags, ...connectionOf(kept) };
}

function commandOf(words: readonly string[], flag: string | undefined): Pick<PluginArguments, "spec" | "object"> {
  const [command, ...object] = words;
  if (command === undefined) throw new UsageError(`${flag} needs a command before it. Commands: ${NAMES}.`);
  const spec = OFFERED.find(({ name }) => name === command);
  if (spec === undefined) throw new UsageError(`${JSON.stringify(command)} is not a command. Commands: ${NAMES}.`);
  const [first, second, ...more] = object;
  const form = first === undefined || (first.includes("/") ? second === undefined : second !== undefined);
  if (!form || more.length > 0)
    throw new UsageError(
      `one workload at a time: TYPE/NAME or TYPE NAME, such as deploy/web, got ${object.join(" ")}.`,
    );
  return { spec, object };
}

function connectionOf(
  kept: Partial<Record<(typeof KUBECTL)[string], string>>,
): Omit<PluginArguments, "spec" | "object" | "flags"> {
  const { namespace = null, output = null, context, kubeconfig } = kept;
  const known = OUTPUTS.find((name) => name === output) ?? null;
  if (output !== null && known === null)
    throw new UsageError(`-o: must be one of ${OUTPUTS.join(", ")}, got ${output}.`);
  const connection = [
    ...(context === undefined ? [] : ["--context", context]),
    ...(kubeconfig === undefined ? [] : ["--kubeconfig", kubeconfig]),
  ];
  return { namespace, jobNamespace: kept["job-namespace"] ?? null, connection, output: known };
}

/** Whether the next word belongs to one of our flags. --from-prometheus is a switch in one command, and takes a value in another. */
function valuesOf(argv: Process["argv"]): (name: string) => boolean {
  const spec = OFFERED.find(({ name }) => argv.includes(name));
  return (name) => {
    const flag = name.replace(/^--/, "");
    const of = (options: CommandSpec["options"]) => options.find((option) => option.flag === flag);
    const option = of(spec?.options ?? []) ?? of(COMMANDS.flatMap(({ options }) => options));
    return option !== undefined && option.node.kind !== "toggle";
  };
}
