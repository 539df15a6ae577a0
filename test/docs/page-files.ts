/** The project's pages: every Markdown file that somebody wrote or a script made, and the commands in them. */
import { readdirSync, readFileSync } from "node:fs";

const FOLDERS = [".github", "bench", "docs", "fixtures", "job", "manifests", "scripts", "stress-app", "test"];

/** Paths from the root, in order; what tools installed is left out. */
export function pageFiles(): readonly string[] {
  const below = FOLDERS.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => `${folder}/${name}`),
  );
  return [...readdirSync("."), ...below]
    .filter((path) => path.endsWith(".md") && !/(^|\/)(node_modules|dist|cache)\//.test(path))
    .sort();
}

/** The blocks marked `sh` of a page, as they stand there. */
export function shellBlocksOf(path: string): readonly string[] {
  return [...readFileSync(path, "utf8").matchAll(/```sh\n(.*?)```/gs)].map(([, block]) => block!);
}

/** The commands of a block, a line each; continued lines are joined, comments left out. */
export function commandLines(block: string): readonly string[] {
  return block
    .replace(/\\\n\s*/g, "")
    .split("\n")
    .map((line) => line.replace(/(^|\s)# .*$/, "").trim())
    .filter((line) => line !== "");
}

export const pageCommandsOf = (path: string): readonly string[] => shellBlocksOf(path).flatMap(commandLines);
