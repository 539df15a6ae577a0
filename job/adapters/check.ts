/** What the doctor says of one thing, and the words for what was thrown. */

/** One line of the answer. `todo` says what to do, where something is to be done. */
export interface Check {
  readonly check: string;
  readonly status: "ok" | "warn" | "fail";
  readonly message: string;
  readonly todo?: string;
}

/** The message of whatever was thrown, with its cause. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause =
    error.cause instanceof Error && !error.message.includes(error.cause.message) ? `: ${error.cause.message}` : "";
  return `${error.message}${cause}`;
}
