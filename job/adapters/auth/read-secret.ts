/** Reads a secret from a file, as a Secret's volume mounts it. */
import { readFile } from "node:fs/promises";
import { fileSentence } from "../../output/file-problem.ts";

/** Its text without the line end that editors and `echo` leave. Rejects, and names the file, when it cannot be read or holds nothing. */
export async function readSecret(file: string): Promise<string> {
  const whole = await readFile(file, "utf8").catch((error: unknown) => {
    throw new Error(fileSentence(error, file));
  });
  const text = whole.trim();
  if (text === "") throw new Error(`${file} is empty`);
  return text;
}
