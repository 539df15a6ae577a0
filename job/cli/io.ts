/** What a command gets from outside in place of `process`, guarded: nothing leaves it with a secret or a control character in it. */
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

/** The world as a command sees it. */
export interface Io extends Process {
  /** The one redactor of this process: what is read learns here which secrets it holds. */
  readonly redactor: Redactor;
  /** Writes a drawing to stdout, or to stderr, whose colours and moves are control characters; nothing in it comes from outside but numbers. */
  readonly draw: (text: string) => void;
  readonly drawErr: (text: string) => void;
}

/** The process with a guard before its outputs. */
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

/** Wrong use of the command line: exit code 2, the message is the whole answer. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** It could not be done, for a reason that the message names whole: exit code 1, no stack. */
export class CommandError extends Error {
  override readonly name = "CommandError";
}
