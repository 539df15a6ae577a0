/** Tells of flags that a command takes, and that change nothing beside the others that were given. */
import type { Environment } from "../config/environment.ts";
import type { Flags, ParsedCommand } from "./io.ts";
import type { CommandSpec } from "./options.ts";
import { usesCluster } from "./uses-cluster.ts";

/** Flags that have no effect in a combination. */
interface Idle {
  readonly flags: RegExp;
  /** The commands where they may be idle; absent: all. */
  readonly commands?: readonly CommandSpec["name"][];
  readonly when: (flags: Flags, env: Environment) => boolean;
  /** Why, and what to do. */
  readonly says: string;
}

const isFile = (flags: Flags) => flags.file !== undefined && flags["from-prometheus"] === undefined;
const isTrial = (flags: Flags) => flags["history-file"] !== undefined;
const CONNECTION = /^(kubeconfig|context|kubernetes-timeout|state-config-map)$/;

const IDLE: readonly Idle[] = [
  {
    flags: /^(prometheus.*|query|range|kubeconfig|context)$/,
    when: isFile,
    says: "the series comes from FILE. Leave this out, or give --from-prometheus in place of FILE.",
  },
  {
    flags: /^(namespace|kind|api-version|deployment)$/,
    when: (flags) => isFile(flags) && flags.config === undefined,
    says: "only --config has targets to choose from. Add --config, or leave this out.",
  },
  {
    flags: /^(prometheus.*|query|rate-window)$/,
    when: isTrial,
    says: "--history-file takes the place of Prometheus. Give one of the two.",
  },
  {
    flags: CONNECTION,
    when: (flags) => flags.replicas !== undefined,
    says: "--replicas takes the place of a cluster. Give one of the two.",
  },
  {
    flags: CONNECTION,
    when: (flags, env) => flags.replicas === undefined && isTrial(flags) && !usesCluster(flags, env),
    says: "with --history-file a cluster is used only where --kubeconfig or --context names it, and --deployment or --config the workload.",
  },
  {
    flags: /^plot$/,
    when: ({ json }) => json === true,
    says: "--json prints nothing else. Leave one of the two out.",
  },
  {
    flags: /^output$/,
    when: ({ json, output }) => json === true && output !== "json",
    says: "--json prints nothing else. Leave one of the two out.",
  },
  {
    flags: /^price$/,
    commands: ["replay"],
    when: ({ report }) => report === undefined,
    says: "only the page shows costs. Add --report FILE.",
  },
];

/** A line for each reason why given flags have no effect. The command does its work all the same. */
export function withoutEffect({ spec, flags }: ParsedCommand, env: Environment): readonly string[] {
  const given = spec.options.flatMap(({ flag }) => (flags[flag] === undefined || flags[flag] === false ? [] : [flag]));
  return IDLE.flatMap((idle) => {
    if (!(idle.commands ?? [spec.name]).includes(spec.name) || !idle.when(flags, env)) return [];
    const names = given.filter((flag) => idle.flags.test(flag)).map((flag) => `--${flag}`);
    if (names.length === 0) return [];
    return [`${names.join(", ")} ${names.length === 1 ? "has" : "have"} no effect: ${idle.says}`];
  });
}
