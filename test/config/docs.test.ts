/** The generated pages and the JSON Schema are what the tables say. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { generated } from "../../scripts/docs.ts";

describe("generated files (npm run docs writes them)", () => {
  it.each(Object.entries(generated()))("%s is fresh", (path, content) => {
    expect(readFileSync(path, "utf8")).toBe(content);
  });

  it("has no regular expression that Helm cannot read: RE2 knows no lookaround and no backreference", () => {
    const schemas = Object.entries(generated()).filter(([path]) => path.endsWith("schema.json"));
    expect(schemas.length).toBeGreaterThan(1);
    const found: string[] = [];
    for (const [path, content] of schemas) {
      JSON.parse(content, (key, value: unknown) => {
        if (key === "pattern" && typeof value === "string") found.push(`${path}: ${value}`);
        return value;
      });
    }
    expect(found.length).toBeGreaterThan(20);
    expect(found.filter((pattern) => /\(\?(?!:)|\\[1-9]|\\[kpP]/.test(pattern))).toEqual([]);
  });
});
