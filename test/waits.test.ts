/** Tests do not fail by chance: who waits for a clock or gives up early says why, the pointer moves to elements, CI draws the same cases. */
import { globSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { type Node, parseSync } from "oxc-parser";
import { describe, expect, it } from "vitest";
import type { UserWorkspaceConfig } from "vitest/config";
import config from "../vitest.config.ts";

/** What lets time pass, whatever happens in it. */
const WAITS = /^(?:setTimeout|setInterval|sleep|delay|waitForTimeout)$/;
/** Milliseconds. `expect.poll` asks until something holds: one that gives up before this fails on a busy machine. */
const PATIENCE = 20_000;

/** The name of what is called: `sleep(1)`, `page.waitForTimeout(1)`. */
function calleeOf(node: Node): string {
  if (node.type !== "CallExpression") return "";
  const { callee } = node;
  if (callee.type === "MemberExpression" && callee.property.type === "Identifier") return callee.property.name;
  return callee.type === "Identifier" ? callee.name : "";
}

/** A poll whose own limit is less than others have by default. */
function givesUpEarly(node: Node, source: string): boolean {
  if (node.type !== "CallExpression" || calleeOf(node) !== "poll" || node.arguments[1] === undefined) return false;
  const { start, end } = node.arguments[1];
  const limit = /\btimeout: ([\d_]+)/.exec(source.slice(start, end))?.[1];
  return limit !== undefined && Number(limit.replaceAll("_", "")) < PATIENCE;
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
    const places = [...above, node.start];
    const told = WAITS.test(calleeOf(node)) || givesUpEarly(node, source);
    if (told && !places.some((at) => explained.has(lineOf(at))))
      found.push(`line ${lineOf(node.start)}: ${source.slice(node.start, node.end).split("\n")[0]}`);
    const begun = /Function/.test(node.type) && hasBody(node) ? [] : isPart(node) ? places : above;
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

it("each project is patient by default", () => {
  const projects = (config.test?.projects ?? []) as readonly UserWorkspaceConfig[];
  expect(projects.map(({ test }) => test?.name)).toContain("browser");
  for (const { test } of projects)
    expect(test?.expect?.poll?.timeout, `${test?.name}`).toBeGreaterThanOrEqual(PATIENCE);
});

it("in CI properties draw the same cases at each run", () => {
  expect(fc.readConfigureGlobal().seed).toBe(process.env.CI ? 1 : undefined);
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
    ["await expect.poll(look, { timeout: 60_000, interval: 500 }).toBe(1);", 0],
    ["await expect.poll(look, { timeout: 10_000 }).toBe(1);", 1],
    ["// its slot ends then\nawait expect.poll(look, { timeout: 10_000 }).toBe(1);", 0],
  ])("%j: %d", (source, count) => {
    expect(unexplainedWaits(source)).toHaveLength(count);
  });
});
