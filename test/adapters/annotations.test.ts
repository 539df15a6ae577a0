/** The table of annotations holds every one that the code names, and no other. */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ANNOTATIONS } from "../../job/adapters/annotations.ts";
import { ANNOTATION_PREFIX } from "../../job/config/annotations.ts";

test("every annotation of the code is in the table", () => {
  const root = join(import.meta.dirname, "../..");
  const code = globSync("job/**/*.ts", { cwd: root }).map((path) => readFileSync(join(root, path), "utf8"));
  const named = code.flatMap((text) => [...text.matchAll(/"(prophet-autoscaler\/[a-z-]+)"/g)].map(([, name]) => name));
  // of those that give settings docs/configuration.md has the table
  const settings = `${ANNOTATION_PREFIX}SETTING`;
  expect(new Set([...named, settings])).toEqual(new Set(Object.keys(ANNOTATIONS)));
});
