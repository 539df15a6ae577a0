/** Parses the command line by yargs: commands, flags of the table, help with examples. Unknown names are refused. */
import yargs, { type Argv, type Options } from "yargs";
import { rangeOf, show } from "../config/check.ts";
import { didYouMean } from "../config/nearest.ts";
import type { Node } from "../config/schema.ts";
import { formatUnit } from "../config/units.ts";
import { type Flags, type Io, type ParsedCommand, UsageError } from "./io.ts";
import { COMMANDS, type CommandSpec } from "./options.ts";
import type { Option } from "./own-options.ts";

/** The request of the shell's completion; the words of the line follow. */
const COMPLETE = "--get-yargs-completions";

/** The text after a flag in `--help`: its meaning, accepted values and default. */
export function describe(node: Node): string {
  const notes: string[] = [];
  if (node.kind === "quantity") {
    notes.push(rangeOf(node, " to "));
    if (node.shareOf !== undefined) notes.push(`or a share such as 70% of ${node.shareOf}`);
    if (node.default !== undefined) notes.push(`default: ${formatUnit(node.unit, node.default)}`);
  }
  if (node.kind === "choice") notes.push(node.values.join(", "));
  if ((node.kind === "text" || node.kind === "choice") && node.default !== undefined)
    notes.push(`default: ${node.default}`);
  return [node.about, ...notes.map((note) => `[${note}]`)].join(" ");
}

function toYargs({ node, ...option }: Option): Options {
  const short = node.short === undefined ? {} : { alias: node.short };
  const base = { group: option.group, describe: describe(node), ...short };
  return node.kind === "toggle" ? { ...base, type: "boolean" } : { ...base, type: "string", requiresArg: true };
}

function addCommand(program: Argv, spec: CommandSpec, choose: (chosen: ParsedCommand) => void): Argv {
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
): ParsedCommand | string {
  const box: { chosen?: ParsedCommand; text?: string; failure?: string } = {};
  let program: Argv = yargs()
    .scriptName("prophet-autoscaler")
    .locale("en")
    .version(io.version)
    .alias("version", "v")
    .help()
    .alias("help", "h")
    .exitProcess(false)
    .wrap(Math.min(120, Math.max(40, io.columns)))
    .strict()
    .parserConfiguration({
      "camel-case-expansion": false,
      "dot-notation": false,
      "boolean-negation": false,
      "strip-aliased": true,
      "short-option-groups": false,
    })
    .epilogue(
      "Every setting can stand in the file, in the environment (PROPHET_AUTOSCALER_*) or here; see docs/configuration.md.",
    );
  for (const spec of commands) program = addCommand(program, spec, (chosen) => Object.assign(box, { chosen }));
  const completing = io.argv[0] === COMPLETE;
  if (completing) program = program.completion("completion", false);
  const argv = completing ? io.argv : commandFirst(io.argv, commands);
  program.parse([...argv], {}, (error, _argv, output) => {
    if (error !== undefined && error !== null) box.failure = error.message;
    else if (output !== "") box.text = output;
  });
  if (completing) return wordsOf(box.text ?? "");
  if (box.failure !== undefined) throw new UsageError(explainFailure(box.failure, argv, commands));
  if (box.text !== undefined) return `${box.text}\n`;
  if (box.chosen === undefined) throw new UsageError(`${show(io.argv.join(" "))} is not a command; see --help.`);
  return { ...box.chosen, flags: once(box.chosen, argv) };
}

/** The flags, each with its one value. Throws a UsageError if a flag has two different values, or one that none has. */
function once({ flags, spec: { name, options } }: ParsedCommand, argv: readonly string[]): Flags {
  const single = { ...flags };
  for (const { flag, node, setting } of options) {
    const given = node.kind === "toggle" ? switched(argv, flag) : flags[flag];
    const values = [...new Set<unknown>([given ?? []].flat())];
    const wrong = wrongValues(node, values, setting === null && flag !== "config");
    if (wrong !== null) throw new UsageError(`--${flag}${wrong} See ${name === "run" ? "" : `${name} `}--help.`);
    if (Array.isArray(given) && node.kind !== "toggle") single[flag] = values[0];
  }
  return single;
}

/** What is wrong with the values that a flag was given, after its name; null if nothing is. `own`: no setting, which is checked with the settings. */
function wrongValues(node: Node, values: readonly unknown[], own: boolean): string | null {
  if (values.length > 1) return ` appears twice, with ${values.map(show).join(" and ")}. Give it once.`;
  if (values.length === 0) return null;
  // yargs takes every other word for false: `--dry-run=client`, as kubectl has it, would scale
  if (node.kind === "toggle" && values[0] !== "true" && values[0] !== "false")
    return `: must be true or false, got ${show(values[0])}.`;
  return own && node.kind === "text" && values[0] === "" ? " needs a value." : null;
}

/** All values of a switch: yargs keeps only the last. */
function switched(argv: readonly string[], flag: string): readonly string[] {
  return argv.flatMap((word, i) => {
    if (word.startsWith(`--${flag}=`)) return [word.slice(flag.length + 3)];
    return word === `--${flag}` ? [argv[i + 1] === "false" ? "false" : "true"] : [];
  });
}

/** Words of a completion, a line each: without yargs' mark of the default command, and of flags the long form only. */
function wordsOf(text: string): string {
  const words = new Set(text.split("\n").filter((word) => word !== "" && !/^(\$0|--.)(:|$)/.test(word)));
  return [...words, ""].join("\n");
}

/**
 * The arguments with the command's word in front, and values of one-letter flags apart.
 * People also write flags before the command, where yargs would take its word for a switch's value, and `-nshop` as in kubectl.
 */
function commandFirst(argv: readonly string[], commands: readonly CommandSpec[]): readonly string[] {
  const options = commands.flatMap((spec) => spec.options).filter(({ node }) => node.kind !== "toggle");
  const takesValue = (word: string) =>
    options.some(({ flag, node }) => word === `--${flag}` || word === `-${node.short}`);
  const end = argv.includes("--") ? argv.indexOf("--") : argv.length;
  const words = argv.slice(0, end).flatMap((word) => {
    const short = options.find(({ node }) => node.short !== undefined && word.startsWith(`-${node.short}`));
    return short === undefined || word.length === 2 ? [word] : [`--${short.flag}`, word.slice(2).replace(/^=/, "")];
  });
  const rest = argv.slice(end);
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    if (commands.some(({ name }) => name === word)) return [word, ...words.slice(0, i), ...words.slice(i + 1), ...rest];
    if (takesValue(word)) i++;
    // the first word that is no flag is the file of a command that comes before it, or nothing we know
    else if (!word.startsWith("-")) break;
  }
  return [...words, ...rest];
}

/** yargs' own message about a wrong use, in the words of our commands, with the name that was probably meant. */
function explainFailure(message: string, argv: readonly string[], commands: readonly CommandSpec[]): string {
  const spec = commands.find((c) => c.name === argv[0]) ?? commands[0]!;
  const see = `See ${spec.name === "run" ? "" : `${spec.name} `}--help.`;
  const valueless = /^Not enough arguments following: (.+)$/m.exec(message)?.[1];
  if (valueless !== undefined) return `${dashed(valueless)} needs a value. ${see}`;
  if (/^Not enough non-option arguments/.test(message)) return `${spec.name} needs a FILE. ${see}`;
  const unknown = /^Unknown (?:argument|command)s?: (.+)$/m.exec(message)?.[1];
  if (unknown === undefined) return `${message.split("\n")[0]} ${see}`;
  const words = unknown.split(", ").map((word) => {
    if (!argv.some((a) => a.startsWith("-") && a.split("=")[0] === dashed(word))) {
      if (word === "run") return "The run has no word of its own: leave it out.";
      const known = commands.map((c) => c.name).filter((name) => name !== "run");
      return `${word} is not known.${didYouMean(word, known)}`;
    }
    const off = spec.options.find(({ flag, node }) => node.kind === "toggle" && word === `no-${flag}`);
    if (off !== undefined) return `--${word} is not known. Write --${off.flag}=false.`;
    const known = spec.options.map(({ flag }) => `--${flag}`);
    const other = commands.find(({ options }) => options.some(({ flag }) => flag === word));
    const hint =
      didYouMean(dashed(word), known) ||
      (other ? ` It belongs to ${other.name === "run" ? "the run, which needs no command" : other.name}.` : "");
    return `${dashed(word)} is not known.${hint}`;
  });
  return `${words.join(" ")} ${see}`;
}

function dashed(word: string): string {
  return word.length === 1 ? `-${word}` : `--${word}`;
}
