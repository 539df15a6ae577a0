/** Every command on every page is run by a test, or a table says why not. */
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ELSEWHERE, NOT_RUN, placesOf } from "./page-commands.ts";
import { pageFiles, shellBlocksOf } from "./page-files.ts";

const all = pageFiles().flatMap((page) => placesOf(page).map(([line, place]) => ({ page, line, place })));

describe("the commands of the pages", () => {
  it("are run as they stand, but for a few", () => {
    const run = all.filter(({ place }) => !("why" in place));
    expect(run.length).toBeGreaterThan(100);
    expect(all.length - run.length).toBeLessThan(30);
  });

  it.each(ELSEWHERE)("of %s with %j are run by %s, which reads the page or has the command", (page, text, by) => {
    expect(shellBlocksOf(page).some((block) => block.includes(text))).toBe(true);
    const code = readFileSync(by, "utf8");
    expect(code.includes(page) || (text !== "" && code.includes(text))).toBe(true);
  });

  it.each(NOT_RUN)("of the form %s are there, and not run for a reason: %s", (command, why) => {
    expect(all.some(({ line }) => command.test(line))).toBe(true);
    for (const [path] of why.matchAll(/\b(?:test|scripts)\/[\w/.-]+\.ts/g)) expect(existsSync(path), path).toBe(true);
  });

  it("that only CI runs are of the package, and CI runs those that change nothing", () => {
    const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as { scripts: Record<string, string> };
    const named = all.flatMap(({ page, line }) =>
      page === "CONTRIBUTING.md" ? [...line.matchAll(/npm (?:run )?([\w:]+)/g)].map(([, name]) => name!) : [],
    );
    expect(named.filter((name) => name !== "ci" && !Object.hasOwn(scripts, name))).toEqual([]);
    const ci = readFileSync(".ci/run", "utf8");
    const writes = ["ci", "fix", "docs", "pictures", "test:changed"];
    expect(named.filter((name) => !writes.includes(name) && !ci.includes(name))).toEqual([]);
  });
});
