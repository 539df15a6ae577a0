/** Applies each mutant that test/mutants lists to a copy of the code, and expects the named tests to fail. */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { transform } from "esbuild";
import { startTester, type Tester } from "../bench/mutation/tester.ts";

const ROOT = join(import.meta.dirname, "..");
const LISTS = join(ROOT, "test/mutants");

/** One way to break a file on purpose. A test must notice it. */
export interface Mutant {
  readonly name: string;
  readonly file: string;
  /** [what stands there, what takes its place], one after the other; each must be found exactly once. */
  readonly edits: readonly (readonly [search: string, replace: string])[];
  /** Unit tests of which one must fail. */
  readonly tests: readonly string[];
}

/** All mutants of test/mutants/*.json, in the order of their lists. */
export function mutants(): readonly Mutant[] {
  const lists = readdirSync(LISTS).filter((name) => name.endsWith(".json"));
  return lists.sort().flatMap((name) => JSON.parse(readFileSync(join(LISTS, name), "utf8")) as readonly Mutant[]);
}

/** The broken text of a file. Throws where an edit is not found, or found twice: then the code has moved on, and the list must too. */
export function mutate({ name, file, edits }: Mutant, text: string): string {
  return edits.reduce((made, [search, replace]) => {
    const found = made.split(search).length - 1;
    if (found !== 1) throw new Error(`mutant "${name}": ${JSON.stringify(search)} is ${found} times in ${file}`);
    return made.replace(search, () => replace);
  }, text);
}

/** Copies everything that unit tests need into a temporary folder and returns its path. The packages are a link. The caller removes it. */
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

/** The test file that notices the mutant; "time" where the tests no longer end; null: it lives. Rejects where the tests fail without it. */
async function killerOf(mutant: Mutant, tester: Tester): Promise<string | null> {
  const { file, tests } = mutant;
  const original = readFileSync(join(ROOT, file), "utf8");
  const text = mutate(mutant, original);
  // a mutant that is no TypeScript would fail every test and prove nothing
  await transform(text, { loader: "ts" });
  return tester.killer({ file, text, original, tests, related: false });
}

/** Those with the same tests together, for they are measured once without a mutant; the most first. */
function groupsOf(chosen: readonly Mutant[]): Mutant[][] {
  const groups = Object.values(Object.groupBy(chosen, ({ tests }) => tests.join(" ")));
  return groups.map((group) => group!).sort((a, b) => b.length - a.length);
}

/** Those alone whose name or file has all the words. */
async function main(words: readonly string[]): Promise<number> {
  const chosen = mutants().filter(({ name, file }) => words.every((word) => `${name} ${file}`.includes(word)));
  const waiting = groupsOf(chosen);
  const folders = Array.from({ length: availableParallelism() }, copyOfTests);
  let lived = 0;
  let failed = 0;
  // each lane has a copy of its own and takes the next group
  const lane = async (folder: string) => {
    const tester = await startTester(folder);
    try {
      for (let group = waiting.shift(); group !== undefined; group = waiting.shift()) {
        for (const mutant of group) {
          try {
            const killer = await killerOf(mutant, tester);
            if (killer === null) lived++;
            console.log(killer === null ? `LIVES   ${mutant.name}` : `killed  ${mutant.name}: ${killer}`);
          } catch (error) {
            // the other lane goes on: what it finds is worth as much
            failed++;
            console.log(`FAILS   ${mutant.name}: ${(error as Error).message}`);
          }
        }
      }
    } finally {
      tester.stop();
    }
  };
  try {
    await Promise.all(folders.map(lane));
  } finally {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  }
  console.log(`${chosen.length} mutants, ${lived} live, ${failed} could not be judged`);
  return chosen.length > 0 && lived + failed === 0 ? 0 : 1;
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2));
