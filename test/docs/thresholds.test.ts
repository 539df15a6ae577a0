/** Every number that a room's behaviour rests on says in its comment what it was chosen on and how flat it is there, or why it was not measured. */
import { globSync, readFileSync } from "node:fs";
import { type Comment, type Expression, parseSync, type Statement } from "oxc-parser";
import { describe, expect, it } from "vitest";

/** A constant: its name and the comment that stands above it, or above the constants right before it. */
interface Threshold {
  readonly name: string;
  readonly comment: string;
}

/** What follows from a definition needs no measurement. */
const DEFINITIONS = new Set(["SECONDS_PER_DAY", "ONE_SIGMA", "BAND_Z", "BAND", "MAX_LONG_POINTS"]);

/** A comment that says how its number was found: by a number beside it, on what, or that it was not measured and why. */
const EVIDENCE = /\d[^.]*%|\d+ [^.]*series|->|chang\w+ no|not measured|by that reason|simulation|rounding/i;

function isNumeric(node: Expression | null): boolean {
  if (node === null) return false;
  switch (node.type) {
    case "Literal":
      return typeof node.value === "number";
    case "UnaryExpression":
      return isNumeric(node.argument);
    case "BinaryExpression":
      return isNumeric(node.left as Expression) && isNumeric(node.right);
    case "ArrayExpression":
      return node.elements.length > 0 && node.elements.every((one) => isNumeric(one as Expression | null));
    case "ObjectExpression":
      return node.properties.every((one) => one.type === "Property" && isNumericOrSwitch(one.value));
    case "TSAsExpression":
      return isNumeric(node.expression);
    default:
      return false;
  }
}

function isNumericOrSwitch(node: Expression): boolean {
  return isNumeric(node) || (node.type === "Literal" && typeof node.value === "boolean");
}

/** The upper-case numeric constants of a file. */
function thresholdsOf(text: string): readonly Threshold[] {
  const { program, comments } = parseSync("file.ts", text);
  let above: Statement | undefined;
  let comment = "";
  return program.body.flatMap((statement) => {
    const declaration = statement.type === "ExportNamedDeclaration" ? statement.declaration : statement;
    const own = commentAbove(text, comments, statement);
    const follows = above !== undefined && /^\n$/.test(text.slice(above.end, statement.start));
    comment = own ?? (follows ? comment : "");
    above = statement;
    if (declaration?.type !== "VariableDeclaration") return [];
    return declaration.declarations.flatMap(({ id, init }) =>
      id.type === "Identifier" && /^[A-Z][A-Z0-9_]*$/.test(id.name) && isNumeric(init)
        ? [{ name: id.name, comment }]
        : [],
    );
  });
}

function commentAbove(text: string, comments: readonly Comment[], { start }: Statement): string | undefined {
  return comments.find(({ end }) => end < start && /^\n$/.test(text.slice(end, start)))?.value;
}

// what a source holds decides at which cadence is forecast
const ROOMS = ["job/core/forecast/**/*.ts", "job/core/policy/**/*.ts", "job/core/series/cadence.ts"];
const files = ROOMS.flatMap((room) => globSync(room)).sort();
const all = files.flatMap((file) =>
  thresholdsOf(readFileSync(file, "utf8")).map((one) => [`${file}: ${one.name}`, one] as const),
);

it.each(all)("%s", (_, { name, comment }) => {
  if (!DEFINITIONS.has(name)) expect(comment).toMatch(EVIDENCE);
});

describe("the test itself", () => {
  it("finds the thresholds of both rooms, in every form", () => {
    const names = all.map(([, { name }]) => name);
    for (const name of [
      "DEFAULT_WORTH",
      "GAINS",
      "WEIGHING",
      "MIN_FACTOR",
      "MEMORY",
      "QUANTILE_LEVELS",
      "UNSEEN_WEIGHT",
    ])
      expect(names).toContain(name);
    expect(all.length).toBeGreaterThan(60);
  });

  it("sees a number without a comment, and gives two in a row the one above them", () => {
    const read = (text: string) => thresholdsOf(text).map(({ name, comment }) => [name, comment.trim()]);
    expect(read("const A = 2;\n/** 3 %. */\nconst B = -1 / 64;\nconst C = [1, [2]];\n\nconst D = 4;\n")).toEqual([
      ["A", ""],
      ["B", "* 3 %."],
      ["C", "* 3 %."],
      ["D", ""],
    ]);
    expect(read('const A = "2";\nconst b = 3;\n')).toEqual([]);
  });

  it("knows every definition that it excuses", () => {
    const names = new Set(all.map(([, { name }]) => name));
    expect([...DEFINITIONS].filter((name) => !names.has(name))).toEqual([]);
  });
});
