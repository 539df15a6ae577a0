/** The bounds of a fleet: each is broken by a run just above it, and by none that is at it. */
import { describe, expect, test } from "vitest";
import { boundText, brokenBounds, fleetBoundsOf } from "../../bench/fleet/bounds.ts";
import type { FleetRun } from "../../bench/fleet/measure.ts";

const calm = { wallSeconds: 45, cpuSeconds: 90, longestTurn: 100, firstChange: 5, changes: 3, calls: 63, found: true };
const run = (targets: number, memoryMb: number, more: object = {}) =>
  ({ ...calm, targets, memoryMb, ...more }) as FleetRun;
const broken = (of: FleetRun) => brokenBounds(of).map((bound) => boundText(bound, of));

describe("the bounds of a fleet", () => {
  test("a run that takes just as much as it may breaks none", () => {
    for (const [targets, memory] of [
      [1, 192],
      [1000, 192],
      [1001, 400],
      [10_000, 400],
    ] as const)
      expect(broken(run(targets, memory))).toEqual([]);
  });

  test.each([
    [{ memoryMb: 193 }, "memory 193 MiB, at most 192"],
    [{ longestTurn: 101 }, "longest turn 101 ms, at most 100"],
    [{ cpuSeconds: 91 }, "CPU 91 s, at most 90"],
    [{ wallSeconds: 46 }, "wall time 46 s, at most 45"],
    [{ firstChange: 5.1 }, "first change 5.1 s, at most 5"],
    [{ calls: 64 }, "API calls 64, at most 63"],
  ])("%j", (more, text) => {
    expect(broken(run(1000, 192, more))).toEqual([text]);
  });

  test("a listed target is read by a call of its own", () => {
    expect(broken(run(1000, 192, { calls: 1063, found: false }))).toEqual([]);
    expect(broken(run(1000, 192, { calls: 1064, found: false }))).toEqual(["API calls 1064, at most 1063"]);
  });

  test("memory is bounded once at every size, and a run that changed nothing has no first change to be late", () => {
    for (const targets of [1, 1000, 1001, 10_000])
      expect(fleetBoundsOf(run(targets, 0)).filter(({ what }) => what === "memory").length).toBe(1);
    expect(broken(run(10_000, 401))).toEqual(["memory 401 MiB, at most 400"]);
    expect(broken(run(10, 0, { firstChange: null }))).toEqual([]);
  });
});
