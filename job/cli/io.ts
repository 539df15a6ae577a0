/** What a command gets from outside in place of `process`, and the error of bad usage. */
import type { CommandSpec } from "./options.ts";

/** The world as a command sees it; tests give their own. */
export interface Io {
  /** Arguments without node and script. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly version: string;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Width of the terminal, for plots. */
  readonly columns: number;
  readonly color: boolean;
}

/** Flags and positionals as parsed: texts, and true/false for switches. */
export type Flags = Readonly<Record<string, unknown>>;

/** A parsed command line. */
export interface Chosen {
  readonly spec: CommandSpec;
  readonly flags: Flags;
}

/** A command: gives its exit code. */
export type Command = (flags: Flags, io: Io) => Promise<number>;

/** Wrong use of the command line: exit code 2, the message is the whole answer. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** It could not be done, for a reason that the message names whole: exit code 1, no stack. */
export class CommandError extends Error {
  override readonly name = "CommandError";
}
