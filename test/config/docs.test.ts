/** The generated pages and the JSON Schema are what the tables say. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { generated } from "../../scripts/docs.ts";

describe("generated files (npm run docs writes them)", () => {
  it.each(Object.entries(generated()))("%s is fresh", (path, content) => {
    expect(readFileSync(path, "utf8")).toBe(content);
  });
});
