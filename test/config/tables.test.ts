/** The tables themselves: every default lies in its own range, names are unique, the core's settings are all there. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { TARGET } from "../../job/config/defaults.ts";
import type { Node } from "../../job/config/schema.ts";
import { settingsIn } from "../../job/config/settings.ts";
import { fileSchema, TABLE } from "../../job/config/table.ts";
import { resolveTarget } from "../../job/config/target-settings.ts";

const SETTINGS = settingsIn();

function all(node: Node, path: string): (readonly [string, Node])[] {
  const inner = node.kind === "group" ? Object.entries(node.fields) : [];
  const items = node.kind === "list" ? all(node.of, `${path}[]`) : [];
  return [[path, node], ...inner.flatMap(([key, field]) => all(field, `${path}.${key}`)), ...items];
}

describe("the table of settings", () => {
  const nodes = all(fileSchema(TABLE), "");

  it("has every default within its own range or set", () => {
    for (const [path, node] of nodes) {
      if (node.kind === "quantity" && node.default !== undefined) {
        expect(node.default, path).toBeGreaterThanOrEqual(node.min);
        expect(node.default, path).toBeLessThanOrEqual(node.max);
      }
      if (node.kind === "choice" && node.default !== undefined) expect(node.values, path).toContain(node.default);
    }
  });

  it("says of every field what it is", () => {
    for (const [path, node] of nodes) expect(node.about, path).toMatch(/^[A-Za-z].*\.$/s);
  });

  it("has each flag and each variable once", () => {
    const flags = SETTINGS.flatMap((s) => (s.flag === null ? [] : [s.flag]));
    expect(new Set(flags).size).toBe(flags.length);
    expect(new Set(SETTINGS.map((s) => s.variable)).size).toBe(SETTINGS.length);
  });

  it("never offers a secret as a flag: a process list would show it", () => {
    for (const s of SETTINGS) if (s.node.kind === "text" && s.node.secret === true) expect(s.flag).toBeNull();
  });

  it("covers what the core asks for", () => {
    // every `readonly name` of TargetConfig; core/target.ts is the other end of this contract
    const source = readFileSync("job/core/target.ts", "utf8");
    const [, body = ""] = /export interface TargetConfig \{([\s\S]*?)\n\}/.exec(source) ?? [];
    const names = [...body.matchAll(/^ {2}readonly (\w+)\??:/gm)].map((m) => m[1]);
    expect(names.length).toBeGreaterThan(20);
    expect(Object.keys(TARGET.fields)).toEqual(expect.arrayContaining(names));
  });

  it("resolves a target with every default", () => {
    const target = resolveTarget({ scaleTargetRef: { name: "web" }, targetCpu: 0.5 });
    expect(target).toMatchObject({ name: "web", namespace: "default", minReplicas: 1, schedule: [] });
    expect(() => resolveTarget({ scaleTargetRef: { name: "web" } })).toThrow(/targetCpu is missing/);
  });
});
