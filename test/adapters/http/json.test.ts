/** Bounded JSON: equal to JSON.parse within its bounds, and refused beyond them before anything is built. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { JsonBoundsError, parseJson } from "../../../job/adapters/http/json.ts";

/** Lists and objects of a value, by walking it. */
function containers(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  return 1 + Object.values(value).reduce<number>((sum, part) => sum + containers(part), 0);
}

test("any value is read as JSON.parse reads it, and its containers are counted exactly", () => {
  const value = fc.jsonValue({
    maxDepth: 6,
    stringUnit: fc.constantFrom("a", '"', "\\", "[", "{", "]", "}", "é", "\n"),
  });
  fc.assert(
    fc.property(value, fc.constantFrom(0, 2), (made, indent) => {
      const text = JSON.stringify(made, null, indent);
      const count = containers(made);
      expect(parseJson(text, count)).toEqual(JSON.parse(text));
      if (count > 0) expect(() => parseJson(text, count - 1)).toThrow(JsonBoundsError);
    }),
    { numRuns: 500 },
  );
});

test("what is no JSON is a SyntaxError, whatever its quotes and brackets", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('"', "\\", "[", "{", "]", "}", ",", "1") }), (text) => {
      let good: unknown;
      try {
        good = JSON.parse(text);
      } catch {
        expect(() => parseJson(text, 1000)).toThrow(/./);
        return;
      }
      expect(parseJson(text, 1000)).toEqual(good);
    }),
    { numRuns: 500 },
  );
});

test("deep nesting is refused whatever the count allows", () => {
  const deep = (levels: number) => "[".repeat(levels) + "]".repeat(levels);
  expect(parseJson(deep(64), 1000)).toBeInstanceOf(Array);
  expect(() => parseJson(deep(65), 1000)).toThrow(/nested more than 64 deep/);
});

test("depth is that of what is still open, whatever stands between", () => {
  const filler = fc.constantFrom("", "1,", '"[[[{",', "{},", "[],", "[{}],", "null , ");
  fc.assert(
    fc.property(fc.array(filler, { minLength: 60, maxLength: 68 }), (between) => {
      // where the last one opens what it closes again, it is one deeper
      const text = `${between.map((part) => `[${part}`).join("")}1${"]".repeat(between.length)}`;
      const inner = between.map((part, i) => i + 1 + (part === "[{}]," ? 2 : part === "{}," || part === "[]," ? 1 : 0));
      if (Math.max(...inner) > 64) expect(() => parseJson(text, 1000)).toThrow(/nested more than 64 deep/);
      else expect(parseJson(text, 1000)).toEqual(JSON.parse(text));
    }),
  );
});
