/** The rooms under mutation, their sources, and their unit tests, nearest first, since the first failure ends a mutant. */
import { globSync } from "node:fs";

/** A folder of the job with its sources and unit tests, as paths. */
export interface Room {
  readonly name: string;
  readonly sources: readonly string[];
  readonly tests: readonly string[];
}

const room = (name: string, sources: readonly string[], tests: readonly string[]): Room => ({
  name,
  sources: globSync([...sources]).sort(),
  tests: tests.flatMap((pattern) => globSync(pattern).sort()),
});

/** Of the adapters what judges: answers, numbers, versions, conditions, whether to try again. */
const JUDGES = [
  "prometheus-answer",
  "prometheus-query",
  "kubernetes-number",
  "kubernetes-state",
  "kubernetes-conditions",
];
const HTTP = ["http/verdict", "http/retry", "http/json"];

/** All rooms; paths are relative to the current folder. */
export function rooms(): readonly Room[] {
  const core = ["test/core/tick*.test.ts", "test/run*.test.ts"];
  const files = [...JUDGES, ...HTTP].map((name) => `job/adapters/${name}.ts`);
  const around = [
    "test/contract/*.test.ts",
    "test/fault/{prometheus,kubernetes}.test.ts",
    "test/adapters/**/*.test.ts",
  ];
  return [
    room("policy", ["job/core/policy/*.ts"], ["test/core/policy/*.test.ts", ...core]),
    room("state", ["job/core/state/*.ts"], ["test/core/state/*.test.ts", ...core, "test/core/policy/*.test.ts"]),
    room("series", ["job/core/series/*.ts"], ["test/core/series/*.test.ts", ...core, "test/core/policy/*.test.ts"]),
    room(
      "run",
      ["job/run.ts", "job/run/*.ts"],
      ["test/run*.test.ts", "test/run/*.test.ts", "test/fault/budget.test.ts"],
    ),
    room("adapters", files, around),
  ];
}

/** The tests for one source: those of its own name come first. */
export function testsOf({ tests }: Room, source: string): readonly string[] {
  const name = source.replace(/^.*\//, "").replace(/\.ts$/, "");
  const own = (path: string) => Number(!path.includes(`/${name}.test.ts`));
  return tests.toSorted((a, b) => own(a) - own(b));
}
