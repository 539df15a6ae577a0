/** Reads a command's own flags: checked by the settings' schema, with defaults filled in. */

import { check, show } from "../config/check.ts";
import type { Issue } from "../config/types.ts";
import { MAX_POINTS } from "../core/policy/calibration.ts";
import type { LongHistory } from "../core/series/coarse.ts";
import { type Flags, UsageError } from "./io.ts";
import { COMMANDS, type CommandSpec } from "./options.ts";

/** A number given by a flag, or its default; undefined: neither. Throws UsageError with value and range. */
export function readOption(command: CommandSpec["name"], flag: string, flags: Flags): number | undefined {
  const node = COMMANDS.find((c) => c.name === command)?.options.find(
    (o) => o.flag === flag && o.setting === null,
  )?.node;
  if (node?.kind !== "quantity") throw new Error(`--${flag} is not a number of the command ${command}`);
  const raw = flags[flag];
  if (raw === undefined) return node.default;
  const issues: Issue[] = [];
  const value = check(node, raw, `--${flag}`, issues);
  if (issues[0] !== undefined) throw new UsageError(`${issues[0].path}: ${issues[0].message}`);
  return typeof value === "number" ? value : undefined;
}

/** Checks all of a command's own numbers before anything is read: a replay of a week must not end with a mistyped `--price`. Throws UsageError. */
export function checkNumbers({ name, options }: CommandSpec, flags: Flags): void {
  for (const { flag, node, setting } of options)
    if (setting === null && node.kind === "quantity") readOption(name, flag, flags);
}

/** The same for a flag that always has a value. */
export function numberOption(command: CommandSpec["name"], flag: string, flags: Flags): number {
  const value = readOption(command, flag, flags);
  if (value === undefined) throw new Error(`--${flag} of ${command} has no default`);
  return value;
}

/** The number of a flag that overrides a target's own value, if there is one. */
export function ownOption(command: CommandSpec["name"], flag: string, flags: Flags, own: number | undefined): number {
  return own !== undefined && flags[flag] === undefined ? own : numberOption(command, flag, flags);
}

/** Steps of a longer history: the default of prometheus.longHistory, or longer if a query could not return that many points. */
const LONG_STEPS = [300, 900, 3600, 3 * 3600, 86_400];

/** --long-history of a command for the forecasters; without the flag that of the settings. */
export function longHistoryOption(
  command: CommandSpec["name"],
  flags: Flags,
  own?: LongHistory | undefined,
): { readonly longHistory?: LongHistory } {
  const range = readOption(command, "long-history", flags);
  if (range === undefined) return own === undefined ? {} : { longHistory: own };
  const step = LONG_STEPS.find((size) => range <= size * MAX_POINTS) ?? LONG_STEPS.at(-1)!;
  return { longHistory: { range, step } };
}

/** A comma-separated list of known words, each once. Throws UsageError that names the unknown one. */
export function wordsOption<T extends string>(
  command: CommandSpec["name"],
  flag: string,
  flags: Flags,
  known: readonly T[],
): readonly T[] {
  const node = COMMANDS.find((c) => c.name === command)?.options.find((o) => o.flag === flag)?.node;
  const text = flags[flag] ?? (node?.kind === "text" ? node.default : undefined);
  const words = String(text ?? "")
    .split(",")
    .map((w) => w.trim())
    .filter((w) => w !== "");
  const wrong = words.filter((w) => !(known as readonly string[]).includes(w));
  if (wrong.length > 0 || words.length === 0) {
    throw new UsageError(
      `--${flag}: must be some of ${known.join(", ")}, with commas between them, got ${show(wrong.join(",") || text)}.`,
    );
  }
  return [...new Set(words)] as T[];
}
