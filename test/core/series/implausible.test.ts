/** What looks like a counter, like milli-cores, like another unit of time: at the edges of each rule, and what must not be taken for it. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { causeOf, milliCores, onlyRises, timeUnit } from "../../../job/core/series/implausible.ts";
import { samplesOf } from "../../fakes/series.ts";

const TODAY = 1_790_000_000;

/** Values that rise `up` times, fall `down` times and else stand still. */
function steps(up: number, down: number, length: number): Float64Array {
  const values = new Float64Array(length).fill(1000);
  for (let i = 1; i < length; i++) {
    const step = i <= up ? 1 : i <= up + down ? -5 : 0;
    values[i] = values[i - 1]! + step;
  }
  return values;
}

describe("onlyRises", () => {
  it("is nine of ten changes that rise", () => {
    expect(onlyRises(steps(9, 1, 40))).toBe(true);
    expect(onlyRises(steps(8, 1, 40))).toBe(false);
    expect(onlyRises(steps(18, 2, 40))).toBe(true);
    expect(onlyRises(steps(17, 2, 40))).toBe(false);
  });

  it("is a rise in more than one of eight steps: a load that stands still is no counter", () => {
    expect(onlyRises(steps(5, 0, 40))).toBe(false);
    expect(onlyRises(steps(6, 0, 40))).toBe(true);
  });

  it("is known from twenty values on, the first step among them", () => {
    const rising = Float64Array.from({ length: 20 }, (_, i) => i);
    expect(onlyRises(rising)).toBe(true);
    expect(onlyRises(rising.subarray(1))).toBe(false);
    // three rises of twenty values, of which the first is one
    expect(onlyRises(steps(3, 0, 20))).toBe(true);
    expect(onlyRises(steps(2, 0, 20))).toBe(false);
  });

  it("is never said of values that fall as often as they rise", () => {
    const value = fc.double({ min: 0, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(fc.array(value, { maxLength: 40 }), (half) => {
        expect(onlyRises(Float64Array.from([...half, ...half.toReversed()]))).toBe(false);
      }),
    );
  });
});

describe("milliCores", () => {
  const of = (value: (i: number) => number, length = 20) => Float64Array.from({ length }, (_, i) => value(i));

  it("are whole numbers, most of them of three digits, that fit when divided by a thousand", () => {
    expect(
      milliCores(
        of((i) => 100 + i),
        8,
      ),
    ).toBe(true);
    expect(
      milliCores(
        of((i) => 100 + i + (i === 7 ? 0.5 : 0)),
        8,
      ),
    ).toBe(false);
    expect(
      milliCores(
        of((i) => (i < 10 ? 100 : 20) + (i % 10)),
        8,
      ),
    ).toBe(false);
    expect(
      milliCores(
        of((i) => (i < 11 ? 100 : 20) + (i % 11)),
        8,
      ),
    ).toBe(true);
    // 100 is of three digits
    expect(
      milliCores(
        of((i) => (i < 9 ? 101 + i : i < 11 ? 100 : 20 + i)),
        8,
      ),
    ).toBe(true);
  });

  it("are beyond what the pods should carry, and a thousandth is not", () => {
    const values = of((i) => 981 + i);
    expect([999, 1000].map((useful) => milliCores(values, useful))).toEqual([true, false]);
    expect([1, 0.99].map((useful) => milliCores(values, useful))).toEqual([true, false]);
  });

  it("are known from twenty values on, of which half differ", () => {
    expect(
      milliCores(
        of((i) => 100 + i, 19),
        8,
      ),
    ).toBe(false);
    expect(
      milliCores(
        of((i) => 100 + (i % 10)),
        8,
      ),
    ).toBe(true);
    expect(
      milliCores(
        of((i) => 100 + (i % 9)),
        8,
      ),
    ).toBe(false);
  });

  it("are never found in cores, whatever the load", () => {
    const cores = fc.array(fc.double({ min: 0.001, max: 99, noNaN: true }), { minLength: 20, maxLength: 60 });
    fc.assert(
      fc.property(cores, (list) => {
        expect(milliCores(Float64Array.from(list), 0.01)).toBe(false);
      }),
    );
  });
});

describe("causeOf", () => {
  const samples = (value: (i: number) => number, points = 21) => samplesOf(value, { end: 0, points });
  const noisy = (i: number) => Math.abs(Math.sin(i * 97));

  it("names the smaller unit in which the typical value would fit, at the edge of each", () => {
    for (const [perCore, words] of [
      [1, /^most of the others are not$/],
      [100, /percentages, or milli-cores\?$/],
      [1e3, /these milli-cores\?$/],
      [1e6, /micro-cores, or milli-cores of more pods\?$/],
      [1e9, /nano-cores, or bytes of memory\?$/],
    ] as const) {
      const of = (value: number) =>
        causeOf(
          samples(() => value, 3),
          8,
        );
      expect(of(8 * perCore)).toMatch(words);
      expect(of(8.001 * perCore)).not.toMatch(words);
    }
  });

  it("is a counter, milli-cores, or another mistake of the query, by the typical value", () => {
    expect(
      causeOf(
        samples((i) => 5000 + i),
        8,
      ),
    ).toMatch(/counter/);
    expect(
      causeOf(
        samples((i) => 5000 + noisy(i)),
        8,
      ),
    ).toMatch(/milli-cores/);
    expect(
      causeOf(
        samples((i) => 9e9 + noisy(i)),
        8,
      ),
    ).toMatch(/other pods/);
    // the middle of three, in whatever order they come, decides
    for (const order of [
      [1, 8000, 9e9],
      [9e9, 1, 8000],
      [8000, 9e9, 1],
    ])
      expect(
        causeOf(
          samples((i) => order[i]!, 3),
          8,
        ),
      ).toMatch(/milli-cores/);
    expect(
      causeOf(
        samples(() => 8e9 + 1, 3),
        8,
      ),
    ).toMatch(/other pods/);
    expect(
      causeOf(
        samples(() => 1, 0),
        8,
      ),
    ).toMatch(/other pods/);
  });
});

describe("timeUnit", () => {
  const factors = [
    ["milliseconds", 1e3],
    ["microseconds", 1e6],
    ["nanoseconds", 1e9],
    ["thousands of seconds", 1e-3],
    ["minutes", 1 / 60],
    ["hours", 1 / 3600],
    ["days", 1 / 86_400],
  ] as const;

  it("is found for any time of the last five years and the next, and seconds have none", () => {
    const time = fc.integer({ min: TODAY - 5 * 31_536_000, max: TODAY + 5 * 31_536_000 });
    fc.assert(
      fc.property(time, fc.constantFrom(...factors), (seconds, [unit, factor]) => {
        expect(timeUnit(Float64Array.of(seconds * factor), TODAY)).toBe(unit);
        expect(timeUnit(Float64Array.of(seconds), TODAY)).toBeNull();
      }),
    );
  });

  it("goes by the newest time that is one", () => {
    const ms = TODAY * 1e3;
    expect(timeUnit(Float64Array.of(ms, Number.NaN, Number.POSITIVE_INFINITY), TODAY)).toBe("milliseconds");
    expect(timeUnit(Float64Array.of(Number.POSITIVE_INFINITY, 5, ms), TODAY)).toBe("milliseconds");
    expect(timeUnit(Float64Array.of(Number.NaN), TODAY)).toBeNull();
    expect(timeUnit(Float64Array.of(), TODAY)).toBeNull();
  });

  it("is none where no unit brings the time near", () => {
    fc.assert(
      fc.property(fc.constantFrom(1e2, 1e4, 1e7, 1e12), (factor) => {
        expect(timeUnit(Float64Array.of(TODAY * factor), TODAY)).toBeNull();
      }),
    );
  });
});
