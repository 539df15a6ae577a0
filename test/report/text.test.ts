/** Decisions and tables as text: what they name, and that they fit a line of any width. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { columns, decisionText, shortCpu, shortNumber, table, wrap } from "../../job/report/text.ts";
import { OUTCOME, SAMPLE_TARGET, sampleRecord } from "./sample.ts";

describe("text", () => {
  it("names what was done, why, and every stage", () => {
    const text = decisionText(SAMPLE_TARGET, sampleRecord(), OUTCOME);
    expect(text).toMatch(/^shop\/web: scaled 6 -> 10 \(ForecastQuantile\)/);
    expect(text).toMatch(/to cover +470m = 0\.9 quantile of the maximum 45 to 105 s ahead/);
    expect(text).toMatch(/models +fourier 70 %, last 28 %$/m);
    expect(text).toMatch(/forecast {2}6 -> 10 {2}ForecastQuantile/);
    expect(decisionText(SAMPLE_TARGET, null, { ...OUTCOME, action: "wouldScale" })).toContain("would scale 6 -> 10");
    const failed = { ...OUTCOME, action: "failed", from: null, to: null, trail: [] } as const;
    expect(decisionText(SAMPLE_TARGET, null, failed)).toMatch(/^shop\/web: FAILED \(/);
  });

  it.each([
    [0.05, "50m"],
    [0.0826, "82.6m"],
    [1, "1 core"],
    [1.5, "1.5 cores"],
    [0, "0m"],
    [Number.NaN, "-"],
  ])("writes %d cores as %s", (value, text) => expect(shortCpu(value)).toBe(text));

  it("keeps three digits and aligns columns", () => {
    expect([shortNumber(0.123456), shortNumber(1234.5), shortNumber(0), shortNumber(Number.POSITIVE_INFINITY)]).toEqual(
      ["0.123", "1235", "0", "-"],
    );
    expect(
      columns([
        ["a", "bb", "c"],
        ["aaa", "b", ""],
      ]),
    ).toEqual(["a    bb  c", "aaa  b   "]);
  });
});

describe("lines of a width", () => {
  const words = fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: 1, maxLength: 30 });

  it("hold every word of a text once, in order", () => {
    fc.assert(
      fc.property(words, fc.integer({ min: 12, max: 90 }), (list, width) => {
        const lines = wrap(list.join(" "), width);
        expect(lines.join(" ")).toBe(list.join(" "));
        expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width);
      }),
    );
  });

  it.each([40, 80, 200])("show a decision in %d characters, and lose nothing of it", (width) => {
    const text = decisionText(SAMPLE_TARGET, sampleRecord(), OUTCOME, width);
    expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThanOrEqual(width);
    const bare = (t: string) => t.split(/\s+/).join(" ");
    expect(bare(text)).toBe(bare(decisionText(SAMPLE_TARGET, sampleRecord(), OUTCOME)));
  });

  it("turn a table that is too wide into a block a row", () => {
    const [head, rows] = [
      ["policy", "pod-hours", "time under"],
      [
        ["auto", "12.3", "0.51 %"],
        ["hpa", "15.6", "1.50 %"],
      ],
    ] as const;
    expect(table(head, rows, 80)).toEqual([
      "policy  pod-hours  time under",
      "auto    12.3       0.51 %",
      "hpa     15.6       1.50 %",
    ]);
    expect(table(head, rows, 24)).toEqual([
      "auto",
      "  pod-hours   12.3",
      "  time under  0.51 %",
      "hpa",
      "  pod-hours   15.6",
      "  time under  1.50 %",
    ]);
  });
});
