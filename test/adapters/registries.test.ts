/** The registries of metric sources and actuators: what is in them is wired, and each of their parts is used. */
import { describe, expect, it } from "vitest";
import { ACTUATORS } from "../../job/adapters/actuators.ts";
import type { MetricSource } from "../../job/adapters/source.ts";
import { noSource, SOURCES, sourceOf } from "../../job/adapters/sources.ts";
import { loadSettings } from "../../job/config/load.ts";
import { TABLE } from "../../job/config/table.ts";
import { rulesText } from "../../scripts/helm-rules.ts";

const settings = (more: Record<string, string> = {}) =>
  loadSettings({ flags: { deployment: "web", "target-cpu": "1", ...more }, env: {}, readFile: async () => "" });

describe("metric sources", () => {
  it("have their settings in the table, and names of their own", () => {
    for (const { settings: group } of SOURCES) {
      if (group !== null) expect(Object.values(TABLE.run.fields)).toContain(group);
    }
    expect(new Set(SOURCES.map(({ name }) => name)).size).toBe(SOURCES.length);
  });

  it("are chosen by what is named, a file before what the settings name; none when nothing is", async () => {
    const [bare, full] = [await settings(), await settings({ prometheus: "http://p" })];
    expect(sourceOf({ settings: bare, historyFile: null })).toBeNull();
    expect(sourceOf({ settings: full, historyFile: null })?.name).toBe("prometheus");
    expect(sourceOf({ settings: full, historyFile: "x.csv" })?.name).toBe("file");
    for (const { how } of SOURCES) expect(noSource()).toContain(how);
  });

  it("may be more: the registry is all that is asked", async () => {
    const other: MetricSource = { ...SOURCES[1]!, name: "other", how: "--other", where: () => "there" };
    expect(sourceOf({ settings: await settings(), historyFile: null }, [...SOURCES, other])).toBe(other);
    expect(noSource([...SOURCES, other])).toMatch(/--other, or /);
  });
});

describe("actuators", () => {
  const { actuator } = TABLE.target.fields;

  it("are those of the table, and no others", () => {
    expect(Object.keys(ACTUATORS)).toEqual(actuator.values);
  });

  it("read fields that a target has, and are in the chart's Role", () => {
    for (const [name, { settings: fields, object }] of Object.entries(ACTUATORS)) {
      for (const field of fields) expect(Object.keys(TABLE.target.fields)).toContain(field);
      expect(rulesText()).toContain(`eq .actuator "${name}"`);
      expect(rulesText()).toContain(object.kind?.resource ?? `/${object.subresource}`);
    }
  });
});
