/** A long-lived process that runs chosen unit tests over a changed source, again and again: vitest keeps what did not change. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createVitest, type TestSpecification } from "vitest/node";

/** What is asked: with this text in this file, do these tests pass? */
export interface Question {
  readonly folder: string;
  readonly file: string;
  readonly text: string;
  /** The text to go back to. */
  readonly original: string;
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
  project: ["unit"],
  reporters: [silent],
  pool: "threads",
  isolate: false,
  maxWorkers: 1,
  fileParallelism: false,
  sequence: { sequencer: Asked },
});

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
    const all = await vitest.globTestSpecifications(tests.map((test) => join(folder, test)));
    const { testModules, unhandledErrors } = await vitest.runTestSpecifications(all, false);
    const failed = testModules.find((module) => !module.ok());
    return { failed: failed?.moduleId ?? (unhandledErrors.length > 0 ? "an unhandled error" : null) };
  } finally {
    writeFileSync(path, original);
    vitest.invalidateFile(path);
  }
}
