/** A command's access to the outside, in place of `process`. Its outputs are guarded: no secret and no control character leaves it. */
import { lines } from "../output/escape.ts";
import { createRedactor, type Redactor } from "../output/redactor.ts";
import type { CommandSpec } from "./options.ts";

/** The process as main.ts gives it; tests give their own. */
export interface Process {
  /** Arguments without node and script. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly version: string;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Characters of a line of the answer; Infinity where stdout is no terminal and COLUMNS is not set. */
  readonly columns: number;
  readonly color: boolean;
  /** Whether the reader's terminal draws more than ASCII; TERM=dumb does not. */
  readonly unicode: boolean;
  /** Characters of a line of stderr; null where it is not a terminal whose line can be overwritten. */
  readonly errColumns: number | null;
  /** From this call on Ctrl-C aborts the signal and does not end the process; a second one ends it. */
  readonly interruption: () => AbortSignal;
  /** Waits until the answer is written. Gives the error where it was not, unless the reader just went away. */
  readonly flush: () => Promise<Error | null>;
}

/** The outside as a command uses it. */
export interface Io extends Process {
  /** The redactor of this process, which learns every secret that is read. */
  readonly redactor: Redactor;
  /** Writes a drawing to stdout, or to stderr. Its colours and moves are control characters; only numbers in it come from outside. */
  readonly draw: (text: string) => void;
  readonly drawErr: (text: string) => void;
}

/** The process with guarded outputs. */
export function guarded(open: Process): Io {
  const redactor = createRedactor();
  const safe = (text: string) => lines(redactor(text));
  return {
    ...open,
    redactor,
    out: (text) => open.out(safe(text)),
    err: (text) => open.err(safe(text)),
    draw: open.out,
    drawErr: open.err,
  };
}

/** Exit code of a command that Ctrl-C ended, as shells have it: 128 + SIGINT. */
export const INTERRUPTED = 130;

/** Flags and positionals as parsed: texts, and true/false for switches. */
export type Flags = Readonly<Record<string, unknown>>;

/** A parsed command line. */
export interface ParsedCommand {
  readonly spec: CommandSpec;
  readonly flags: Flags;
}

/** A command: gives its exit code. */
export type Command = (flags: Flags, io: Io) => Promise<number>;

/** Wrong use of the command line: exit code 2. The message is the whole answer. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The command failed for a reason that the message explains fully: exit code 1, no stack. */
export class CommandError extends Error {
  override readonly name = "CommandError";
}
