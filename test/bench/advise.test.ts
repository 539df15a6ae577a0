/** What docs/advise.md says became of advice: drawn from the kept results, of which the recorded one is measured again. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type AdviseResult, putResults } from "../../bench/advise/page.ts";
import { measure, RECORDED } from "../../bench/advise.ts";

const docs = join(import.meta.dirname, "../../docs");
const page = readFileSync(join(docs, "advise.md"), "utf8");
const results = JSON.parse(readFileSync(join(docs, "advise/results.json"), "utf8")) as AdviseResult[];

describe("the page of advise", () => {
  it("is drawn from the kept results; else: npm run bench -- advise --draw", () => {
    expect(putResults(page, results)).toBe(page);
    expect(() => putResults("no marks", results)).toThrow(/the page has no/);
  });

  it("has the recorded series and two public ones, each with the HPA at five targets", () => {
    const kinds = Map.groupBy(results, ({ kind }) => kind);
    expect(kinds.get("recorded")).toHaveLength(1);
    expect(kinds.get("public")).toHaveLength(2);
    for (const { kind, hours, promised, hpas } of results) {
      expect(promised).toBe(kind !== "recorded");
      expect(hours >= 24).toBe(promised);
      expect(hpas).toHaveLength(5);
    }
  });

  it("says of the recorded series what the code does now; else: npm run bench -- advise", {
    timeout: 120_000,
  }, async () => {
    expect(await measure(RECORDED)).toEqual(results.find(({ kind }) => kind === "recorded"));
  });
});
