/** The lead and its parts: worked cases, and that any parts cover the lead with equal lengths. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { leadOf } from "../../../job/core/policy/lead.ts";

const at = (lag: number, podStart: number, interval = 60, step = 15, scaleUpCooldown = 0) =>
  leadOf(lag, podStart, { interval, step, scaleUpCooldown });

describe("leadOf", () => {
  it.each([
    [
      "start 30 s, a run a minute",
      at(0, 30),
      90,
      30,
      [
        [0, 4],
        [2, 6],
      ],
    ],
    [
      "start 90 s",
      at(0, 90),
      150,
      90,
      [
        [0, 4],
        [3, 7],
        [6, 10],
      ],
    ],
    [
      "start 180 s",
      at(0, 180),
      240,
      180,
      [
        [0, 4],
        [4, 8],
        [8, 12],
        [12, 16],
      ],
    ],
    [
      "a lag counts as start does",
      at(15, 15),
      90,
      30,
      [
        [0, 4],
        [2, 6],
      ],
    ],
    [
      "pods ready within a step serve in it",
      at(0, 40),
      100,
      40,
      [
        [0, 5],
        [2, 7],
      ],
    ],
    ["no start at all", at(0, 0), 60, 0, [[0, 4]]],
    ["steps longer than start and lag", at(15, 30, 60, 60), 105, 45, [[0, 2]]],
    ["a step longer than everything", at(0, 30, 60, 300), 90, 30, [[0, 1]]],
    [
      "runs every 15 s",
      at(0, 30, 15),
      45,
      30,
      [
        [0, 1],
        [1, 2],
        [2, 3],
      ],
    ],
    [
      "runs every 15 s that buy once a minute count half way",
      at(0, 30, 15, 15, 60),
      67.5,
      30,
      [
        [0, 3],
        [2, 5],
      ],
    ],
  ] as const)("%s", (_, lead, seconds, readyAfter, parts) => {
    expect(lead).toEqual({ seconds, steps: parts.at(-1)![1], readyAfter, parts });
  });

  it("has parts of one length that leave no step of the lead out", () => {
    const span = fc.integer({ min: 0, max: 600 });
    fc.assert(
      fc.property(
        span,
        span,
        fc.integer({ min: 1, max: 600 }),
        fc.integer({ min: 1, max: 60 }),
        (lag, start, interval, step) => {
          const { parts, steps } = at(lag, start, interval, step);
          expect(parts[0]![0]).toBe(0);
          expect(parts.at(-1)![1]).toBe(steps);
          const length = parts[0]![1];
          parts.forEach(([from, to], i) => {
            expect(to - from).toBe(length);
            if (i > 0) expect(from).toBeLessThanOrEqual(parts[i - 1]![1]);
          });
        },
      ),
    );
  });
});
