/** Parses a plain run without yargs: known flags with their values and nothing else. Anything unusual is left to yargs. */
import type { ParsedCommand } from "./io.ts";
import { COMMANDS, type CommandSpec } from "./options.ts";

/** The run that these arguments ask for, exactly as yargs reads them; null: they are not plain. */
export function parseQuickly(
  argv: readonly string[],
  commands: readonly CommandSpec[] = COMMANDS,
): ParsedCommand | null {
  const spec = commands[0]!;
  const flags: Record<string, string | boolean> = {};
  for (let i = 0; i < argv.length; i++) {
    const [, name, inline] = /^--([a-z][a-z-]*)(?:=(.*))?$/s.exec(argv[i]!) ?? [];
    const option = spec.options.find((o) => o.flag === name);
    if (name === undefined || option === undefined || Object.hasOwn(flags, name)) return null;
    if (option.node.kind === "toggle") {
      if (inline !== undefined || /^(true|false)$/.test(argv[i + 1] ?? "")) return null;
      flags[name] = true;
      continue;
    }
    const value = inline ?? argv[++i];
    // quotes are taken off by yargs, and what begins with a dash may be the next flag
    if (value === undefined || value === "" || /^[-"']|["']$/.test(value)) return null;
    flags[name] = value;
  }
  return { spec, flags };
}
