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
  /** Characters of a line of the answer; Infinity where it goes to no terminal and COLUMNS is not set. */
  readonly columns: number;
  readonly color: boolean;
  /** Whether the reader's terminal draws more than ASCII; TERM=dumb does not. */
  readonly unicode: boolean;
  /** Characters of a line of stderr; null where it is no terminal whose line can be written over. */
  readonly errColumns: number | null;
  /** From this call on Ctrl-C aborts the signal in place of ending the process; a second one ends it. */
  readonly interruption: () => AbortSignal;
  /** Waits until the answer is out; why it is not, where the reader did not just go away. */
  readonly flush: () => Promise<Error | null>;
}

/** Exit code of a command that Ctrl-C ended, as shells have it: 128 + SIGINT. */
export const INTERRUPTED = 130;

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
