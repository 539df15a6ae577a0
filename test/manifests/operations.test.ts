/** docs/operations.md: each fault's row is linked to a test that exists. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const docs = join(import.meta.dirname, "../../docs");

/** Rows of the tables whose last column is the test. */
function faultRows(): string[] {
  let within = false;
  return readFileSync(join(docs, "operations.md"), "utf8")
    .split("\n")
    .filter((line) => {
      const head = line.endsWith("| test |");
      within = line.startsWith("|") && (within || head);
      return within && !head && !line.startsWith("| ---");
    });
}

describe("docs/operations.md", () => {
  it("has the faults", () => expect(faultRows().length).toBeGreaterThanOrEqual(40));

  it.each(faultRows())("%s", (row) => {
    const cell = row.split(" | ").at(-1)!;
    const links = [...cell.matchAll(/\]\(([^)]+)\)/g)].map((m) => m[1]!);
    expect(links.length).toBeGreaterThan(0);
    for (const link of links) {
      expect(link).toMatch(/\.test\.ts$/);
      expect(existsSync(join(docs, link)), link).toBe(true);
    }
  });
});
