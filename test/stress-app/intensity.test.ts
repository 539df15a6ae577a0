/** Tests of the input of /stress: plain decimals in range pass, everything else is told the range. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DEFAULT_INTENSITY, MAX_INTENSITY, parseIntensity, wallLimit } from "../../stress-app/intensity.ts";

describe("parseIntensity", () => {
  it("takes any plain decimal from 0 to 60 as it is", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: MAX_INTENSITY * 1000 }), (milli) => {
        const text = (milli / 1000).toFixed(3);
        expect(parseIntensity([text])).toEqual({ seconds: Number(text) });
      }),
    );
  });

  it("falls back to the default when none is given", () => {
    expect(parseIntensity([])).toEqual({ seconds: DEFAULT_INTENSITY });
  });

  it.each([
    "",
    " ",
    "abc",
    "NaN",
    "Infinity",
    "-1",
    "-0",
    "+1",
    "1e1",
    "0x10",
    "1,5",
    "60.001",
    "61",
    "9".repeat(400),
    "1 ",
    "٣",
  ])("refuses %j and says the range", (text) => {
    expect(parseIntensity([text])).toEqual({ error: expect.stringContaining("from 0 to 60") });
  });

  it("refuses the parameter given twice, even with the same value", () => {
    expect(parseIntensity(["1", "1"])).toEqual({ error: expect.stringMatching(/2 times.*from 0 to 60/) });
  });

  it("refuses whatever is no number in range (against Number)", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const result = parseIntensity([text]);
        if ("seconds" in result) expect(result.seconds).toBe(Number(text));
        const value = text.trim() === "" ? Number.NaN : Number(text);
        if (!(value >= 0 && value <= MAX_INTENSITY)) expect(result).toHaveProperty("error");
      }),
    );
  });
});

describe("wallLimit", () => {
  it("is finite for every burn and leaves a fifth of a core shared by four workers time for a short one", () => {
    expect(wallLimit(MAX_INTENSITY)).toBe(605);
    expect(wallLimit(0.05)).toBeGreaterThan(0.05 / (0.2 / 4));
    expect(wallLimit(0)).toBeGreaterThan(0);
  });
});
