/** What a worker is asked about a broken source, and what it answers. */

/** A changed source and the tests to run on it. */
export interface TestsQuestion {
  readonly file: string;
  readonly text: string;
  /** The text to go back to. */
  readonly original: string;
  /** In the order in which they are to run. */
  readonly tests: readonly string[];
  /** Whether those that do not import the file are left out. */
  readonly related: boolean;
}

/** The result of a question. `failed` is the first test file that failed; null: all passed. */
export interface TestsAnswer {
  readonly failed: string | null;
}

/** The key of a question. Questions with equal keys run the same tests. */
export const testsKeyOf = ({ file, tests, related }: TestsQuestion): string => (related ? file : tests.join(" "));
