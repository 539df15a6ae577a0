/** The flags of a bench, as a table: it gives the parser, the help and the checks, so that every bench answers a mistake alike. */
import { type ParseArgsOptionDescriptor, parseArgs } from "node:util";
import { UsageError } from "../job/cli/io.ts";

/** One flag. */
export interface BenchFlag extends ParseArgsOptionDescriptor {
  readonly about: string;
  /** How its value is checked: a list of these words, or of whole numbers from 1, with commas between them; absent: any text. */
  readonly list?: readonly string[] | "numbers";
  /** Its value is one word or number, not a list. */
  readonly single?: true;
}

/** The flags of a bench by name. */
export type BenchFlags = Readonly<Record<string, BenchFlag>>;

/** Thrown for `--help`: the message is the help. */
export class HelpRequest extends Error {
  override readonly name = "HelpRequest";
  readonly flags: BenchFlags;
  constructor(flags: BenchFlags) {
    super(flagsText(flags));
    this.flags = flags;
  }
}

/** The values of the flags. Throws UsageError with one sentence and the list of flags for what is no flag or no value, and HelpRequest for `--help`. */
export function readFlags<T extends BenchFlags>(args: readonly string[], flags: T) {
  if (args.includes("--help") || args.includes("-h")) throw new HelpRequest(flags);
  const { values } = parsed(args, flags);
  for (const [name, flag] of Object.entries(flags))
    for (const text of [(values as Record<string, unknown>)[name] ?? []].flat()) check(name, flag, String(text));
  return values;
}

function parsed<T extends BenchFlags>(args: readonly string[], flags: T) {
  try {
    return parseArgs<{ args: string[]; options: T }>({ args: [...args], options: flags });
  } catch (error) {
    // Node's first sentence says what is wrong, its second how to pass such a word nevertheless
    throw new UsageError(`${(error as Error).message.split(". ")[0]}. The flags are:\n${flagsText(flags)}`);
  }
}

function check(name: string, { list, single, type }: BenchFlag, text: string): void {
  if (type === "boolean" || list === undefined) return;
  const wrong = (single ? [text] : text.split(",")).find((one) => {
    if (list !== "numbers") return !list.includes(one);
    return !/^\d+$/.test(one) || Number(one) < 1;
  });
  if (wrong === undefined) return;
  const must = list === "numbers" ? "a whole number from 1" : `one of ${list.join(", ")}`;
  throw new UsageError(`--${name}: must be ${must}, got ${JSON.stringify(wrong)}`);
}

/** One line a flag. */
function flagsText(flags: BenchFlags): string {
  const line = ([name, flag]: [string, BenchFlag]) => {
    const words = typeof flag.list === "object" ? ` (${flag.list.join(", ")})` : "";
    const preset = typeof flag.default === "string" || Array.isArray(flag.default) ? `; default ${flag.default}` : "";
    return `  --${`${name}${flag.type === "boolean" ? "" : " VALUE"}`.padEnd(16)} ${flag.about}${words}${preset}`;
  };
  return [...Object.entries(flags).map(line), `  --${"help".padEnd(16)} these lines`].join("\n");
}
