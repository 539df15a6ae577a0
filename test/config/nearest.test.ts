/** The name that was meant. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { distance, nearest } from "../../job/config/nearest.ts";

/** The definition itself, exponential: the oracle for short words. */
function naive(a: string, b: string): number {
  if (a === "" || b === "") return a.length + b.length;
  const swap = a.length > 1 && b.length > 1 && a[0] === b[1] && a[1] === b[0] ? naive(a.slice(2), b.slice(2)) + 1 : 99;
  const replace = naive(a.slice(1), b.slice(1)) + (a[0] === b[0] ? 0 : 1);
  return Math.min(naive(a.slice(1), b) + 1, naive(a, b.slice(1)) + 1, replace, swap);
}

describe("distance", () => {
  const word = fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 5 });
  it("is what its definition says", () => {
    fc.assert(
      fc.property(word, word, (a, b) => {
        expect(distance(a, b)).toBe(naive(a, b));
      }),
    );
  });
});

describe("nearest", () => {
  const known = ["minReplicas", "maxReplicas", "targetCpu", "quantile"];
  it.each([
    ["minReplica", "minReplicas"],
    ["max_replicas", "maxReplicas"],
    ["targetCPU", "targetCpu"],
    ["quantlie", "quantile"],
  ])("takes %s for %s", (typo, meant) => expect(nearest(typo, known)).toBe(meant));
  it("says nothing when nothing is near", () => expect(nearest("colour", known)).toBeNull());
});
