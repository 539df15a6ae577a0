/** The summary of many targets: counts that add up, every change, reason and failure up to a bound, nothing that spoils a terminal. */
import { describe, expect, it } from "vitest";
import type { Outcome } from "../../job/ports.ts";
import { summaryText } from "../../job/report/summary.ts";
import { OUTCOME } from "./sample.ts";

function outcome(i: number, overrides: Partial<Outcome>): Outcome {
  return { ...OUTCOME, namespace: "shop", name: `web-${i}`, ...overrides };
}

const FEW: readonly Outcome[] = [
  outcome(0, { action: "scaled", from: 4, to: 8, reason: "ForecastQuantile" }),
  outcome(1, { action: "wouldScale", from: 2, to: 1, reason: "DesiredWithinRange" }),
  ...Array.from({ length: 5 }, (_, i) => outcome(10 + i, { action: "held", reason: "StaleData" })),
  outcome(20, { action: "held", reason: "Overruled" }),
  ...Array.from({ length: 30 }, (_, i) => outcome(30 + i, { action: "unchanged" })),
  outcome(90, {
    action: "failed",
    from: null,
    to: null,
    reason: "HistoryError",
    message: `no\u001b[31m answer\n${"x".repeat(500)}`,
  }),
];

describe("summaryText", () => {
  it("counts each action, and names changes, reasons and failures", () => {
    const text = summaryText(FEW);
    const [head, ...lines] = text.split("\n");
    expect(head).toBe("39 targets: 1 scaled, 1 would be scaled, 30 unchanged, 6 held, 1 failed");
    expect(lines.slice(0, 4)).toEqual([
      "  shop/web-0: scaled 4 -> 8 (ForecastQuantile)",
      "  shop/web-1: would scale 2 -> 1 (DesiredWithinRange)",
      "  held, StaleData: 5 (shop/web-10, shop/web-11, shop/web-12 and others)",
      "  held, Overruled: 1 (shop/web-20)",
    ]);
    expect(lines[4]).toMatch(/^ {2}shop\/web-90: FAILED \(HistoryError\) no.{1,40} answer.*x\.\.\.$/);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
  });

  it("says how many more there are, and keeps to the width", () => {
    const many = Array.from({ length: 3000 }, (_, i) => outcome(i, { action: i % 2 === 0 ? "scaled" : "failed" }));
    const text = summaryText(many, 80);
    expect(text.match(/and 1480 more: --json lists all/g)).toHaveLength(2);
    expect(text.split("\n").length).toBeLessThan(200);
    expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
  });
});
