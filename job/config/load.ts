/** Loads the settings: file, environment and flags in, checked settings out, or one error with everything that is wrong. */
import { check } from "./check.ts";
import { fromEnvironment, fromFlags, PREFIX } from "./layers.ts";
import { resolve } from "./resolve.ts";
import type { Part } from "./schema.ts";
import { FILE_SCHEMA } from "./settings-schema.ts";
import type { Issue, Settings } from "./types.ts";

/** Where settings come from. */
export interface Sources {
  /** Flags by name without dashes; `config` names the file. */
  readonly flags: Readonly<Record<string, unknown>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Reads a text file; rejects when it cannot. */
  readonly readFile: (path: string) => Promise<string>;
  /** Fields that count as given when nobody sets them (with a history file the workload needs no name). */
  readonly fallback?: Part<typeof FILE_SCHEMA>;
}

/** The settings are wrong; `issues` holds all that is. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly issues: readonly Issue[];
  constructor(issues: readonly Issue[], source: string) {
    const count = `${issues.length} thing${issues.length === 1 ? "" : "s"} to correct`;
    super(`${source}: ${count}\n${issues.map(line).join("\n")}`);
    this.issues = issues;
  }
}

function line(issue: Issue): string {
  return `  ${issue.path === "" ? "file" : issue.path}: ${issue.message}`;
}

/** Loads and checks. Throws ConfigError with all issues at once. */
export async function loadSettings(sources: Sources): Promise<Settings> {
  const issues: Issue[] = [];
  const named = sources.flags.config ?? sources.env[`${PREFIX}CONFIG`];
  const path = typeof named === "string" && named !== "" ? named : null;
  const file = path === null ? {} : await readConfig(path, sources.readFile, issues);
  const notes: string[] = [];
  const environment = fromEnvironment(sources.env, issues, notes);
  const flags = fromFlags(sources.flags, issues);
  const settings = resolve(withFallback(file, sources.fallback), environment, flags, issues);
  if (issues.length > 0) throw new ConfigError(issues, path ?? "Settings");
  return notes.length === 0 ? settings : { ...settings, notes };
}

function withFallback(file: Part<typeof FILE_SCHEMA>, fallback: Part<typeof FILE_SCHEMA> | undefined) {
  return fallback === undefined || (file.targets ?? []).length > 0
    ? file
    : { ...file, targets: fallback.targets ?? [] };
}

async function readConfig(
  path: string,
  readFile: Sources["readFile"],
  issues: Issue[],
): Promise<Part<typeof FILE_SCHEMA>> {
  let text: string;
  try {
    text = await readFile(path);
  } catch (cause) {
    issues.push({ path: "--config", message: `${JSON.stringify(path)} cannot be read: ${String(cause)}` });
    return {};
  }
  // 18 ms that a run without a file does not pay
  const { parseDocument } = await import("yaml");
  const document = parseDocument(text, { prettyErrors: true });
  for (const error of [...document.errors, ...document.warnings]) {
    issues.push({ path: `${path}`, message: error.message.trim() });
  }
  if (document.errors.length > 0) return {};
  const content: unknown = document.toJS({ maxAliasCount: 100 });
  // an editor's hint to the schema is not a setting
  if (typeof content === "object" && content !== null && "$schema" in content) {
    const { $schema: _schema, ...rest } = content;
    return check(FILE_SCHEMA, rest, "", issues) ?? {};
  }
  return check(FILE_SCHEMA, content ?? {}, "", issues) ?? {};
}
