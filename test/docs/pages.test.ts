/** The pages: every link leads somewhere, every command names flags and files that exist, sentences and cells are short. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, it } from "vitest";

const pages = [
  "README.md",
  "CONTRIBUTING.md",
  "SECURITY.md",
  "CODE_OF_CONDUCT.md",
  ...readdirSync("docs").flatMap((name) => (name.endsWith(".md") ? [`docs/${name}`] : [])),
  ...readdirSync("docs/decisions").map((name) => `docs/decisions/${name}`),
].filter((path) => path.endsWith(".md"));

/** The site's pages; decisions are read in the repository. */
const SITE = pages.filter((path) => /^docs\/[^/]+$/.test(path));

const read = (path: string): string => readFileSync(path, "utf8");
const prose = (text: string): string => text.replace(/```.*?```/gs, "");

/** As GitHub and VitePress make it of a heading, for the headings that these pages have. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/`|\*|\[|\]|\(.*?\)/g, "")
    .trim()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .replace(/\s+/g, "-");
}

const anchors = (path: string): Set<string> =>
  new Set([...prose(read(path)).matchAll(/^#+ (.*)$/gm)].map((match) => anchorOf(match[1]!)));

describe("links", () => {
  it.each(pages)("of %s lead to a file, and to a heading where they name one", (page) => {
    const lost: string[] = [];
    for (const [, target] of prose(read(page)).matchAll(/\]\((?!https?:|mailto:)([^)\s]+)\)/g)) {
      const [file = "", anchor] = target!.split("#");
      const path = file === "" ? page : normalize(join(dirname(page), file));
      if (!existsSync(path)) lost.push(target!);
      else if (anchor !== undefined && path.endsWith(".md") && !anchors(path).has(anchor)) lost.push(target!);
    }
    expect(lost).toEqual([]);
  });
});

/** The commands of a page, a line each; continued lines are joined. */
function commands(path: string): string[] {
  return [...read(path).matchAll(/```sh\n(.*?)```/gs)].flatMap(([, block]) =>
    block!
      .replace(/\\\n\s*/g, "")
      .split("\n")
      .map((line) => line.replace(/(^|\s)# .*$/, "").trim())
      .filter((line) => line !== ""),
  );
}

describe("commands", () => {
  const known = new Set([...read("docs/cli.md").matchAll(/`(--?[a-z][a-z-]*)`/g)].map((match) => match[1]));
  known.add("--help").add("--version");
  const ours = pages.flatMap((page) =>
    commands(page).flatMap((line) => (/\bdist\/job\.js\b/.test(line) ? ([[page, line]] as const) : [])),
  );

  it("of the job are many", () => expect(ours.length).toBeGreaterThan(10));

  it.each(ours)("of %s have flags that the job knows: %s", (_page, line) => {
    const flags = line.slice(line.indexOf("dist/job.js")).match(/(?<=\s)--?[a-z][a-z-]*/g) ?? [];
    expect(flags.filter((flag) => !known.has(flag))).toEqual([]);
  });

  it.each(pages)("of %s name files of the project that are there", (page) => {
    const named = commands(page).flatMap(
      (line) => line.match(/(?<=[\s=])(?:manifests|fixtures|stress-app|test|bench|scripts)\/[\w./-]+/g) ?? [],
    );
    expect(named.filter((path) => !existsSync(path))).toEqual([]);
  });
});

/** As a reader sees it: of a link its words, not where it leads. */
const seen = (text: string): string => prose(text).replace(/\]\([^)]*\)/g, "]");

/** Sentences of more than 30 words. */
const longSentences = (text: string): string[] =>
  seen(text)
    .replace(/^\|.*$/gm, "")
    .split(/(?<=[.!?:;])\s+|\n\n|\n(?=[-*\d#])/)
    .filter((sentence) => sentence.split(/\s+/).length > 30);

/** Table cells of more than 140 characters. */
const longCells = (text: string): string[] =>
  seen(text)
    .split("\n")
    .flatMap((line) => (line.startsWith("|") ? line.split("|") : []))
    .filter((cell) => cell.trim().length > 140);

describe("plain words", () => {
  it.each(pages)("%s has sentences of at most 30 words and cells of at most 140 characters", (path) => {
    expect([...longSentences(read(path)), ...longCells(read(path))]).toEqual([]);
  });

  it("would be missed", () => {
    const words = (n: number) => Array(n).fill("word").join(" ");
    expect(longSentences(`${words(30)}. ${words(31)}.`)).toEqual([`${words(31)}.`]);
    expect(longCells(`| ${"x".repeat(140)} | [y](${"z".repeat(140)}) |`)).toEqual([]);
    expect(longCells(`| ${"x".repeat(141)} |`)).toHaveLength(1);
  });
});

describe("the site", () => {
  it.each(SITE)("%s is in the site's order", (path) => {
    const config = read("docs/.vitepress/config.mts");
    const link = path.replace(/^docs/, "").replace(/(index)?\.md$/, "");
    expect(config).toContain(`link: "${link}"`);
  });
});
