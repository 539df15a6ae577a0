/** Six projects: unit and process need Node only, integration real servers on loopback, browser a Chromium, e2e a node for each file, e2e-shared one for all. */
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Files that take a minute and more, the longest first: begun last, one would keep a worker busy when all others are done. */
const LONG = ["past", "demo", "suspended", "page-commands", "job"].map((name) => `test/integration/${name}.test.ts`);

class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const place = LONG.findIndex((path) => moduleId.endsWith(path));
      return place < 0 ? LONG.length : place;
    };
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b));
  }
}

/** Tests of whole processes with limits of a few seconds: what else runs must leave them a processor. */
const PROCESS = [
  "test/fault/**/*.test.ts",
  "test/cli/{main,usage}.test.ts",
  "test/stress-app/process.test.ts",
  "test/telling.test.ts",
  "test/waiting.test.ts",
];

/** In CI the properties draw the same cases at each run. */
const SETUP = process.env.CI ? ["test/same-cases.ts"] : [];

/** How long `expect.poll` asks: vitest's own second is less than a busy machine may take to draw a page or to start kubectl. */
const PATIENT = { poll: { timeout: 60_000 } };

export default defineConfig({
  test: {
    sequence: { sequencer: LongFirst },
    projects: [
      {
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: ["test/integration/**", "test/browser/**", "test/e2e/**", ...PROCESS],
          setupFiles: SETUP,
          expect: PATIENT,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: "process",
          include: PROCESS,
          setupFiles: SETUP,
          expect: PATIENT,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: "integration",
          include: ["test/integration/**/*.test.ts"],
          expect: PATIENT,
          testTimeout: 240_000,
          hookTimeout: 240_000,
          // most of a file is waiting for servers and for whole minutes, and each file has servers of its own
          maxWorkers: 3,
        },
      },
      {
        test: {
          name: "browser",
          include: ["test/browser/**/*.test.ts"],
          expect: PATIENT,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: "e2e",
          include: ["test/e2e/*.test.ts"],
          expect: PATIENT,
          testTimeout: 900_000,
          hookTimeout: 600_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: "e2e-shared",
          include: ["test/e2e/shared/*.test.ts"],
          expect: PATIENT,
          globalSetup: "test/e2e/shared/setup.ts",
          testTimeout: 900_000,
          hookTimeout: 600_000,
          // all at once: they wait for the same minutes
          maxWorkers: 6,
        },
      },
    ],
  },
});
