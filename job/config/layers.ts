/** Reads flags and environment variables as layers of the settings. */

import { check } from "./check.ts";
import type { Environment } from "./environment.ts";
import { didYouMean } from "./nearest.ts";
import type { PartialValue } from "./schema.ts";
import { holdsSecret, secretsIn } from "./secrets.ts";
import { isServiceLink } from "./service-links.ts";
import { PREFIX, type Setting, settingsIn } from "./settings.ts";
import { TABLE, type Table } from "./table.ts";
import type { Issue } from "./types.ts";

/** The values of one source, as parts of both trees. */
export interface ConfigLayer {
  readonly run: PartialValue<(typeof TABLE)["run"]>;
  readonly target: PartialValue<(typeof TABLE)["target"]>;
}

type Entry = readonly [setting: Setting, name: string, raw: unknown];

/** Sets the value at a path of fields. */
export function setAt(root: Record<string, unknown>, path: readonly string[], value: unknown): void {
  let at = root;
  for (const key of path.slice(0, -1)) {
    at[key] ??= {};
    at = at[key] as Record<string, unknown>;
  }
  at[path.at(-1)!] = value;
}

function layer(entries: readonly Entry[], issues: Issue[]): ConfigLayer {
  const run: Record<string, unknown> = {};
  const target: Record<string, unknown> = {};
  for (const [setting, name, raw] of entries) {
    const value = check(setting.node, raw, name, issues);
    if (value !== undefined) setAt(setting.scope === "run" ? run : target, setting.path, value);
  }
  return { run, target };
}

/**
 * Reads PROPHET_AUTOSCALER_* variables. An unknown one is an issue, since a misspelt limit must not be lost silently. An empty one counts as
 * not given.
 * Those of a Service with our name get a note.
 */
export function fromEnvironment(
  env: Environment,
  issues: Issue[],
  notes: string[] = [],
  table: Table = TABLE,
): ConfigLayer {
  const given = Object.entries(env).filter(([name, value]) => name.startsWith(PREFIX) && value && !IGNORED.has(name));
  if (given.length === 0) return { run: {}, target: {} };
  const known = new Map(settingsIn(table).map((s) => [s.variable, s]));
  const entries: Entry[] = [];
  for (const [name, value] of given) {
    const setting = known.get(name);
    if (setting === undefined && isServiceLink(name, env)) {
      notes.push(
        `${name} is ignored: Kubernetes sets it for a Service of that name. enableServiceLinks: false prevents it.`,
      );
    } else if (setting === undefined) {
      issues.push({ path: name, message: `is not a known variable.${didYouMean(name, [...known.keys()])}` });
    } else entries.push([setting, name, value]);
  }
  return layer(entries, issues);
}

/** The values of the variables that contain a secret. */
export function secretVariables(env: Environment, table: Table = TABLE): readonly string[] {
  const secret = settingsIn(table).filter(({ node }) => holdsSecret(node));
  return secret.flatMap(({ node, variable }) => secretsIn(node, env[variable]).values);
}

/** Reads flags, by name without dashes; those that are not settings are left to the command line. */
export function fromFlags(
  flags: Readonly<Record<string, unknown>>,
  issues: Issue[],
  table: Table = TABLE,
): ConfigLayer {
  const entries = settingsIn(table).flatMap((s): Entry[] =>
    s.flag === null || flags[s.flag] === undefined ? [] : [[s, `--${s.flag}`, flags[s.flag]]],
  );
  return layer(entries, issues);
}

/** Read elsewhere: the file's name is needed before the file. */
const IGNORED: ReadonlySet<string> = new Set([`${PREFIX}CONFIG`]);
