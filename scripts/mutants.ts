/** Applies each mutant that test/mutants lists to a copy of the code, and expects the named tests to fail. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { transform } from "esbuild";

const ROOT = join(import.meta.dirname, "..");
const LISTS = join(ROOT, "test/mutants");

/** One way to break a file. */
export interface Mutant {
  readonly name: string;
  readonly file: string;
  /** [what stands there, what takes its place], one after the other; each must be found exactly once. */
  readonly edits: readonly (readonly [search: string, replace: string])[];
  /** Unit tests of which one must fail. */
  readonly tests: readonly string[];
}

/** All mutants, in the order of their lists. */
export function mutants(): readonly Mutant[] {
  const lists = readdirSync(LISTS).filter((name) => name.endsWith(".json"));
  return lists.sort().flatMap((name) => JSON.parse(readFileSync(join(LISTS, name), "utf8")) as readonly Mutant[]);
}

/** The broken text. Throws where an edit is not found, or found twice: the code has moved on, and the list must too. */
export function mutate({ name, file, edits }: Mutant, text: string): string {
  return edits.reduce((made, [search, replace]) => {
    const found = made.split(search).length - 1;
    if (found !== 1) throw new Error(`mutant "${name}": ${JSON.stringify(search)} is ${found} times in ${file}`);
    return made.replace(search, () => replace);
  }, text);
}

/** A copy of everything that unit tests need; the packages by a link. */
export function copyOfTests(): string {
  const folder = mkdtempSync(join(tmpdir(), "mutants-"));
  const files = spawnSync("git", ["ls-files", "-co", "--exclude-standard"], { cwd: ROOT, encoding: "utf8" }).stdout;
  for (const file of files.split("\n").filter((path) => path !== "")) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    cpSync(join(ROOT, file), join(folder, file));
  }
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  return folder;
}

/** Whether the tests pass in the copy. The first failure ends the run: what hangs costs one limit, not one a test. */
async function pass(folder: string, tests: readonly string[]): Promise<boolean> {
  const args = ["--no-install", "vitest", "run", "--project", "unit", "--project", "process", "--bail", "1", ...tests];
  const [code] = (await once(spawn("npx", args, { cwd: folder, stdio: "ignore" }), "close")) as [number | null];
  return code === 0;
}

/** Breaks the copy, runs the mutant's tests, and mends the copy. */
async function isKilled(mutant: Mutant, folder: string): Promise<boolean> {
  const path = join(folder, mutant.file);
  const text = readFileSync(path, "utf8");
  const broken = mutate(mutant, text);
  // a mutant that is no TypeScript would fail every test and prove nothing
  await transform(broken, { loader: "ts" });
  writeFileSync(path, broken);
  const killed = !(await pass(folder, mutant.tests));
  writeFileSync(path, text);
  return killed;
}

async function main(words: readonly string[]): Promise<number> {
  const chosen = mutants().filter(({ name, file }) => words.every((word) => `${name} ${file}`.includes(word)));
  const waiting = [...chosen];
  const folders = Array.from({ length: availableParallelism() }, copyOfTests);
  let lived = 0;
  // each lane has a copy of its own and takes the next mutant
  const lane = async (folder: string) => {
    for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
      const killed = await isKilled(mutant, folder);
      if (!killed) lived++;
      console.log(`${killed ? "killed" : "LIVES "}  ${mutant.name}`);
    }
  };
  try {
    const tests = [...new Set(chosen.flatMap((mutant) => mutant.tests))];
    if (!(await pass(folders[0]!, tests))) throw new Error(`the tests fail without any mutant: ${tests.join(" ")}`);
    await Promise.all(folders.map(lane));
  } finally {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  }
  console.log(`${chosen.length} mutants, ${lived} live`);
  return chosen.length > 0 && lived === 0 ? 0 : 1;
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2));
