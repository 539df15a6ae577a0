/** The verdict at its edges: what is just fresh enough, just enough, just not to be believed, and what the sentence says. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Expectation, inspect } from "../../../job/core/series/quality.ts";
import type { Samples } from "../../../job/core/series/types.ts";
import { MIN_SPAN, returnedAt } from "../../../job/core/series/verdict.ts";
import { pairs, samplesOf } from "../../fakes/series.ts";
import { EXPECTED, WINDOW_END } from "./expected.ts";

const judged = (samples: Samples, change: Partial<Expectation> = {}) =>
  inspect(samples, { ...EXPECTED, ...change }).quality;
const words = (samples: Samples, change: Partial<Expectation> = {}) => {
  const { verdict, reason } = judged(samples, change);
  return `${verdict} ${reason}`;
};
const flat = (end: number, points = 120) => samplesOf(() => 2, { end, points });
/** The samples and one more. */
const and = ({ times, values }: Samples, time: number, value: number): Samples => ({
  times: Float64Array.of(...times, time),
  values: Float64Array.of(...values, value),
});

describe("fresh", () => {
  it("is what is no older than maxAge", () => {
    expect(words(flat(WINDOW_END - 120))).toBe("act DataComplete");
    expect(words(flat(WINDOW_END - 120.5))).toBe("hold StaleData");
  });

  it("is not undone by a refused sample of the same time: what was usable then is the newest", () => {
    expect(words(and(flat(WINDOW_END - 5), WINDOW_END - 5, Number.NaN))).toBe("act DataComplete");
    expect(words(and(flat(WINDOW_END - 200), WINDOW_END - 200, Number.NaN))).toBe("hold StaleData");
    expect(words(and(flat(WINDOW_END - 20), WINDOW_END - 5, Number.NaN))).toBe("upOnly NotFinite");
    expect(words(and(flat(WINDOW_END - 200), WINDOW_END - 5, Number.NaN))).toBe("hold NotFinite");
  });

  it("is nothing of a single sample that was refused, by its own name", () => {
    expect(judged(pairs([[WINDOW_END - 5, Number.NaN]]))).toMatchObject({
      verdict: "hold",
      reason: "NotFinite",
      message: "none of 1 sample is usable: it is not a finite number",
    });
  });
});

describe("times to come", () => {
  it("are counted, with how far the newest is ahead", () => {
    const ahead = and(and(flat(WINDOW_END - 5), WINDOW_END + 7200, 2), WINDOW_END + 60, 2);
    expect(judged(ahead).message).toBe("2 of 122 samples lie in the future, the newest by 7200 s");
    expect(judged(and(flat(WINDOW_END - 5), Number.NaN, 2)).message).toBe("1 of 121 samples lie in the future");
  });

  it("are those after the next step: clocks differ by a little", () => {
    expect(judged(flat(WINDOW_END + 15))).toMatchObject({ verdict: "act", reason: "DataComplete", coverage: 1 });
    expect(words(flat(WINDOW_END + 15.5))).toBe("hold FutureData");
  });
});

describe("a counter", () => {
  const ramp = (last: number) => samplesOf((i) => last - (119 - i) * 0.1, { end: WINDOW_END - 5 });

  it("is believed in from three times on what all pods should carry: below it may be a ramp", () => {
    expect(words(ramp(24), { useful: 8 })).toBe("act DataComplete");
    expect(words(ramp(24.1), { useful: 8 })).toBe("hold AboveCapacity");
    expect(words(ramp(24.1), { useful: 8, cpu: false })).toBe("act DataComplete");
  });
});

describe("what the pods can use", () => {
  it("is exceeded by more than it, not by it", () => {
    expect(words(flat(WINDOW_END - 5), { capacity: 2 })).toBe("act DataComplete");
    expect(words(flat(WINDOW_END - 5), { capacity: 1.999 })).toBe("hold AboveCapacity");
    expect(words(flat(WINDOW_END - 5), { ceiling: 2 })).toBe("act DataComplete");
  });
});

describe("complete", () => {
  /** A window of which a hole is missing, that ends well before now. */
  const holed = (points: number) => {
    const whole = flat(WINDOW_END - 5);
    const keep = [...whole.times.keys()].filter((i) => i < 20 || i >= 20 + points);
    return { times: Float64Array.from(keep, (i) => whole.times[i]!), values: Float64Array.from(keep, () => 2) };
  };

  it("is what covers the least that is asked for", () => {
    expect(judged(holed(24))).toMatchObject({ verdict: "act", coverage: 0.8, points: 96 });
    expect(judged(holed(25))).toMatchObject({ verdict: "upOnly", reason: "GapsInData", points: 95 });
    expect(judged(holed(25)).message).toBe(
      "95 points, 79 % of the window, newest 5 s old; 80 % are needed to scale in",
    );
  });

  it("is measured from the first sample of a young workload on, and is never more than all", () => {
    // forty steps of which ten are missing; the first is one of them
    const young = flat(WINDOW_END - 5, 40);
    const keep = [...young.times.keys()].filter((i) => i < 10 || i >= 20);
    const samples = {
      times: Float64Array.from(keep, (i) => young.times[i]!),
      values: Float64Array.from(keep, () => 2),
    };
    expect(judged(samples).coverage).toBe(0.75);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 90 }), (points, step) => {
        const { coverage } = judged(samplesOf((i) => 2 + (i % 3), { end: WINDOW_END - 1, step, points }));
        expect(coverage).toBeGreaterThan(0);
        expect(coverage).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe("an outage that is over", () => {
  const outage = (back: number) => {
    const before = samplesOf(() => 2, { end: WINDOW_END - back - 135, points: 60 });
    const after = samplesOf(() => 2, {
      end: WINDOW_END - back + 15 * Math.floor(back / 15),
      points: Math.floor(back / 15) + 1,
    });
    return {
      times: Float64Array.of(...before.times, ...after.times),
      values: Float64Array.of(...before.values, ...after.values),
    };
  };

  it("forbids scale-in for five minutes where nobody knows whether all came back", () => {
    const unknown = { counted: false, minCoverage: 0.1 };
    expect(judged(outage(100), unknown)).toMatchObject({
      verdict: "upOnly",
      reason: "GapsInData",
      returned: WINDOW_END - 100,
    });
    expect(judged(outage(100), unknown).message).toMatch(/^usable data came back 100 s ago, maybe not all at once; /);
    expect(words(outage(300), unknown)).toBe("act DataComplete");
    const counted = judged(outage(100), { minCoverage: 0.1 });
    expect(counted).toMatchObject({ verdict: "act", reason: "DataComplete" });
    expect(counted).not.toHaveProperty("returned");
  });

  it("is found like a look at every pair of samples finds it", () => {
    const gaps = fc.array(fc.constantFrom(15, 15, 15, 119, 120, 121, 400), { maxLength: 30 });
    fc.assert(
      fc.property(gaps, fc.constantFrom(0, 15, 179, 180, 300), (list, age) => {
        const times: number[] = [WINDOW_END - age];
        for (const gap of list) times.unshift(times[0]! - gap);
        const ends = times.filter((time, i) => i > 0 && time - times[i - 1]! > 120 && WINDOW_END - time < MIN_SPAN);
        expect(returnedAt(Float64Array.from(times), { now: WINDOW_END, maxAge: 120 })).toBe(ends.at(-1));
      }),
    );
  });
});
