/** Numbers as people write them. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatUnit, parseUnit } from "../../job/config/units.ts";

describe("parseUnit", () => {
  it.each([
    ["seconds", "30m", 1800],
    ["seconds", "15s", 15],
    ["seconds", "7d", 604_800],
    ["seconds", "1h30m", 5400],
    ["seconds", "500ms", 0.5],
    ["seconds", "90", 90],
    ["seconds", 90, 90],
    ["cores", "100m", 0.1],
    ["cores", "50m", 0.05],
    ["cores", "0.05", 0.05],
    ["cores", "2", 2],
    ["ratio", "90%", 0.9],
    ["ratio", 0.9, 0.9],
    ["replicas", "3", 3],
    ["days", 365.25, 365.25],
    ["days", "12h", 0.5],
    ["days", "5m", 300 / 86_400],
    ["number", "0.05", 0.05],
  ] as const)("reads %s %j as %d", (unit, written, value) => {
    expect(parseUnit(unit, written)).toBe(value);
  });

  it.each([
    ["seconds", "30 minutes"],
    ["seconds", "m"],
    ["seconds", ""],
    ["seconds", "-5s"],
    ["cores", "100M"],
    ["cores", "1e400"],
    ["cores", "0x10"],
    ["cores", null],
    ["cores", true],
    ["replicas", "3.5"],
    ["replicas", 3.5],
    ["replicas", "3m"],
    ["count", Number.NaN],
    ["ratio", "1/2"],
    ["number", "90%"],
    ["days", "5 minutes"],
  ] as const)("refuses %s %j", (unit, written) => {
    expect(parseUnit(unit, written)).toBeNull();
  });

  it("reads back whatever it writes, in cores too", () => {
    expect([0.05, 0.001, 0.5015, 1, 2.5, 0].map((v) => formatUnit("cores", v))).toEqual([
      "50m",
      "1m",
      "501.5m",
      "1",
      "2.5",
      "0",
    ]);
    fc.assert(
      fc.property(fc.double({ min: 0, max: 2000, noNaN: true }), (cores) => {
        expect(parseUnit("cores", formatUnit("cores", cores))).toBe(cores);
      }),
    );
  });

  it("reads back whatever it writes", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10 ** 9 }), (n) => {
        expect(parseUnit("seconds", formatUnit("seconds", n))).toBe(n);
      }),
    );
  });

  it("gives a finite number or null, whatever text it gets", () => {
    fc.assert(
      fc.property(
        fc.constantFrom("cores", "seconds", "ratio", "replicas", "count" as const),
        fc.string(),
        (unit, s) => {
          const value = parseUnit(unit as "cores", s);
          expect(value === null || Number.isFinite(value)).toBe(true);
        },
      ),
    );
  });
});
