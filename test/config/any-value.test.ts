/** Any value at any place of the file: it is taken, or refused by the name of its place, and nothing else comes of it. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ConfigError, loadSettings } from "../../job/config/load.ts";
import type { Node } from "../../job/config/schema.ts";
import { fileSchema, TABLE } from "../../job/config/table.ts";

type Step = string | number;

/** Every place of a schema; items of lists by 0, of dictionaries by NAME. */
function placesOf(node: Node, path: readonly Step[]): (readonly Step[])[] {
  const below =
    node.kind === "group"
      ? Object.entries(node.fields).flatMap(([key, field]) => placesOf(field, [...path, key]))
      : node.kind === "list" || node.kind === "dict"
        ? placesOf(node.of, [...path, node.kind === "list" ? 0 : "NAME"])
        : [];
  return path.length === 0 ? below : [path, ...below];
}

/** A mapping or list with this value at this place. */
function holding([step, ...rest]: readonly Step[], value: unknown): unknown {
  if (step === undefined) return value;
  return typeof step === "number" ? [holding(rest, value)] : { [step]: holding(rest, value) };
}

const target = { scaleTargetRef: { name: "web" }, targetCpu: 1 };
const load = (content: object) =>
  loadSettings({
    flags: { config: "a.yaml", prometheus: "http://p" },
    env: {},
    readFile: async () => JSON.stringify({ targets: [target], ...content }),
  });
const said = async (content: object) => {
  const error = await load(content).then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error !== null && !(error instanceof ConfigError)) throw error;
  return error?.message ?? null;
};

/** What a String() of it throws for, and names that every object has. */
const TRAPS: readonly unknown[] = [
  { toString: 1 },
  { constructor: null },
  { length: 3 },
  [[]],
  [{}, {}],
  "__proto__",
  "../x",
  "a\u0000b",
];

describe("any value", () => {
  const places = placesOf(fileSchema(TABLE), []);

  it("is taken, or refused where it stands", async () => {
    expect(places.length).toBeGreaterThan(200);
    for (const place of places)
      for (const value of TRAPS) {
        const message = await said(holding(place, value) as object);
        // what defaults leave out is missing in the target
        const [first, second = first] = place;
        if (message !== null) expect(message, place.join(".")).toContain(String(first === "defaults" ? second : first));
      }
  });

  it("of any shape too", async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...places), fc.jsonValue({ maxDepth: 3 }), async (place, value) => {
        const message = await said(holding(place, value) as object);
        if (message !== null) expect(message).toMatch(/^a\.yaml: \d+ things? to correct\n/);
      }),
      { numRuns: 1000 },
    );
  });

  it.each<[string, object, RegExp]>([
    ["a mapping as a choice", { ...target, mode: { toString: 1 } }, /mode: must be one of Active.*got a mapping/],
    ["a namespace as no server takes it", { ...target, namespace: "n".repeat(64) }, /up to 63 .*got a text of 64/],
    [
      "such a name",
      { ...target, scaleTargetRef: { name: "w".repeat(254) } },
      /up to 253 .*got a text of 254 characters/,
    ],
    [
      "a path in place of a version",
      { ...target, scaleTargetRef: { name: "w", apiVersion: "../x" } },
      /apiVersion: must be GROUP\/VERSION such as apps\/v1, or a version alone, got "\.\.\/x"/,
    ],
    [
      "a day that is none",
      { ...target, prophet: { changepoints: ["2026-02-30"] } },
      /changepoints\[0\]: must be a date/,
    ],
  ])("%s is refused", async (_, wrong, words) => {
    expect(await said({ targets: [wrong] })).toMatch(words);
  });

  it("that no header can carry is refused: what is left of it may be another tenant", async () => {
    for (const group of ["prometheus", "metrics"])
      for (const [path, settings] of [
        ["tenant", { tenant: "team-\u00e9" }],
        ["tenant", { tenant: "a\nb" }],
        ["headers.A", { headers: { A: "\u20ac" } }],
      ] as const)
        expect(await said({ [group]: settings })).toContain(`${group}.${path}: must be a text of ASCII on one line`);
    // the line end that `echo` writes into a Secret is not sent
    for (const group of ["prometheus", "metrics"]) expect(await said({ [group]: { tenant: "team-a\n" } })).toBeNull();
  });
});
