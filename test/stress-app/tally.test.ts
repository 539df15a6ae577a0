/** Tests of the generator's report: quantiles against their definition, and the line's numbers. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addAnswer, createTally, describeTally, quantile } from "../../stress-app/tally.ts";

describe("quantile", () => {
  it("is the smallest value that at least a share q does not exceed", () => {
    const value = fc.double({ min: 0, max: 100, noNaN: true });
    fc.assert(
      fc.property(fc.array(value, { minLength: 1 }), fc.constantFrom(0.5, 0.9, 0.99, 1), (values, q) => {
        const naive = values
          .filter((v) => values.filter((other) => other <= v).length >= q * values.length)
          .reduce((a, b) => Math.min(a, b));
        expect(quantile(values, q)).toBe(naive);
      }),
    );
  });

  it("is NaN for nothing", () => {
    expect(quantile([], 0.5)).toBeNaN();
  });
});

describe("describeTally", () => {
  it("counts by answer, in the order of the codes", () => {
    const tally = createTally();
    tally.sent = 4;
    for (const answer of ["503", "200", "200"]) addAnswer(tally, answer, 0.25);
    expect(describeTally(tally)).toBe("sent=4 answers 200:2 503:1 latency s p50=0.250 p90=0.250 p99=0.250");
  });

  it("says so when nothing came back, and how many were skipped", () => {
    expect(describeTally({ ...createTally(), sent: 2, skipped: 3 })).toBe("sent=2 skipped=3 answers none");
  });
});
