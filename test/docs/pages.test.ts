/** The pages: every link leads somewhere, every command names flags and files that exist, sentences and cells are short. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, it } from "vitest";
import { pageCommandsOf, pageFiles } from "./page-files.ts";

const pages = pageFiles();

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

describe("commands", () => {
  const known = new Set([...read("docs/cli.md").matchAll(/`(--?[a-z][a-z-]*)`/g)].map((match) => match[1]));
  known.add("--help").add("--version");
  const ours = pages.flatMap((page) =>
    pageCommandsOf(page).flatMap((line) => (/\bdist\/job\.js\b/.test(line) ? ([[page, line]] as const) : [])),
  );

  it("of the job are many", () => expect(ours.length).toBeGreaterThan(10));

  it.each(ours)("of %s have flags that the job knows: %s", (_page, line) => {
    const flags = line.slice(line.indexOf("dist/job.js")).match(/(?<=\s)--?[a-z][a-z-]*/g) ?? [];
    expect(flags.filter((flag) => !known.has(flag))).toEqual([]);
  });

  it.each(pages)("of %s name files of the project that are there", (page) => {
    const named = pageCommandsOf(page).flatMap(
      (line) => line.match(/(?<=[\s=])(?:manifests|fixtures|stress-app|test|bench|scripts)\/[\w./-]+/g) ?? [],
    );
    expect(named.filter((path) => !existsSync(path))).toEqual([]);
  });
});

describe("blocks", () => {
  it("of three lines or more stand on one page: who needs one twice follows a link", () => {
    const found = SITE.flatMap((page) =>
      [...read(page).matchAll(/^```\w+\n(.*?)\n```$/gms)].map(
        ([, block]) => [page, block!.replace(/ +#.*$/gm, "")] as const,
      ),
    ).filter(([, block]) => block.split("\n").length >= 3);
    expect(found.length).toBeGreaterThan(30);
    const twice = found.filter(([page, block]) => found.some(([other, same]) => same === block && other !== page));
    expect(twice).toEqual([]);
  });
});

/** As a reader sees it: of a link its words, of a picture nothing; no comments, no table of the page's own. */
const seen = (text: string): string =>
  prose(text)
    .replace(/^---\n.*?\n---\n/s, "")
    .replace(/<!--.*?-->/gs, "")
    .replace(/!\[[^\]]*\]\([^)]*\)/g, "")
    .replace(/\]\([^)]*\)/g, "]");

/** Paragraphs and items of lists; tables and headings are none. */
const paragraphs = (text: string): string[] =>
  seen(text)
    .replace(/^(\||#).*$/gm, "\n")
    .split(/\n\s*\n|\n(?=\s*(?:[-*]|\d+\.)\s)/)
    .map((paragraph) => paragraph.trim())
    .filter((paragraph) => paragraph !== "");

/** Sentences of more than 30 words. A colon or a semicolon ends none, but for the colon before a list or a block. */
const longSentences = (text: string): string[] =>
  paragraphs(text)
    .flatMap((paragraph) => paragraph.split(/(?<=[.!?]["*)]*)\s+/))
    .filter((sentence) => sentence.split(/\s+/).filter((word) => /\w/.test(word)).length > 30);

/** Paragraphs of more than five lines, of at most 120 characters each, which GitHub and the site show in one. */
const longParagraphs = (text: string): string[] =>
  paragraphs(text).filter((paragraph) => paragraph.split("\n").length > 5 || paragraph.length > 600);

/** Table cells of more than 140 characters. */
const longCells = (text: string): string[] =>
  seen(text)
    .split("\n")
    .flatMap((line) => (line.startsWith("|") ? line.split("|") : []))
    .filter((cell) => cell.trim().length > 140);

describe("plain words", () => {
  it("are asked of every page", () => {
    expect(pages).toEqual(
      expect.arrayContaining([
        "README.md",
        "CONTRIBUTING.md",
        "SECURITY.md",
        "manifests/helm/README.md",
        "docs/faq.md",
      ]),
    );
    expect(pages.length).toBeGreaterThan(50);
  });

  it.each(pages)("%s has sentences of at most 30 words, paragraphs of five lines, cells of 140 characters", (path) => {
    const text = read(path);
    expect([...longSentences(text), ...longParagraphs(text), ...longCells(text)]).toEqual([]);
  });

  it("would be missed", () => {
    const words = (n: number) => Array(n).fill("word").join(" ");
    expect(longSentences(`${words(30)}. ${words(31)}.`)).toEqual([`${words(31)}.`]);
    expect(longSentences(`${words(20)}: ${words(8)}; ${words(3)}.`)).toHaveLength(1);
    expect(longSentences(`- ${words(30)}\n- ${words(30)}`)).toEqual([]);
    expect(longParagraphs(`a\nb\nc\nd\ne\n\n- ${"x".repeat(598)}`)).toEqual([]);
    expect(longParagraphs(`a\nb\nc\nd\ne\nf\n\n- ${"x".repeat(599)}`)).toHaveLength(2);
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

describe("docs/concepts.md", () => {
  const sections = read("docs/concepts.md").split(/^## /m).slice(1);
  const concepts = ["Load and target", "Forecast", "Lead", "Quantile", "Band", "Recommendation", "Trust", "Blind"];

  it.each(concepts)("%s has a picture that the project draws", (title) => {
    const section = sections.find((text) => text.startsWith(`${title}\n`));
    const [, file] = /!\[[^\]]{20,}\]\((img\/(?:concept-\w+|forecast)\.svg)\)/.exec(section ?? "") ?? [];
    expect(file, title).toBeDefined();
    expect(existsSync(`docs/${file}`)).toBe(true);
  });
});
