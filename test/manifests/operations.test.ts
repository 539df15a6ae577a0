/** docs/operations.md: each fault's row names a test by its title, or a part of it that no other test of that file has. */
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

/** What the tests of a source are called: the first text after `test(`, `it(` or `.each(...)(`, and that of each case of a table. */
function titlesOf(source: string): string[] {
  const code = source.replace(/^\s*(\/\/|\/\*\*|\*).*$/gm, "");
  const text = /("(?:[^"\\\n]|\\.)*"|`[^`]*`)/.source;
  const called = [...code.matchAll(new RegExp(`(?:\\b(?:test|it)(?:\\.concurrent)?|\\))\\(\\s*${text}\\s*,`, "g"))];
  const cases = [...code.matchAll(new RegExp(`^\\s*\\[\\s*(?:"\\w+",\\s*)?${text}\\s*,`, "gm"))];
  return [...called, ...cases].map((match) => match[1]!.slice(1, -1).replace(/\\(.)/g, "$1"));
}

/** The titles that a link can mean: the one it gives in full, or all that it is a part of. */
function meant(titles: readonly string[], text: string): readonly string[] {
  return titles.includes(text) ? titles.filter((title) => title === text) : titles.filter((t) => t.includes(text));
}

describe("docs/operations.md", () => {
  it("has the faults", () => expect(faultRows().length).toBeGreaterThanOrEqual(40));

  it.each(faultRows())("%s", (row) => {
    const cell = row.split(" | ").at(-1)!;
    const links = [...cell.matchAll(/\[([^\]]+)\]\(([^)]+)\)/g)].map((match) => [match[1]!, match[2]!] as const);
    expect(links.length).toBeGreaterThan(0);
    for (const [text, link] of links) {
      expect(link).toMatch(/\.test\.ts$/);
      expect(existsSync(join(docs, link)), link).toBe(true);
      expect(meant(titlesOf(readFileSync(join(docs, link), "utf8")), text), `${text} in ${link}`).toHaveLength(1);
    }
  });

  it("would miss a test that is gone, one of two, and what is no title", () => {
    const source = [
      'test("the load ends", () => {',
      '  expect("the load begins").toBe("", "x");',
      "});",
      "// test('the load doubles', ...)",
      'test.concurrent("the load stays", async () => {});',
      'const cases = [["the load jumps", 1], ["load", 2]];',
      "test.each(cases)(",
      '  "%s: it is seen",',
      "  () => {},",
      ");",
      "const more = [",
      '  ["plain", "the load falls", 3],',
      "];",
    ].join("\n");
    const titles = titlesOf(source);
    expect(titles.toSorted()).toEqual(
      ["%s: it is seen", "the load ends", "the load falls", "the load stays"].toSorted(),
    );
    expect(meant(titles, "the load ends")).toHaveLength(1);
    expect(meant(titles, "load falls")).toHaveLength(1);
    expect(meant(titles, "the load")).toHaveLength(3);
    for (const gone of ["the load begins", "the load doubles"]) expect(meant(titles, gone)).toEqual([]);
  });
});
