/** What a terminal and a log may see: no control character, no turned direction of writing, nothing lost. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cut, lines, oneLine } from "../../job/output/escape.ts";

const hostile = fc.string({
  unit: fc.oneof(
    fc.constantFrom(
      "\n",
      "\r",
      "\t",
      "\u001b[31m",
      "\u001b]0;title\u0007",
      "\u009b2J",
      "\u202e",
      "\u2066",
      "\u200f",
      "\ufeff",
      "\u2028",
      "\ud800",
    ),
    fc.string({ minLength: 1, maxLength: 3 }),
  ),
});
/** Unicode's own classes: controls, formats, separators of lines and paragraphs, lone surrogates. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;
describe("oneLine and lines", () => {
  it("leave no control character, but for the line feeds of our own text", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(oneLine(text)).not.toMatch(UNSAFE);
        expect(lines(text).replaceAll("\n", "")).not.toMatch(UNSAFE);
        expect(lines(text).split("\n")).toHaveLength(text.split("\n").length);
      }),
    );
  });

  it("leave a JSON what it says", () => {
    fc.assert(
      fc.property(fc.jsonValue(), hostile, (value, text) => {
        const json = JSON.stringify({ value, text }, null, 2);
        expect(JSON.parse(lines(json))).toEqual(JSON.parse(json));
      }),
    );
  });

  it("leave ordinary text alone", () => {
    expect(oneLine("Größe 日本 → 5 🙂, e\u0301")).toBe("Größe 日本 → 5 🙂, e\u0301");
    expect(oneLine("a\nb\u001b[0m\u202e")).toBe("a\\nb\\u001b[0m\\u202e");
  });
});

describe("cut", () => {
  it("is one line of at most the length, and says that something is missing", () => {
    fc.assert(
      fc.property(hostile, fc.integer({ min: 4, max: 40 }), (text, length) => {
        const short = cut(text, length);
        expect(short.length).toBeLessThanOrEqual(length);
        expect(short === oneLine(text) || short.endsWith("...")).toBe(true);
      }),
    );
  });
});
