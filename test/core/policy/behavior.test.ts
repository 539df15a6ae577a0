/** autoscaling/v2's behavior: worked examples and properties. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { scaleDownLimit, scaleUpLimit, stabilise } from "../../../job/core/policy/behavior.ts";
import type { ScalingRules } from "../../../job/core/target.ts";
import { limitByRules } from "../../../job/replay/hpa/limits.ts";
import { stabilizeBoth } from "../../../job/replay/hpa/stabilize.ts";
import { behavior, NOW } from "../../fakes/config.ts";

const rules = (more: Partial<ScalingRules>): ScalingRules => ({
  stabilizationWindowSeconds: 0,
  selectPolicy: "Max",
  policies: [],
  tolerance: 0,
  ...more,
});
const pods = (value: number, periodSeconds = 60) => ({ type: "Pods", value, periodSeconds }) as const;
const percent = (value: number, periodSeconds = 60) => ({ type: "Percent", value, periodSeconds }) as const;

describe("stabilise", () => {
  const past = [
    { at: NOW - 300, replicas: 9 },
    { at: NOW - 299, replicas: 6 },
    { at: NOW - 60, replicas: 4 },
  ];

  it("holds a fall at the largest recommendation inside the window, its old edge excluded", () => {
    expect(stabilise(2, 8, past, behavior(), NOW)).toEqual({ replicas: 6, low: 2, high: 6 });
  });

  it("holds a rise at the smallest recommendation of an up window", () => {
    expect(stabilise(9, 3, past, behavior({ stabilizationWindowSeconds: 120 }), NOW)).toEqual({
      replicas: 4,
      low: 4,
      high: 9,
    });
  });

  it("rises at once with the default up window of 0 s", () => {
    expect(stabilise(9, 3, past, behavior(), NOW).replicas).toBe(9);
  });

  it("never goes beyond the present recommendation, nor against it", () => {
    const recommendations = fc.array(
      fc.record({ at: fc.integer({ min: NOW - 900, max: NOW }), replicas: fc.nat(50) }),
      {
        maxLength: 30,
      },
    );
    fc.assert(
      fc.property(
        recommendations,
        fc.nat(50),
        fc.nat(50),
        fc.nat(900),
        fc.nat(900),
        (list, recommendation, current, up, down) => {
          const { replicas } = stabilise(
            recommendation,
            current,
            list,
            behavior({ stabilizationWindowSeconds: up }, { stabilizationWindowSeconds: down }),
            NOW,
          );
          if (recommendation > current) {
            expect(replicas).toBeGreaterThanOrEqual(current);
            expect(replicas).toBeLessThanOrEqual(recommendation);
          } else {
            expect(replicas).toBeLessThanOrEqual(current);
            expect(replicas).toBeGreaterThanOrEqual(recommendation);
          }
        },
      ),
    );
  });
});

describe("rate policies", () => {
  const grown = [{ at: NOW - 30, from: 4, to: 10 }];

  it("count from the replicas at the start of the period", () => {
    expect(scaleUpLimit(10, grown, rules({ policies: [pods(8)] }), NOW)).toBe(12);
    expect(scaleUpLimit(10, grown, rules({ policies: [pods(8, 30)] }), NOW)).toBe(18);
    expect(scaleDownLimit(10, [{ at: NOW - 30, from: 14, to: 10 }], rules({ policies: [pods(5)] }), NOW)).toBe(9);
  });

  it("never turn a limit into a change of direction", () => {
    expect(scaleUpLimit(10, grown, rules({ policies: [pods(2)] }), NOW)).toBe(10);
    expect(scaleDownLimit(10, [{ at: NOW - 30, from: 20, to: 10 }], rules({ policies: [pods(2)] }), NOW)).toBe(10);
  });

  it("round percentages up on the way up and down on the way down", () => {
    expect(scaleUpLimit(1, [], rules({ policies: [percent(10)] }), NOW)).toBe(2);
    expect(scaleDownLimit(7, [], rules({ policies: [percent(50)] }), NOW)).toBe(3);
    expect(scaleDownLimit(7, [], rules({ policies: [percent(100)] }), NOW)).toBe(0);
  });

  it("select the largest change, the smallest, or none", () => {
    const policies = [pods(4), percent(100)];
    expect(scaleUpLimit(10, [], rules({ policies }), NOW)).toBe(20);
    expect(scaleUpLimit(10, [], rules({ policies, selectPolicy: "Min" }), NOW)).toBe(14);
    expect(scaleUpLimit(10, [], rules({ policies, selectPolicy: "Disabled" }), NOW)).toBe(10);
    expect(scaleDownLimit(10, [], rules({ policies }), NOW)).toBe(0);
    expect(scaleDownLimit(10, [], rules({ policies, selectPolicy: "Min" }), NOW)).toBe(6);
    expect(scaleDownLimit(10, [], rules({ policies, selectPolicy: "Disabled" }), NOW)).toBe(10);
  });

  it("without policies set no limit", () => {
    expect(scaleUpLimit(10, [], rules({}), NOW)).toBe(Number.POSITIVE_INFINITY);
    expect(scaleDownLimit(10, [], rules({}), NOW)).toBe(0);
  });
});

describe("against the simulated HPA, which is checked against the controller's own code", () => {
  const events = fc.array(
    fc.record({ at: fc.integer({ min: NOW - 400, max: NOW }), from: fc.nat(40), to: fc.nat(40) }),
    { maxLength: 8 },
  );
  const some = fc.record({
    stabilizationWindowSeconds: fc.constantFrom(0, 30, 300),
    selectPolicy: fc.constantFrom("Max" as const, "Min" as const, "Disabled" as const),
    policies: fc.array(
      fc.record({
        type: fc.constantFrom("Pods" as const, "Percent" as const),
        value: fc.integer({ min: 1, max: 120 }),
        periodSeconds: fc.constantFrom(15, 60, 300),
      }),
      { minLength: 1, maxLength: 3 },
    ),
    tolerance: fc.constant(0),
  });

  it("the windows clamp alike", () => {
    const recommendations = fc.array(
      fc.record({ at: fc.integer({ min: NOW - 400, max: NOW }), replicas: fc.nat(40) }),
      {
        maxLength: 12,
      },
    );
    fc.assert(
      fc.property(
        recommendations,
        fc.nat(40),
        fc.nat(40),
        some,
        some,
        (past, recommendation, current, scaleUp, scaleDown) => {
          const theirs = stabilizeBoth(past, current, recommendation, NOW, { scaleUp, scaleDown });
          expect(stabilise(recommendation, current, past, { scaleUp, scaleDown }, NOW).replicas).toBe(theirs.replicas);
        },
      ),
    );
  });

  it("the rates limit alike", () => {
    fc.assert(
      fc.property(
        events,
        fc.integer({ min: 1, max: 40 }),
        fc.nat(100),
        some,
        some,
        (list, current, recommendation, up, down) => {
          const moved = (sign: number) =>
            list
              .filter(({ from, to }) => (to - from) * sign > 0)
              .map(({ at, from, to }) => ({ change: Math.abs(to - from), at, outdated: false }));
          const memory = { scaleUpEvents: moved(1), scaleDownEvents: moved(-1) };
          const wide = { min: 0, max: 10_000 };
          const theirs = limitByRules(current, recommendation, wide, { scaleUp: up, scaleDown: down }, memory, NOW);
          const ours =
            recommendation > current
              ? Math.min(recommendation, scaleUpLimit(current, list, up, NOW))
              : Math.max(recommendation, scaleDownLimit(current, list, down, NOW));
          expect(Math.max(0, ours)).toBe(Math.max(0, theirs.replicas));
        },
      ),
    );
  });
});
