/** Lists the settings that can be set outside the file, each with its flag, variable and heading, from the table. */
import type { Group, Node } from "./schema.ts";
import { TABLE, type Table } from "./table.ts";

/** A scalar that can be set from outside the file. */
export interface Setting {
  /** Which tree of the table it belongs to. */
  readonly scope: "run" | "target";
  readonly path: readonly string[];
  readonly node: Node;
  /** Its flag without dashes, if it has one. */
  readonly flag: string | null;
  readonly variable: string;
  /** Heading of its flag in `--help`. */
  readonly title: string;
}

/** What the names of our environment variables begin with. */
export const PREFIX = "PROPHET_AUTOSCALER_";

function variableOf(path: readonly string[]): string {
  return PREFIX + path.map((p) => p.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toUpperCase()).join("_");
}

/** A setting of a field. The name of its variable is made only when needed. */
class FieldSetting implements Setting {
  readonly scope: Setting["scope"];
  readonly path: readonly string[];
  readonly node: Node;
  readonly title: string;
  constructor(scope: Setting["scope"], path: readonly string[], node: Node, title: string) {
    this.scope = scope;
    this.path = path;
    this.node = node;
    this.title = title;
  }
  get flag(): string | null {
    return this.node.flag ?? null;
  }
  get variable(): string {
    return variableOf(this.path);
  }
}

function walk(scope: Setting["scope"], node: Group, path: readonly string[], title?: string): Setting[] {
  return Object.entries(node.fields).flatMap(([key, field]): Setting[] => {
    const here = [...path, key];
    if (field.kind === "group") return walk(scope, field, here, title ?? titleOf(key, field));
    if (field.kind === "list" || field.kind === "dict") return [];
    return [new FieldSetting(scope, here, field, title ?? "Run")];
  });
}

function titleOf(key: string, { title }: Group): string {
  return title ?? key.charAt(0).toUpperCase() + key.slice(1);
}

const made = new WeakMap<Table, readonly Setting[]>();

/** All settings of a table that have a flag or a variable, in the order of the docs. */
export function settingsIn(table: Table = TABLE): readonly Setting[] {
  const known = made.get(table) ?? [...walk("target", table.target, [], "Target"), ...walk("run", table.run, [])];
  made.set(table, known);
  return known;
}

const placed = new WeakMap<Table, ReadonlyMap<string, Setting>>();

/**
 * The setting at a place of the file, such as `targets[0].minReplicas` or `metrics.otlp`; null when it has neither flag nor variable. By its
 * place and not by its node: groups share nodes, and each place has a variable of its own.
 */
export function settingAt(path: string, table: Table = TABLE): Setting | null {
  const known = placed.get(table) ?? new Map(settingsIn(table).map((setting) => [setting.path.join("."), setting]));
  placed.set(table, known);
  return known.get(path.replace(/^(targets\[\d+\]|defaults)\./, "")) ?? null;
}
