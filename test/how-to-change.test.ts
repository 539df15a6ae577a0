/** The recipes of docs/how-to-change.md: every file, script and name in the code that they name is there, and they name as many files as their table says. */
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

/** Every file of the folders that recipes name, by its path from the root. */
const files = ["job", "test", "scripts", "bench", "manifests", "docs"].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((path) => !path.includes("node_modules") && /\.(m?ts|json|yaml|md)$/.test(path))
    .map((path) => `${folder}/${path}`),
);
const baseNames = new Set(files.map((path) => basename(path)));
const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { scripts: object };
/** All words of the code, comments apart; docs name things and have none. */
const words = new Set(
  files
    .filter((path) => !path.startsWith("docs/") && path !== "test/how-to-change.test.ts")
    .map((path) => readFileSync(join(ROOT, path), "utf8").replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, ""))
    .flatMap((text) => text.match(/[A-Za-z_][\w-]*/g) ?? []),
);

/** What stands in backticks and is nowhere: a file by its bare name, a script of the package, a name in the code. */
function lostIn(text: string): readonly string[] {
  const spans = [...text.matchAll(/`([^`]+)`/g)].map(([, span]) => span!);
  return spans.filter((span) => {
    if (pathsIn(`\`${span}\``).length > 0 || span === "NAME" || span.startsWith("node ")) return false;
    const [, script] = /^npm run (\S+)/.exec(span) ?? [];
    if (script !== undefined) return !Object.hasOwn(scripts, script);
    if (/^[\w-]+(\.test)?\.\w+$/.test(span)) return !baseNames.has(span);
    return (span.match(/[A-Za-z_][\w-]*/g) ?? []).some((word) => !words.has(word));
  });
}

describe("the recipes", () => {
  it("name files that are there", () => {
    const paths = pathsIn(page);
    expect(paths.length).toBeGreaterThan(40);
    expect(paths.filter((path) => !isThere(path))).toEqual([]);
  });

  it("name scripts, bare files, functions and types that are there", () => {
    const lost = [...sections].flatMap(([title, text]) => lostIn(text).map((span) => `${title}: ${span}`));
    expect(lost).toEqual([]);
    expect(lostIn("`isBlind`, `npm run docs`, `model.ts`, `lowers: false`")).toEqual([]);
    const wrong = [
      "isBlinded",
      "isBlind, isDeaf",
      "npm run doc",
      "models.ts",
      "pools.test.ts",
      "sinks: false",
      "sendAll()",
    ];
    expect(lostIn(wrong.map((span) => `\`${span}\``).join())).toEqual(wrong);
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
    const recipes = [...sections.keys()].flatMap((title) => /^I want to add (.*)$/.exec(title)?.[1] ?? []);
    expect(rows.map(([row]) => row).sort()).toEqual(recipes.sort());
    expect(rows.length).toBeGreaterThan(20);
  });

  it.each(rows)("%s: %i files of code and %i of tests", (name, code, tests) => {
    const text = sections.get(`I want to add ${name}`);
    expect(text).toBeDefined();
    const paths = pathsIn(text!);
    expect(paths.filter((path) => !path.startsWith("test/"))).toHaveLength(code);
    expect(paths.filter((path) => path.startsWith("test/"))).toHaveLength(tests);
  });
});
