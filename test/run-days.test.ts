/** Whole days, a run a minute, with faulty ports, wrong clocks, deaths between two calls and data that are wrong in every way: the invariants hold after every run. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyDay, DAY_TARGET, type Day, isDoubt, type Lived, live, neededFor } from "./fakes/days.ts";

/** One target's memory, packed: 300 s of recommendations, changes of minutes, a forecast. Seen at most 202. */
const MAX_BYTES = 400;

/** Checks one run of a day, with what was known before it. */
function invariants() {
  let known = false;
  let version = 0;
  return ({ minute, kinds, before, after, truth, result, writes, state }: Lived) => {
    const at = `minute ${minute}, ${kinds.join(" and ") || "no fault"}: ${before} -> ${after}`;
    const [outcome] = result.targets;
    // within the bounds, one write
    expect(after, at).toBeGreaterThanOrEqual(DAY_TARGET.minReplicas);
    expect(after, at).toBeLessThanOrEqual(DAY_TARGET.maxReplicas);
    expect(writes, at).toBeLessThanOrEqual(1);
    // never fewer on doubt, and never fewer than the load needs
    if (after < before) {
      expect(isDoubt(kinds), at).toBe(false);
      expect(after, at).toBeGreaterThanOrEqual(neededFor(truth));
    }
    // memory is neither lost nor grown, nor goes back
    expect(state.readable, at).toBe(true);
    expect(state.bytes, at).toBeLessThan(MAX_BYTES);
    expect(known && !state.known, at).toBe(false);
    expect(state.version, at).toBeGreaterThanOrEqual(version);
    ({ known, version } = state);
    // a dead process says nothing; all others say what they did
    if (kinds.includes("killed")) return;
    expect(result.exitCode, at).toBe(outcome!.action === "failed" || outcome!.blindSince !== undefined ? 1 : 0);
    if (outcome!.action === "scaled") expect([outcome!.from, outcome!.to], at).toEqual([before, after]);
    else if (!kinds.includes("scaleAnswerLost")) expect(after, at).toBe(before);
    if (kinds.length === 0) expect(outcome!.action, at).not.toBe("failed");
  };
}

/** Longest fault, the pause of an Overruled target, and a window of stabilisation. */
const CALM = 45 + 30 + 10;

/** Lives a day whose last minutes are calm: by then nothing that went wrong is left, and the pods are those that the load needs. */
async function check(day: Day, minutes: number): Promise<void> {
  const judge = invariants();
  const needs: number[] = [];
  const world = await live(day, minutes, (lived) => {
    judge(lived);
    needs.push(neededFor(lived.truth));
  });
  // pods are kept while they pay: one more than what the mean of two samples needs
  const most = Math.max(...needs.slice(-7)) + 1;
  expect(world.replicas.web, "at the end").toBeLessThanOrEqual(most);
  expect(world.replicas.web, "at the end").toBeGreaterThanOrEqual(needs.at(-1)!);
}
const DAY = 1440;

/** Cases that stay: shrunk failures, and faults that were met in clusters. */
const KNOWN_DAYS: readonly (readonly [string, Day, number])[] = [
  [
    "a clock that was two days ahead for twenty minutes",
    {
      seed: 7,
      counted: true,
      faults: [{ kind: "clock", at: 20, minutes: 20, share: 0.5, ahead: 2 * 86_400, cut: 0 }],
    },
    120,
  ],
];

describe("days of faults", () => {
  it("hold every invariant, whatever goes wrong in two hours, and nothing of it stays", async () => {
    await fc.assert(
      fc.asyncProperty(anyDay(180 - CALM), async (day) => {
        await check(day, 180);
      }),
      { numRuns: 30 },
    );
  });

  it("hold every invariant over a whole day", async () => {
    await fc.assert(
      fc.asyncProperty(anyDay(DAY - CALM), async (day) => {
        await check(day, DAY);
      }),
      { numRuns: 3 },
    );
  });

  it.each(KNOWN_DAYS)("%s", async (_, day, minutes) => {
    await check(day, minutes);
  });
});
