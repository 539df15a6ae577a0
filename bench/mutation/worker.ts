/** A long-lived process that runs chosen unit tests over a changed source; vitest keeps what did not change. */
import { writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { createVitest, type TestSpecification } from "vitest/node";
import { type TestsAnswer, type TestsQuestion, testsKeyOf } from "./question.ts";

const [folder = ""] = process.argv.slice(2);
/** The order in which the tests of the question are run; vitest's own takes what was slow first. */
let order: readonly string[] = [];
const rank = ({ moduleId }: TestSpecification) => order.findIndex((test) => moduleId.endsWith(test));
class QuestionOrder {
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
  sequence: { sequencer: QuestionOrder },
});

/** What is run for a question, by its key. */
const known = new Map<string, readonly TestSpecification[]>();

// whoever asks is gone: nothing may stay behind
process.on("disconnect", () => process.exit());
process.on("message", async (question: TestsQuestion) => {
  process.send?.(await answer(question));
});
process.send?.("ready");

async function answer(question: TestsQuestion): Promise<TestsAnswer> {
  const { file, text, original, tests } = question;
  const path = join(folder, file);
  writeFileSync(path, text);
  vitest.invalidateFile(path);
  try {
    order = tests;
    const chosen = await specifications(question);
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

async function specifications(question: TestsQuestion): Promise<readonly TestSpecification[]> {
  const { file, tests, related } = question;
  const before = known.get(testsKeyOf(question));
  if (before !== undefined) return before;
  if (related) vitest.config.related = [join(folder, file)];
  else delete vitest.config.related;
  const found = await vitest.getRelevantTestSpecifications(tests.map((test) => join(folder, test)));
  if (found.length < (related ? 1 : tests.length))
    throw new Error(`no test, or not all, for ${file}: ${tests.join(" ")}`);
  known.set(testsKeyOf(question), found);
  return found;
}
