/** The pictures of README and docs show what they would show if they were made now; each is used, and each that is used is made. */
import { globSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, it } from "vitest";
import { keptAdvice, keptSpans } from "../../bench/advise/kept-scores.ts";
import { type AdviseResult, resultOf } from "../../bench/advise/page.ts";
import { PICTURES, sameContent } from "../../scripts/pictures.ts";
import { adviceWords, reportText } from "../../scripts/report-pictures.ts";

const root = join(import.meta.dirname, "../..");
const read = (path: string) => readFileSync(join(root, path), "utf8");

describe("pictures of the docs", () => {
  it.each(Object.keys(PICTURES))(
    "%s is up to date; else: npm run pictures, and look at it",
    async (path) => {
      expect(sameContent(read(path), await PICTURES[path]!())).toBe(true);
      // one fits a year nine times
    },
    120_000,
  );

  it.each(Object.keys(PICTURES).filter((path) => !path.endsWith("icon.svg")))(
    "%s is read in the README's column and on a phone, light and dark",
    (path) => {
      const svg = read(path);
      const width = Number(/^<svg[^>]* width="(\d+)"/.exec(svg)![1]);
      const [wide, narrow] = [...svg.matchAll(/[}{]text\{font-size:(\d+)px/g)].map((m) => Number(m[1]));
      // CSS pixels of GitHub's column, and of the same on a phone of 390
      expect(wide! * Math.min(1, 830 / width)).toBeGreaterThanOrEqual(12);
      expect(narrow! * (358 / width)).toBeGreaterThanOrEqual(8);
      expect(svg).toContain("prefers-color-scheme:dark");
    },
  );

  it("of the report say what its page says now; else: npm run pictures, and look at them", async () => {
    expect(sameContent(read("docs/img/report.json"), await reportText())).toBe(true);
  });

  it("of the advice say what its page says now; else: npm run pictures, and look at it", () => {
    expect(sameContent(read("docs/img/advice.json"), adviceWords())).toBe(true);
  });

  it("of the advice show a promise on a day and more, the one that docs/advise.md tells of", () => {
    const { name, advised, judgedOn } = { ...keptAdvice(), ...keptSpans() };
    expect(judgedOn.to - judgedOn.from).toBeGreaterThan(86_400);
    const results = JSON.parse(read("docs/advise/results.json")) as AdviseResult[];
    const told = results.find((one) => one.name === name)!;
    expect(resultOf(told, keptAdvice(), judgedOn)).toEqual(told);
    expect(advised?.label).toBe(told.chosen?.label);
  });

  it("the README says the numbers that its picture shows", () => {
    const [, from, to] = / (\d+) \u2192 (\d+) pods</.exec(read("docs/img/forecast.svg"))!;
    const said = read("README.md").match(/replicas going from (\d+) to (\d+)/)!;
    expect(said.slice(1)).toEqual([from, to]);
    const words = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight"];
    expect(read("README.md")).toContain(`the run adds ${words[Number(to) - Number(from)]} before`);
  });

  it("are the ones that the pages show", () => {
    const pages = ["README.md", ...globSync("docs/**/*.md", { cwd: root, exclude: ["docs/node_modules/**"] })];
    const shown = pages.flatMap((page) =>
      [...read(page).matchAll(/!\[[^\]]*\]\(([^)]+\.svg)\)/g)].map((m) => normalize(join(dirname(page), m[1]!))),
    );
    expect([...new Set(shown)].sort()).toEqual(Object.keys(PICTURES).sort());
  });
});

describe("sameContent", () => {
  const svg = '<path d="M1.5,20.25"/><text>4 pods</text>';
  it("forgives what nobody sees", () => expect(sameContent(svg, svg.replace("20.25", "21.5"))).toBe(true));
  it("finds a point that moved", () => expect(sameContent(svg, svg.replace("20.25", "24.5"))).toBe(false));
  it("finds a word, and a point more", () => {
    expect(sameContent(svg, svg.replace("pods", "pod"))).toBe(false);
    expect(sameContent(svg, svg.replace("20.25", "20.25L3,4"))).toBe(false);
  });
});
