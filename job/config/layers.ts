/** Flags and environment variables as layers of the schema: which exist, and what they set. */
import { check } from "./check.ts";
import { TARGET } from "./defaults.ts";
import { didYouMean } from "./nearest.ts";
import type { Group, Node, Part } from "./schema.ts";
import { isServiceLink } from "./service-links.ts";
import { RUN } from "./settings-schema.ts";
import type { Issue } from "./types.ts";

/** A scalar that can be set from outside the file. */
export interface Setting {
  /** Which tree it belongs to. */
  readonly scope: "run" | "target";
  readonly path: readonly string[];
  readonly node: Node;
  /** Its flag without dashes, if it has one. */
  readonly flag: string | null;
  readonly variable: string;
}

/** What one source says, as parts of both trees. */
export interface Layer {
  readonly run: Part<typeof RUN>;
  readonly target: Part<typeof TARGET>;
}

export const PREFIX = "PROPHET_AUTOSCALER_";

function variableOf(path: readonly string[]): string {
  return PREFIX + path.map((p) => p.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toUpperCase()).join("_");
}

function walk(scope: Setting["scope"], node: Group, path: readonly string[]): Setting[] {
  return Object.entries(node.fields).flatMap(([key, field]): Setting[] => {
    const here = [...path, key];
    if (field.kind === "group") return walk(scope, field, here);
    if (field.kind === "list" || field.kind === "dict") return [];
    return [{ scope, path: here, node: field, flag: field.flag ?? null, variable: variableOf(here) }];
  });
}

/** All settings that have a flag or a variable, in the order of the docs. */
export const SETTINGS: readonly Setting[] = [...walk("target", TARGET, []), ...walk("run", RUN, [])];

function put(root: Record<string, unknown>, path: readonly string[], value: unknown): void {
  let at = root;
  for (const key of path.slice(0, -1)) {
    at[key] ??= {};
    at = at[key] as Record<string, unknown>;
  }
  at[path.at(-1)!] = value;
}

function layer(entries: readonly (readonly [Setting, string, unknown])[], issues: Issue[]): Layer {
  const run: Record<string, unknown> = {};
  const target: Record<string, unknown> = {};
  for (const [setting, name, raw] of entries) {
    const value = check(setting.node, raw, name, issues);
    if (value !== undefined) put(setting.scope === "run" ? run : target, setting.path, value);
  }
  return { run: run as Part<typeof RUN>, target: target as Part<typeof TARGET> };
}

/** Reads PROPHET_AUTOSCALER_* variables; an unknown one is an issue, for a misspelt limit must not be silently lost. Empty is "not given". Those of a Service named like us get a note. */
export function fromEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  issues: Issue[],
  notes: string[] = [],
): Layer {
  const known = new Map(SETTINGS.map((s) => [s.variable, s]));
  const entries: (readonly [Setting, string, unknown])[] = [];
  for (const [name, value] of Object.entries(env)) {
    if (!name.startsWith(PREFIX) || value === undefined || value === "" || IGNORED.has(name)) continue;
    const setting = known.get(name);
    if (setting === undefined && isServiceLink(name, env)) {
      notes.push(`${name} is ignored: it tells of a Service of that name; enableServiceLinks: false keeps such away.`);
    } else if (setting === undefined) {
      issues.push({ path: name, message: `is not a known variable.${didYouMean(name, [...known.keys()])}` });
    } else entries.push([setting, name, value]);
  }
  return layer(entries, issues);
}

/** Reads flags, by name without dashes; those that are not settings are left to the command line. */
export function fromFlags(flags: Readonly<Record<string, unknown>>, issues: Issue[]): Layer {
  const entries = SETTINGS.flatMap((s): (readonly [Setting, string, unknown])[] =>
    s.flag === null || flags[s.flag] === undefined ? [] : [[s, `--${s.flag}`, flags[s.flag]]],
  );
  return layer(entries, issues);
}

/** Read elsewhere: the file's own name comes before the file. */
const IGNORED: ReadonlySet<string> = new Set([`${PREFIX}CONFIG`]);

/** The setting of a node, or null when it has neither flag nor variable. */
export function settingOf(node: Node): Setting | null {
  return SETTINGS.find((s) => s.node === node) ?? null;
}
