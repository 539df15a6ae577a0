/** Reads a secret from a file, as a mounted Secret provides it. */
import { readFile } from "node:fs/promises";

/** The file's text without the line end that editors and `echo` add. Rejects where it cannot be read, or is empty. */
export async function readSecret(file: string): Promise<string> {
  const text = (await readFile(file, "utf8")).trim();
  if (text === "") throw new Error(`${file} is empty`);
  return text;
}
