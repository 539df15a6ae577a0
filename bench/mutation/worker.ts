/** A long-lived process that runs chosen unit tests over a changed source; vitest keeps what did not change. */
import { writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { createVitest, type TestSpecification } from "vitest/node";

/** What is asked: with this text in this file, do these tests pass? */
export interface Question {
  readonly file: string;
  readonly text: string;
  /** The text to go back to. */
  readonly original: string;
  /** In the order in which they are to run; those that do not import the file are left out. */
  readonly tests: readonly string[];
}

/** `failed` names the first test that failed; null: all passed. */
export interface Answer {
  readonly failed: string | null;
}

const [folder = ""] = process.argv.slice(2);
/** The order in which the tests of the question are run; vitest's own takes what was slow first. */
let order: readonly string[] = [];
const rank = ({ moduleId }: TestSpecification) => order.findIndex((test) => moduleId.endsWith(test));
class Asked {
  shard(files: TestSpecification[]): TestSpecification[] {
    return files;
  }
  sort(files: TestSpecification[]): TestSpecification[] {
    return files.toSorted((a, b) => rank(a) - rank(b));
  }
}
const silent = { onTestRunEnd: () => {} };
const vitest = await createVitest("test", {
  root: folder,
  watch: false,
  bail: 1,
  // a busy machine is no failure; what never ends is ended from outside
  testTimeout: 600_000,
  hookTimeout: 600_000,
  project: ["unit", "process"],
  reporters: [silent],
  pool: "threads",
  isolate: false,
  maxWorkers: 1,
  fileParallelism: false,
  sequence: { sequencer: Asked },
});

/** Of each source the tests that import it, directly or not. */
const related = new Map<string, readonly TestSpecification[]>();

// whoever asks is gone: nothing may stay behind
process.on("disconnect", () => process.exit());
process.on("message", async (question: Question) => {
  process.send?.(await answer(question));
});
process.send?.("ready");

async function answer({ file, text, original, tests }: Question): Promise<Answer> {
  const path = join(folder, file);
  writeFileSync(path, text);
  vitest.invalidateFile(path);
  try {
    order = tests;
    const chosen = await testsThatImport(path, tests);
    const { testModules, unhandledErrors } = await vitest.runTestSpecifications([...chosen], false);
    // the list holds the modules of earlier runs too, as they ended then
    const asked = new Set(chosen.map(({ moduleId }) => moduleId));
    const failed = testModules.find((module) => asked.has(module.moduleId) && !module.ok());
    if (failed !== undefined) return { failed: relative(folder, failed.moduleId) };
    return { failed: unhandledErrors.length > 0 ? "an unhandled error" : null };
  } finally {
    writeFileSync(path, original);
    vitest.invalidateFile(path);
  }
}

async function testsThatImport(path: string, tests: readonly string[]): Promise<readonly TestSpecification[]> {
  const known = related.get(path);
  if (known !== undefined) return known;
  vitest.config.related = [path];
  const found = await vitest.getRelevantTestSpecifications(tests.map((test) => join(folder, test)));
  if (found.length === 0) throw new Error(`no test imports ${path}`);
  related.set(path, found);
  return found;
}
