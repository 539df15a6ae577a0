/** The tables themselves: every default lies in its own range, names are unique, the core's settings are all there. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { check } from "../../job/config/check.ts";
import { TARGET } from "../../job/config/defaults.ts";
import type { Node } from "../../job/config/schema.ts";
import { settingAt, settingsIn } from "../../job/config/settings.ts";
import { fileSchema, TABLE } from "../../job/config/table.ts";
import { resolveTarget } from "../../job/config/target-settings.ts";
import type { Issue } from "../../job/config/types.ts";
import { configurationPage } from "../../scripts/docs.ts";

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

  it("tells of each place its own variable, also where two groups share their fields", () => {
    const page = configurationPage();
    for (const setting of SETTINGS) {
      const path = setting.path.join(".");
      const places = setting.scope === "run" ? [path] : [path, `targets[7].${path}`, `defaults.${path}`];
      for (const place of places) expect(settingAt(place), place).toBe(setting);
      const row = page.split("\n").find((line) => line.startsWith(`| \`${path}\` |`));
      expect(row?.split(/ \| |<br>/).at(-1), path).toBe(`\`${setting.variable}\` |`);
    }
    expect(settingAt("metrics[0].query")).toBeNull();
  });

  it("never offers a secret as a flag: a process list would show it", () => {
    for (const s of SETTINGS) if (s.node.kind === "text" && s.node.secret === true) expect(s.flag).toBeNull();
  });

  it("bounds every list and dictionary, and what is told of unknown names", async () => {
    const bounded = nodes.filter(([, node]) => node.kind === "list" || node.kind === "dict");
    expect(bounded.length).toBeGreaterThan(8);
    for (const [path, node] of bounded) {
      if (node.kind !== "list" && node.kind !== "dict") continue;
      const items = Array.from({ length: node.atMost + 1 }, (_, i) => [`k${i}`, "x"] as const);
      const issues: Issue[] = [];
      check(node, node.kind === "list" ? items.map(([, item]) => item) : Object.fromEntries(items), path, issues);
      expect(issues).toEqual([{ path, message: expect.stringMatching(/must be .*at most \d+.* It has \d+\./) }]);
    }
    const issues: Issue[] = [];
    check(TARGET, Object.fromEntries(Array.from({ length: 40_000 }, (_, i) => [`unknown${i}`, i])), "", issues);
    expect(issues).toHaveLength(11);
    expect(issues[10]).toEqual({ path: "", message: "has 39990 more fields that are not known." });
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
