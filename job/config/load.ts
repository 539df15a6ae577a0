/** Loads the settings from file, environment and flags: checked settings, or one error with all that is wrong. */
import { oneLine } from "../output/escape.ts";
import { fromEnvironment, fromFlags, secretVariables } from "./layers.ts";
import { readConfig } from "./read-file.ts";
import { type FilePart, type OwnNamespace, resolve } from "./resolve.ts";
import { PREFIX } from "./settings.ts";
import { TABLE, type Table } from "./table.ts";
import type { Issue, SettingsOf } from "./types.ts";
import { parseUnit } from "./units.ts";

/** The sources of the settings. */
export interface Sources {
  /** Flags by name without dashes. `config` names the file, `every` the seconds between two decisions of one process. */
  readonly flags: Readonly<Record<string, unknown>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Reads a text file; rejects when it cannot. */
  readonly readFile: (path: string) => Promise<string>;
  /** Called with every secret that is read, also one in a wrong form, before any message about it. */
  readonly learn?: (...secrets: readonly string[]) => void;
  /** The namespace of objects without one: the pod's, or the kubeconfig context's. Absent: `default`. */
  readonly ownNamespace?: OwnNamespace;
  /** Fields that count as given when nobody sets them: with a history file the workload needs no name. */
  readonly fallback?: FilePart;
}

/** At most this many issues are listed; with more, the user corrects these first. */
const MAX_ISSUES = 50;

/** The settings are wrong; `issues` has all problems. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly issues: readonly Issue[];
  constructor(issues: readonly Issue[], source: string) {
    const count = `${issues.length} thing${issues.length === 1 ? "" : "s"} to correct`;
    const more = issues.length > MAX_ISSUES ? [`  ... and ${issues.length - MAX_ISSUES} more`] : [];
    super(`${oneLine(source)}: ${count}\n${[...issues.slice(0, MAX_ISSUES).map(line), ...more].join("\n")}`);
    this.issues = issues;
  }
}

function line({ path, message }: Issue): string {
  return oneLine(`  ${path === "" ? "the file" : path}: ${message}`);
}

/** Loads and checks. Throws ConfigError with all issues at once. */
export async function loadSettings<T extends Table = typeof TABLE>(
  sources: Sources,
  table: T = TABLE as unknown as T,
): Promise<SettingsOf<T>> {
  const issues: Issue[] = [];
  const named = sources.flags.config ?? sources.env[`${PREFIX}CONFIG`];
  if (sources.flags.config === "") issues.push({ path: "--config", message: "needs the name of a file." });
  const path = typeof named === "string" && named !== "" ? named : null;
  const file = path === null ? {} : await readConfig(table, path, sources, issues);
  sources.learn?.(...secretVariables(sources.env, table));
  const notes: string[] = [];
  const environment = fromEnvironment(sources.env, issues, notes, table);
  const flags = fromFlags(sources.flags, issues, table);
  // without its file nothing is missing that could be named
  if (file === null) throw new ConfigError(issues, path ?? "Settings");
  const own = sources.ownNamespace ?? (async () => undefined);
  const every = parseUnit("seconds", sources.flags.every);
  const pace = every === null ? {} : { every };
  // without a cluster nothing can be found
  const finds = sources.fallback === undefined;
  const layers = { file: withFallback(file, sources.fallback), environment, flags, env: sources.env, ...pace, finds };
  const settings = await resolve(table, layers, own, issues);
  if (issues.length > 0) throw new ConfigError(issues, path ?? "Settings");
  return { ...settings, notes } as unknown as SettingsOf<T>;
}

function withFallback(file: FilePart, fallback: FilePart | undefined): FilePart {
  return fallback === undefined || (file.targets ?? []).length > 0
    ? file
    : { ...file, targets: fallback.targets ?? [] };
}
