/** The recipes of docs/how-to-change.md: every file they name is there, and they name as many as their table says. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { describe, expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "..");
const page = readFileSync(join(ROOT, "docs/how-to-change.md"), "utf8");

/** Sections by title, in order. */
const sections = new Map(
  page
    .split(/^## /m)
    .slice(1)
    .map((text) => [text.slice(0, text.indexOf("\n")), text] as const),
);

/** Paths in backticks, each once; `NAME` stands for a new thing. */
function pathsIn(text: string): readonly string[] {
  const found = text.matchAll(/`((?:job|test|docs|bench|scripts|manifests|fixtures|stress-app)\/[^\s`*]+)`/g);
  return [...new Set([...found].map(([, path]) => path!))];
}

/** Whether it is there; for a new thing, whether others of its form are. */
function isThere(path: string): boolean {
  const [folder, name] = [join(ROOT, dirname(path)), basename(path)];
  if (!name.includes("NAME")) return existsSync(join(ROOT, path));
  const form = new RegExp(`^${name.replaceAll(".", "\\.").replace("NAME", "[a-z0-9-]+")}$`);
  return readdirSync(folder).some((file) => form.test(file));
}

describe("the recipes", () => {
  it("name files that are there", () => {
    const paths = pathsIn(page);
    expect(paths.length).toBeGreaterThan(40);
    expect(paths.filter((path) => !isThere(path))).toEqual([]);
  });

  it("would be found out", () => {
    expect(pathsIn("a `job/run.ts`, `job/run.ts` and `npm run docs`")).toEqual(["job/run.ts"]);
    expect(["job/run.ts", "job/adapters/source-NAME.ts"].filter(isThere)).toHaveLength(2);
    expect(["job/walk.ts", "job/adapters/well-NAME.ts", "job/adapters/source-NAME.js"].filter(isThere)).toEqual([]);
  });

  const rows = [...page.matchAll(/^\| (an? [^|]+) \| (.*) \|$/gm)].map(([, name, cells]) => {
    const [code, tests] = cells!.split(" | ").slice(-2).map(Number);
    return [name!, code!, tests!] as const;
  });

  it("are those of the table", () => {
    expect(rows.length).toBeGreaterThanOrEqual(11);
    for (const name of ["a metric source", "an actuator", "a notifier", "a rule of the policy", "a state field"])
      expect(rows.map(([row]) => row)).toContain(name);
  });

  it.each(rows)("%s: %i files of code and %i of tests", (name, code, tests) => {
    const text = sections.get(`I want to add ${name}`);
    expect(text).toBeDefined();
    const paths = pathsIn(text!);
    expect(paths.filter((path) => !path.startsWith("test/"))).toHaveLength(code);
    expect(paths.filter((path) => path.startsWith("test/"))).toHaveLength(tests);
  });
});
