/** What some tests take from Linux: a terminal by util-linux's `script`, whose flags macOS has not, and a disk that is always full. Elsewhere they say that they are skipped. */
import { existsSync } from "node:fs";

export const SCRIPT = "/usr/bin/script";
export const FULL_DISK = "/dev/full";

/** Whether a program can be run in a terminal here; says it where not. */
export function hasTerminal(): boolean {
  return told(process.platform === "linux" && existsSync(SCRIPT), `${SCRIPT} of util-linux, which opens a terminal`);
}

/** Whether there is a disk that is full; says it where not. */
export function hasFullDisk(): boolean {
  return told(existsSync(FULL_DISK), FULL_DISK);
}

function told(has: boolean, what: string): boolean {
  if (!has) console.log(`skipped: ${what} is not there`);
  return has;
}
