/** Reads a secret from a file, as a mounted Secret provides it. */
import { readNamed } from "../bounded-file.ts";

/** The file's text without the line end that editors and `echo` add. Rejects, and names the file, where it cannot be read or is empty. */
export async function readSecret(file: string): Promise<string> {
  // people write the secret itself where its file belongs
  const shown = /^\.{0,2}\//.test(file) ? file : "[hidden: no path, and maybe the secret itself]";
  const text = (await readNamed(file, shown)).toString().trim();
  if (text === "") throw new Error(`${shown} is empty`);
  return text;
}
