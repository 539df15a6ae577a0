/** Readers of untrusted values: each says null or nothing to what it is not, at the very edges of what it is. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  readArray,
  readInteger,
  readNumber,
  readObject,
  readRows,
  readTime,
  roundToMilliseconds,
} from "../../../job/core/state/read.ts";

const anything = fc.oneof(
  fc.anything(),
  fc.double(),
  fc.integer(),
  fc.constantFrom<unknown>(-1, 0, 2_147_483_647, 2_147_483_648, 253_402_300_799, 253_402_300_800, Number.NaN, "5", [5]),
);

describe("a value of any kind", () => {
  it("is a number, a count, a time, a list or an object, or none", () => {
    fc.assert(
      fc.property(anything, (value) => {
        const within = (least: number, most: number) => typeof value === "number" && value >= least && value <= most;
        expect(readNumber(value)).toBe(within(-Number.MAX_VALUE, Number.MAX_VALUE) ? value : null);
        expect(readInteger(value)).toBe(within(0, 2_147_483_647) && Number.isInteger(value) ? value : null);
        expect(readTime(value)).toBe(within(0, 253_402_300_799) ? value : null);
        expect(readArray(value)).toEqual(Array.isArray(value) ? value : []);
        const plain = Object.prototype.toString.call(value) === "[object Object]";
        if (plain) expect(readObject(value)).toBe(value);
        if (value === null || typeof value !== "object" || Array.isArray(value)) expect(readObject(value)).toBeNull();
      }),
    );
  });
});

describe("rows", () => {
  it("are whole ones, up to the first that is not all numbers", () => {
    expect(readRows([1, 2, 3, 4], 2)).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(readRows([1, 2, 3], 2)).toEqual([[1, 2]]);
    expect(readRows([1, 2, 3, "4", 5, 6], 2)).toEqual([[1, 2]]);
    expect(readRows([1, null, 3, 4], 2)).toEqual([]);
    for (const none of [[], null, "12", { 0: 1, 1: 2, length: 2 }]) expect(readRows(none, 2)).toEqual([]);
  });

  it("flattened are what they were read from", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5 }),
        fc.array(fc.double({ noNaN: true, noDefaultInfinity: true })),
        (width, flat) => {
          const rows = readRows(flat, width);
          expect(rows.flat()).toEqual(flat.slice(0, Math.floor(flat.length / width) * width));
          for (const row of rows) expect(row).toHaveLength(width);
        },
      ),
    );
  });
});

it("times are kept to the millisecond", () => {
  expect([1.2344, 1.2346, 5, 0.0004].map(roundToMilliseconds)).toEqual([1.234, 1.235, 5, 0]);
});
