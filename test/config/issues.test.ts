/** What is said of a wrong file: each mistake once, at its own place, and nothing that only follows from it. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ConfigError, loadSettings } from "../../job/config/load.ts";

async function issuesOf(
  file: string | Error,
  flags: Readonly<Record<string, unknown>> = {},
): Promise<readonly string[]> {
  const readFile = async () => {
    if (file instanceof Error) throw file;
    return file;
  };
  const error = await loadSettings({ flags: { config: "a.yaml", ...flags }, env: {}, readFile }).catch(
    (e: unknown) => e,
  );
  if (!(error instanceof ConfigError)) throw new Error("it was accepted, or another error", { cause: error });
  return error.issues.map(({ path, message }) => `${path}: ${message}`);
}

const target = (more: string) => `targets: [{ scaleTargetRef: { name: web }, targetCpu: 1, ${more} }]`;
const entry = (more: string) => target(`schedule: [{ name: x, minReplicas: 2, ${more} }]`);
const coded = (code: string) => Object.assign(new Error(`${code}: raw words`), { code });

describe("issues", () => {
  it.each<[string, string | Error, readonly RegExp[]]>([
    ["a file that is not there", coded("ENOENT"), [/^--config: "a\.yaml" cannot be read: there is no such file\.$/]],
    ["a folder", coded("EISDIR"), [/it is a folder, not a file\.$/]],
    ["a file that may not be read", coded("EACCES"), [/permission denied/]],
    ["an unknown code", coded("EWHATEVER"), [/cannot be read: error EWHATEVER\.$/]],
    [
      "a file of more entries than memory allows",
      `targets: [${"a,".repeat(60_000)}]`,
      [/60\d\d\d lines and entries, but at most 50000/],
    ],
    [
      "a header of two lines",
      `prometheus: { url: http://p, headers: { X-A: "a\\r\\nX-B: 1" } }\n${target("")}`,
      [/headers\.X-A: must be a text of ASCII on one line/],
    ],
    ["a file too large for a ConfigMap", `a: ${"x".repeat(1024 * 1024)}`, [/larger than 1 MiB/]],
    ["an alias without its anchor", "prometheus: *x", [/^a\.yaml: uses an alias \(\*name\) without an anchor/]],
    [
      "aliases that multiply",
      `a: &a [1,1,1]\n${[..."bcdefgh"].map((c, i) => `${c}: &${c} [${Array(9).fill(`*${"abcdefgh"[i]}`).join()}]`).join("\n")}`,
      [/uses its aliases \(\*name\) too often/],
    ],
    ["a colon too many", "a: b: c", [/^a\.yaml:1:4: a second `name:` on one line/]],
    ["a bracket left open", "targets: [1\nx: 2", [/^a\.yaml:2:1: the indentation is wrong, or a bracket/]],
    ["a tab", "targets:\n\t- a", [/^a\.yaml:2:1: a tab is used as indentation; use spaces\.$/]],
    ["a field that is there twice", "report: {}\nreport: {}", [/^a\.yaml:2:1: this field appears twice\.$/]],
    ["two documents", "a: 1\n---\nb: 2", [/several documents/]],
    ["nested beyond reason", `a: ${"[".repeat(20_000)}`, [/^a\.yaml:1:\d+: it is nested too deeply\.$/]],
    [
      "a share of a request that is not read",
      "kubernetes: { detectScalers: false }\ntargets: [{ scaleTargetRef: { name: web }, targetCpu: 70% }]",
      [/^targets\[0\]\.targetCpu: as a percentage needs kubernetes\.detectScalers: true .* write it in cores\.$/],
    ],
    [
      "a share that is none",
      "targets: [{ scaleTargetRef: { name: web }, targetCpu: 0% }]",
      [/targetCpu: must be cores .*or a share such as 70% of the pod's CPU request.*, from 1% to 1000%, got "0%"/],
    ],
    [
      "a share of what has none",
      "targets: [{ scaleTargetRef: { name: web }, targetCpu: 1, podCpuLimit: 70% }]",
      [/^targets\[0\]\.podCpuLimit: must be cores/],
    ],
    ["targets that are no list", "targets: 5", [/^targets: must be a list, got a number\.$/]],
    ["targets that are a mapping", "targets: { name: web }", [/^targets: must be a list, got a mapping\.$/]],
    [
      "a refused item before others",
      "targets: [3, { scaleTargetRef: { name: web }, targetCpu: lots }]",
      [/^targets\[0\]: must be a mapping/, /^targets\[1\]\.targetCpu: .*got "lots"/],
    ],
    [
      "a refused item and a rule behind it",
      `targets: [3, { scaleTargetRef: { name: web }, targetCpu: 1, minReplicas: 11 }]`,
      [/^targets\[0\]/, /^targets\[1\]\.minReplicas: 11 is above maxReplicas/],
    ],
    [
      "a calendar's ceiling below the least",
      target(
        "minReplicas: 3, schedule: [{ name: y, maxReplicas: 2, once: { from: 2027-01-01T00:00, to: 2027-01-02T00:00 } }]",
      ),
      [/^targets\[0\]\.schedule\[0\]\.maxReplicas: 2 is below the target's minReplicas, which is 3\./],
    ],
    [
      "a kind as kubectl also takes it",
      "targets: [{ scaleTargetRef: { name: web, kind: deployment }, targetCpu: 1 }]",
      [/^targets\[0\]\.scaleTargetRef\.kind: must be the KIND column of kubectl api-resources, .*got "deployment"/],
    ],
    [
      "a refused entry of a calendar",
      target("schedule: [7, { name: y, minReplicas: 40, once: { from: 2027-01-01T00:00, to: 2027-01-02T00:00 } }]"),
      [/^targets\[0\]\.schedule\[0\]/, /^targets\[0\]\.schedule\[1\]\.minReplicas: 40 is above the target's/],
    ],
    [
      "a misspelt required field",
      "targets: [{ scaleTargetRef: { name: web }, targtCpu: 1 }]",
      [/^targets\[0\]\.targtCpu: is not a known field\. Did you mean targetCpu\?$/],
    ],
    [
      "a required field of a wrong form",
      "targets: [{ scaleTargetRef: web, targetCpu: 1 }]",
      [/^targets\[0\]\.scaleTargetRef: must be a mapping/],
    ],
    [
      "a default of a wrong form",
      "defaults: { targetCpu: x }\ntargets: [{ scaleTargetRef: { name: web } }]",
      [/^defaults\.targetCpu/],
    ],
    [
      "a name for all targets",
      "defaults: { name: x }\ntargets: [{ scaleTargetRef: { name: web }, targetCpu: 1 }]",
      [/^defaults\.name: is not a known field/],
    ],
    ["a refused bound of a rule", target("minReplicas: 20, maxReplicas: x"), [/^targets\[0\]\.maxReplicas: must be/]],
    [
      "weekly without days",
      entry('recurring: { from: "08:00", to: "09:00" }'),
      [/^targets\[0\]\.schedule\[0\]\.recurring\.days: is missing\./],
    ],
    [
      "weekly with no days",
      entry('recurring: { days: [], from: "08:00", to: "09:00" }'),
      [/recurring\.days: must be a list of at least 1/],
    ],
    [
      "an interval that ends where it begins",
      entry('recurring: { days: [Mon], from: "08:00", to: "08:00" }'),
      [/recurring\.from: 08:00 is the end as well\. A whole day is from 00:00 to 24:00\.$/],
    ],
    [
      "a day that no calendar has",
      entry("once: { from: 2027-02-29T00:00, to: 2027-03-01T00:00 }"),
      [/once\.from: must be a local date and time/],
    ],
    ["31 days in April", entry("once: { from: 2027-01-01T00:00, to: 2027-04-31T00:00 }"), [/once\.to: must be/]],
    [
      "an exception on no day",
      entry('recurring: { days: [Mon], from: "08:00", to: "09:00" }, except: [2027-02-31]'),
      [/except\[0\]: must be a date/],
    ],
    [
      "a variable that is not set",
      `prometheus: { url: http://p, headersFrom: { X-A: { env: NOPE } } }\n${target("")}`,
      [/^prometheus\.headersFrom\.X-A\.env: names the variable NOPE, which is not set\.$/],
    ],
    [
      "a header from two places",
      `prometheus: { url: http://p, headers: { x-a: b }, headersFrom: { X-A: { file: /f } } }\n${target("")}`,
      [/^prometheus\.headersFrom\.X-A: appears twice/],
    ],
    [
      "metrics without names",
      target("metrics: [{ query: a, averageValue: 1 }, { query: b, averageValue: 1 }]"),
      [/metrics\[0\]\.name: is missing/, /metrics\[1\]\.name: is missing/],
    ],
    [
      "targets without names",
      "targets: [{ targetCpu: 1, scaleTargetRef: {} }, { targetCpu: 1, name: x }, { targetCpu: 1, name: y }]",
      [
        /^targets\[0\]\.scaleTargetRef\.name: is missing/,
        /^targets\[1\]\.scaleT.* missing/,
        /^targets\[2\]\.scaleT.* missing/,
      ],
    ],
    [
      "control characters",
      target('name: "a\\e[2Jb"'),
      [/^targets\[0\]\.name: must be a text on one line, without control characters, got/],
    ],
  ])("of %s", async (_name, file, expected) => {
    const issues = await issuesOf(file);
    expected.forEach((pattern, i) => {
      expect(issues[i]).toMatch(pattern);
    });
    expect(issues, issues.join("\n")).toHaveLength(expected.length);
  });

  it("are told of all together, the file's and the flags'", async () => {
    expect(await issuesOf(coded("ENOENT"), { min: "x" })).toEqual([
      expect.stringMatching(/^--config/),
      expect.stringMatching(/^--min: must be/),
    ]);
    expect(await issuesOf("targets: 5", { min: "x" })).toHaveLength(2);
  });

  it("of an interval that is not the time between two decisions of the process", async () => {
    const message = "30s is not the time between two decisions, which --every sets to 15s. Leave interval out.";
    expect(await issuesOf(target("interval: 30s"), { every: "15s" })).toEqual([`targets[0].interval: ${message}`]);
    expect(await issuesOf(target(""), { every: "15s", interval: "30s" })).toEqual([`--interval: ${message}`]);
    const accepted = async (file: string, flags: object) =>
      (await loadSettings({ flags: { config: "a", ...flags }, env: {}, readFile: async () => file })).targets[0]!;
    for (const flags of [{ every: "30s" }, {}, { every: "not a time" }])
      expect((await accepted(target("interval: 30s"), flags)).interval).toBe(30);
    expect((await accepted(target(""), { every: "15s" })).interval).toBe(60);
  });

  it("are shown a few at a time", async () => {
    const many = Array.from({ length: 60 }, (_, i) => `{ scaleTargetRef: { name: w${i} }, targetCpu: x }`);
    const error = await loadSettings({
      flags: { config: "a" },
      env: {},
      readFile: async () => `targets: [${many}]`,
    }).catch((e: unknown) => e);
    expect(String(error)).toMatch(/60 things to correct/);
    expect(String(error).split("\n")).toHaveLength(1 + 50 + 1);
    expect(String(error)).toMatch(/\.\.\. and 10 more$/);
  });

  it("of a day that ends at midnight: none", async () => {
    const file = entry('recurring: { days: [Sun], from: "00:00", to: "24:00" }');
    const { targets } = await loadSettings({ flags: { config: "a" }, env: {}, readFile: async () => file });
    // the core runs past midnight where the end is not after the beginning
    expect(targets[0]!.schedule[0]!.recurring).toEqual({ days: [0], from: "00:00", to: "00:00" });
  });
});

describe("warnings", () => {
  const warnings = async (more: string) =>
    (await loadSettings({ flags: { config: "a" }, env: {}, readFile: async () => target(more) })).warnings;
  it("of several cores a pod, until the limit says so too", async () => {
    expect(await warnings("targetCpu: 4".replace("targetCpu: 4", ""))).toEqual([]);
    const file = (cpu: string) => target(cpu).replace("targetCpu: 1, ", "");
    const of = async (cpu: string) =>
      (await loadSettings({ flags: { config: "a" }, env: {}, readFile: async () => file(cpu) })).warnings;
    expect(await of("targetCpu: 3.9")).toEqual([]);
    expect(await of("targetCpu: 4")).toEqual([
      expect.stringMatching(/^targets\[0\]\.targetCpu: 4 means 4 cores for each pod/),
    ]);
    expect(await of("targetCpu: 4, podCpuLimit: 5")).toEqual([]);
  });

  it.each(["71-targetcpu-int.yaml", "81-target-above-limit.yaml"])("the shared case %s is refused", async (name) => {
    let text: string;
    try {
      text = readFileSync(`../shared/cases/${name}`, "utf8");
    } catch {
      console.log(`skipped: ../shared/cases/${name} is not there`);
      return;
    }
    const issues = await issuesOf(text);
    expect(issues).toHaveLength(1);
    expect(issues[0]).toMatch(
      /^targets\[0\]\.targetCpu: 400 (means 400 cores.*write 400m|is above podCpuLimit, which is 500m)/,
    );
  });
});
