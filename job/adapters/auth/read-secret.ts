/** Reads a secret from a file, as a Secret's volume mounts it. */
import { readFile } from "node:fs/promises";

/** Its text without the line end that editors and `echo` leave. Rejects when it cannot be read, or holds nothing. */
export async function readSecret(file: string): Promise<string> {
  const text = (await readFile(file, "utf8")).trim();
  if (text === "") throw new Error(`${file} is empty`);
  return text;
}
