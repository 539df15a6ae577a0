/**
 * Tests that wait for a clock say why in a comment: where there is an event to wait for, they wait for that.
 * Tests of a page move the pointer to elements, for a place on the screen that was read before may be stale.
 */
import { globSync, readFileSync } from "node:fs";
import { type Node, parseSync } from "oxc-parser";
import { describe, expect, it } from "vitest";

/** What lets time pass, whatever happens in it. `expect.poll` is none: it asks until something holds. */
const WAITS = /^(?:setTimeout|setInterval|sleep|delay|waitForTimeout)$/;

/** The name of what is called: `sleep(1)`, `page.waitForTimeout(1)`. */
function calleeOf(node: Node): string {
  if (node.type !== "CallExpression") return "";
  const { callee } = node;
  if (callee.type === "MemberExpression" && callee.property.type === "Identifier") return callee.property.name;
  return callee.type === "Identifier" ? callee.name : "";
}

/** What stands above a function is about the function, not about a wait in its body. */
const hasBody = (node: Node): boolean => "body" in node && (node.body as Node | null)?.type === "BlockStatement";
const isPart = ({ type }: Node): boolean =>
  type !== "BlockStatement" && /Statement$|Declaration$|^Property$/.test(type);

/** The lines that wait without a comment: on the line, or right above it or a statement of the same function that it is part of. */
function unexplainedWaits(source: string): readonly string[] {
  const { program, comments } = parseSync("file.ts", source);
  const lineOf = (at: number) => source.slice(0, at).split("\n").length;
  const explained = new Set(comments.flatMap(({ start, end }) => [lineOf(start), lineOf(end) + 1]));
  const found: string[] = [];
  const visit = (node: Node, above: readonly number[]): void => {
    const lines = [...above, lineOf(node.start)];
    if (WAITS.test(calleeOf(node)) && !lines.some((line) => explained.has(line)))
      found.push(`line ${lines.at(-1)}: ${source.slice(node.start, node.end).split("\n")[0]}`);
    const begun = /Function/.test(node.type) && hasBody(node) ? [] : isPart(node) ? lines : above;
    const children = Object.values(node).flat() as readonly (Partial<Node> | null)[];
    for (const child of children) if (typeof child?.type === "string") visit(child as Node, begun);
  };
  visit(program, []);
  return found;
}

const sources = globSync("test/**/*.ts").sort();

it("each wait for a clock in the tests says why", () => {
  const wrong = sources.flatMap((path) =>
    unexplainedWaits(readFileSync(path, "utf8")).map((line) => `${path}, ${line}`),
  );
  expect(wrong).toEqual([]);
});

it("the pointer moves to elements, by pointAt, and never to places on the screen", () => {
  const pages = sources.filter((path) => path.startsWith("test/browser/"));
  expect(pages.length).toBeGreaterThan(5);
  const places = /\bmouse\.(?:move|click|dblclick)\(/;
  expect(pages.filter((path) => places.test(readFileSync(path, "utf8")))).toEqual([]);
});

describe("the test itself", () => {
  it("reads all tests", () => expect(sources.length).toBeGreaterThan(350));

  it.each([
    ["await sleep(100);", 1],
    ["await sleep(100); // the server counts in seconds", 0],
    ["// the server counts in seconds\nawait new Promise((done) => setTimeout(done, 100));", 0],
    ["// asked again: nothing tells\nwhile (busy()) {\n  look();\n  await sleep(100);\n}", 0],
    ["// about f\nfunction f() {\n  look();\n  return sleep(100);\n}", 1],
    ["/** A second. */\nconst second = () => new Promise((done) => setTimeout(done, 1000));", 0],
    ["// above\nlook();\nawait page.waitForTimeout(5);", 1],
    ["await expect.poll(look).toBe(1);\nclearTimeout(timer);", 0],
  ])("%j: %d", (source, count) => {
    expect(unexplainedWaits(source)).toHaveLength(count);
  });
});
