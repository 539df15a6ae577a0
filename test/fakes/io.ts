/** What the command line sees of a process that is no terminal: plain text of 100 columns, nobody who presses Ctrl-C. */
import type { Io } from "../../job/cli/io.ts";

/** All of Io but the arguments, the environment and the streams. */
export const QUIET = {
  columns: Number.POSITIVE_INFINITY,
  color: false,
  unicode: true,
  errColumns: null,
  interruption: () => new AbortController().signal,
  flush: async () => null,
} as const satisfies Partial<Io>;
