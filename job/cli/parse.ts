/** Parses the command line by yargs: commands, flags from the table, help with examples, unknown names refused. */
import yargs, { type Argv, type Options } from "yargs";
import { rangeOf, show } from "../config/check.ts";
import { didYouMean } from "../config/nearest.ts";
import type { Node } from "../config/schema.ts";
import { formatUnit } from "../config/units.ts";
import { type Chosen, type Io, UsageError } from "./io.ts";
import { COMMANDS, type CommandSpec, type Option } from "./options.ts";

/** What is written in `--help` behind a flag: what it is, what it accepts, its default. */
export function describe(node: Node): string {
  const notes: string[] = [];
  if (node.kind === "quantity") {
    notes.push(rangeOf(node, " to "));
    if (node.default !== undefined) notes.push(`default: ${formatUnit(node.unit, node.default)}`);
  }
  if (node.kind === "choice") notes.push(node.values.join(", "));
  if ((node.kind === "text" || node.kind === "choice") && node.default !== undefined)
    notes.push(`default: ${node.default}`);
  return [node.about, ...notes.map((note) => `[${note}]`)].join(" ");
}

function toYargs(option: Option): Options {
  const base = { group: option.group, describe: describe(option.node) };
  return option.node.kind === "toggle" ? { ...base, type: "boolean" } : { ...base, type: "string", requiresArg: true };
}

function addCommand(program: Argv, spec: CommandSpec, choose: (chosen: Chosen) => void): Argv {
  const build = (y: Argv): Argv => {
    const flags: Argv = y.options(Object.fromEntries(spec.options.map((o) => [o.flag, toYargs(o)])));
    const all = spec.file === undefined ? flags : flags.positional("file", { type: "string", describe: spec.file });
    return spec.examples.reduce((sum, [line, about]) => sum.example(line, about), all);
  };
  return program.command(spec.form, spec.about, build, (flags) => choose({ spec, flags }));
}

/** Parses argv into a command and its flags, or into the text of `--help` or `--version`. Throws UsageError. */
export function parse(
  io: Pick<Io, "argv" | "version" | "columns">,
  commands: readonly CommandSpec[] = COMMANDS,
): Chosen | string {
  const box: { chosen?: Chosen; text?: string; failure?: string } = {};
  let program: Argv = yargs()
    .scriptName("prophet-autoscaler")
    .locale("en")
    .version(io.version)
    .help()
    .exitProcess(false)
    .wrap(Math.min(120, Math.max(40, io.columns)))
    .strict()
    .parserConfiguration({
      "camel-case-expansion": false,
      "duplicate-arguments-array": false,
      "dot-notation": false,
      "boolean-negation": false,
    })
    .epilogue(
      "Every setting can stand in the file, in the environment (PROPHET_AUTOSCALER_*) or here; see docs/configuration.md.",
    );
  for (const spec of commands) program = addCommand(program, spec, (chosen) => Object.assign(box, { chosen }));
  program.parse([...io.argv], {}, (error, _argv, output) => {
    if (error !== undefined && error !== null) box.failure = error.message;
    else if (output !== "") box.text = output;
  });
  if (box.failure !== undefined) throw new UsageError(explainFailure(box.failure, io.argv, commands));
  if (box.text !== undefined) return `${box.text}\n`;
  if (box.chosen === undefined) throw new UsageError(`${show(io.argv.join(" "))} is not a command; see --help.`);
  return box.chosen;
}

/** Adds the nearest name to yargs' own message about an unknown flag or command. */
function explainFailure(message: string, argv: readonly string[], commands: readonly CommandSpec[]): string {
  const unknown = /^Unknown (?:argument|command)s?: (.+)$/m.exec(message);
  if (unknown === null) return `${message.split("\n")[0]} See --help.`;
  const spec = commands.find((c) => argv.includes(c.name)) ?? commands[0]!;
  const words = unknown[1]!.split(", ").map((word) => {
    const isFlag = argv.some((a) => a === `--${word}` || a.startsWith(`--${word}=`));
    const known = isFlag ? spec.options.map((o) => o.flag) : commands.map((c) => c.name);
    return `${isFlag ? "--" : ""}${word} is not known.${didYouMean(word, known).replace("mean ", isFlag ? "mean --" : "mean ")}`;
  });
  return `${words.join(" ")} See --help.`;
}
