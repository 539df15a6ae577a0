/** The standing list of mutants fits the code: each edit is found once, each test exists. `npm run mutants` runs them. */
import { existsSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { mutants, mutate } from "../../scripts/mutants.ts";

it.each(mutants().map((mutant) => [mutant.name, mutant] as const))("%s", (_, mutant) => {
  const text = readFileSync(mutant.file, "utf8");
  expect(mutate(mutant, text)).not.toBe(text);
  expect(mutant.tests.filter((path) => !existsSync(path))).toEqual([]);
  expect(mutant.tests.length).toBeGreaterThan(0);
});
