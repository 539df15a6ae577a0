/** The reader's place on a page: every move keeps it on a decision and within the time there is. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createTimeline } from "../../../job/report/page/timeline.ts";
import type { PageDecision, Section } from "../../../job/report/page/types.ts";

const decisions = (times: readonly number[]): readonly PageDecision[] =>
  times.map((t, i) => ({ t, from: i % 3, to: (i + (i % 2)) % 3, reason: "R", message: "", trail: [] }));
const section = (...policies: (readonly number[])[]): Section => ({
  name: "s",
  start: 1000,
  step: 15,
  steps: 401,
  charts: [],
  policies: policies.map((times, i) => ({ name: `p${i}`, role: "ink", decisions: decisions(times) })),
  moments: [],
  momentsOf: "",
});
const every = (seconds: number) => Array.from({ length: Math.floor(6000 / seconds) + 1 }, (_, i) => 1000 + i * seconds);

describe("a timeline", () => {
  it("goes to the newest decision at or before a moment, as a plain search finds it", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 1000, max: 7000 }), { minLength: 1 }),
        fc.integer({ min: 900, max: 7100 }),
        (list, t) => {
          const times = list.sort((a, b) => a - b);
          const line = createTimeline(section(times), () => {});
          line.pointAt(t);
          expect(line.decision?.t).toBe(times.findLast((one) => one <= t) ?? times[0]);
        },
      ),
    );
  });

  it("stays within its time and shows the decision, whatever is done", () => {
    const move = fc.oneof(
      fc.tuple(fc.constant("select" as const), fc.integer({ min: -5, max: 200 })),
      fc.tuple(fc.constant("change" as const), fc.constantFrom(1 as const, -1 as const)),
      fc.tuple(fc.constant("scale" as const), fc.constantFrom(0.5, 2)),
      fc.tuple(fc.constant("jump" as const), fc.integer({ min: 0, max: 9000 })),
      fc.tuple(fc.constant("follow" as const), fc.constantFrom(0, 1)),
    );
    fc.assert(
      fc.property(fc.array(move, { maxLength: 30 }), (moves) => {
        const line = createTimeline(section(every(60), every(15)), () => {});
        for (const [name, value] of moves) {
          (line[name] as (v: number) => void)(value);
          expect(line.from >= 1000 && line.to <= 7000 && line.to - line.from >= 60).toBe(true);
          if (name === "select" || name === "change") {
            const { t } = line.decision!;
            expect(t >= line.from && t <= line.to).toBe(true);
          }
        }
      }),
    );
  });

  it("tells of a move once, and of none that moved nothing", () => {
    let told = 0;
    const line = createTimeline(section(every(60)), () => {
      told++;
    });
    line.select(3);
    line.select(3);
    line.whole();
    line.zoom(1000, 4000);
    line.whole();
    expect(told).toBe(3);
  });

  it("goes from change to change, and stays where there is none", () => {
    const line = createTimeline(section(every(60)), () => {});
    line.change(1);
    expect(line.decision?.from).not.toBe(line.decision?.to);
    const first = line.index;
    line.change(-1);
    expect(line.index).toBe(first);
  });

  it("keeps the moment when another policy is followed, and does without any", () => {
    const line = createTimeline(section(every(60), every(15)), () => {});
    line.select(10);
    line.follow(1);
    expect([line.policy?.name, line.decision?.t]).toEqual(["p1", 1600]);
    const none = createTimeline(section(), () => {});
    none.select(4);
    none.change(1);
    expect(none.decision).toBeUndefined();
  });
});
