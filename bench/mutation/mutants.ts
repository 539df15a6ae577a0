/** Makes mutants of a TypeScript source: each is one small edit, such as a person's slip. */
import { parseSync } from "oxc-parser";

/** One edit: `text` replaces what stands from `start` to `end`, offsets in the source. */
export interface Mutation {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** What kind of slip it is. */
  readonly kind: string;
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

/** The boundary moved, and the comparison turned. */
const COMPARISONS: Readonly<Record<string, readonly string[]>> = {
  "<": ["<=", ">="],
  "<=": ["<", ">"],
  ">": [">=", "<="],
  ">=": [">", "<"],
  "===": ["!=="],
  "!==": ["==="],
};
const ARITHMETIC: Readonly<Record<string, string>> = { "+": "-", "-": "+", "*": "/", "/": "*", "%": "*" };
const LOGIC: Readonly<Record<string, string>> = { "&&": "||", "||": "&&" };
const CALLS: Readonly<Record<string, string>> = {
  min: "max",
  max: "min",
  some: "every",
  every: "some",
  floor: "ceil",
  ceil: "floor",
};

/** All mutations of a TypeScript source, in the order of the text. Types, imports and string literals are left alone. */
export function mutationsOf(source: string): readonly Mutation[] {
  const { program, errors } = parseSync("source.ts", source);
  if (errors.length > 0) throw new Error(`cannot be parsed: ${errors[0]?.message}`);
  const all: Mutation[] = [];
  walk(program as unknown as Node, (node) => all.push(...mutationsAt(node, source)));
  return all.sort((a, b) => a.start - b.start || a.text.localeCompare(b.text));
}

/** The source with one mutation applied. */
export function mutated(source: string, { start, end, text }: Mutation): string {
  return source.slice(0, start) + text + source.slice(end);
}

/** Kept of TypeScript's own nodes: those that hold an expression. */
const TRANSPARENT = new Set(["TSAsExpression", "TSNonNullExpression", "TSSatisfiesExpression"]);

function walk(node: Node, visit: (node: Node) => void): void {
  if (node.type.startsWith("TS") && !TRANSPARENT.has(node.type)) return;
  if (node.type === "ImportDeclaration") return;
  visit(node);
  for (const [key, value] of Object.entries(node)) {
    if (key === "typeAnnotation" || key === "typeArguments" || key === "typeParameters" || key === "returnType")
      continue;
    for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) walk(child, visit);
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && typeof (value as Node).type === "string";
}

function mutationsAt(node: Node, source: string): readonly Mutation[] {
  const { type } = node;
  const text = (of: unknown) => source.slice((of as Node).start, (of as Node).end);
  const whole = (kind: string, made: string): Mutation => ({ start: node.start, end: node.end, text: made, kind });
  if (type === "BinaryExpression" || type === "LogicalExpression") return operators(node, source);
  if (type === "IfStatement" || type === "ConditionalExpression") return conditions(node.test as Node);
  if (type === "UnaryExpression" && (node.operator === "!" || node.operator === "-"))
    return [whole("sign or negation dropped", text(node.argument))];
  if (type === "Literal" && typeof node.value === "number") return [whole("constant changed", String(node.value + 1))];
  if (type === "Literal" && typeof node.value === "boolean") return [whole("constant changed", String(!node.value))];
  if (
    type === "ExpressionStatement" &&
    /^(Call|Assignment|Update|Await)Expression$/.test((node.expression as Node).type)
  )
    return [whole("statement removed", ";")];
  if (type === "MemberExpression" && node.computed !== true) {
    const property = node.property as Node;
    const name = text(property);
    if (!Object.hasOwn(CALLS, name)) return [];
    return [{ start: property.start, end: property.end, text: CALLS[name]!, kind: "call swapped" }];
  }
  return [];
}

/** `a < b` and the like: the operator stands between the two sides. */
function operators(node: Node, source: string): readonly Mutation[] {
  const [left, right] = [node.left as Node, node.right as Node];
  const operator = String(node.operator);
  const start = left.end + source.slice(left.end, right.start).indexOf(operator);
  const swap = (kind: string, made: string): Mutation => ({ start, end: start + operator.length, text: made, kind });
  const comparisons = COMPARISONS[operator] ?? [];
  // a plus between texts joins them
  const joins =
    operator === "+" &&
    [left, right].some(({ type, value }) => type === "TemplateLiteral" || typeof value === "string");
  const arithmetic = joins ? undefined : ARITHMETIC[operator];
  const logic = LOGIC[operator];
  return [
    ...comparisons.map((made) =>
      swap(made.startsWith(operator) || operator.startsWith(made) ? "boundary moved" : "comparison turned", made),
    ),
    ...(arithmetic === undefined ? [] : [swap("arithmetic swapped", arithmetic)]),
    ...(logic === undefined ? [] : [swap("logic swapped", logic)]),
  ];
}

/** A branch that is always taken, and one that never is. */
function conditions({ start, end }: Node): readonly Mutation[] {
  return ["true", "false"].map((text) => ({ start, end, text, kind: "condition fixed" }));
}
