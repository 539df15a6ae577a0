/** What the speed bench makes of what it measured: the bound of CI, and a traced run's parts and phases. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { beyond, readBaseline } from "../../bench/speed/baseline.ts";
import { PHASES, phasesOf } from "../../bench/speed/phases.ts";
import { type ProfileSlice, profileSlices } from "../../bench/speed/profile.ts";
import type { CpuProfile, Trace, TracedCall } from "../../bench/speed/trace.ts";
import { busyMs, extent, waterfallSvg } from "../../bench/speed/waterfall.ts";

describe("the bound of CI", () => {
  const committed = { wall: 6, cpu: 10, memory: 2 };

  test("a ratio may be half as much again, and no more", () => {
    expect(beyond({ wall: 9, cpu: 15, memory: 3 }, committed)).toEqual([]);
    expect(beyond({ wall: 9, cpu: 15.1, memory: 3 }, committed)).toEqual([
      "cpu: 15.1 times bare Node, at most 15.0 (1.5 times the 10 of bench/speed/baseline.json)",
    ]);
    expect(beyond({ wall: 9.1, cpu: 15.1, memory: 3.1 }, committed)).toHaveLength(3);
  });

  test("the committed ratios are all there", () => {
    expect(beyond(readBaseline(), readBaseline())).toEqual([]);
    for (const ratio of Object.values(readBaseline())) expect(ratio).toBeGreaterThan(1);
  });
});

describe("slices of a profile", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "profile-"));
    mkdirSync(join(folder, "dist"));
    // line 1 is the forecaster's, line 2 axios'
    const sources = ["../job/core/forecast/a.ts", "../node_modules/axios/b.js"];
    const map = { version: 3, sources, names: [], mappings: ";AAAA;ACAA" };
    writeFileSync(join(folder, "dist/program.cjs.map"), JSON.stringify(map));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** One sample of a stack, its outermost function first: a name, a URL of Node, or a line of the bundle. */
  function partOf(...stack: (string | number)[]): Pick<ProfileSlice, "part" | "source"> {
    const url = pathToFileURL(join(folder, "dist/program.cjs")).href;
    const nodes = stack.map((frame, i): CpuProfile["nodes"][number] => ({
      id: i + 1,
      callFrame: {
        functionName: typeof frame === "string" && frame.startsWith("(") ? frame : "",
        url: typeof frame === "number" ? url : frame.startsWith("(") ? "" : frame,
        lineNumber: typeof frame === "number" ? frame : 0,
        columnNumber: 0,
      },
      ...(i + 1 < stack.length ? { children: [i + 2] } : {}),
    }));
    const profile = { nodes, startTime: 1000, endTime: 3000, samples: [stack.length], timeDeltas: [500] };
    const [slice] = profileSlices(profile);
    expect(slice).toMatchObject({ from: 1.5, to: 3 });
    return { part: slice!.part, source: slice!.source };
  }

  test.each<[string, (string | number)[], ProfileSlice["part"]]>([
    ["a function of the bundle, by its source", ["(root)", 1], "forecast"],
    ["the innermost of several", ["(root)", 1, 2], "axios"],
    ["Node's code, by who called it", ["(root)", 1, "node:internal/streams"], "forecast"],
    ["outermost code, for which no source stands", ["(root)", 0], "core"],
    ["TLS, whoever asked for it", ["(root)", 1, "node:_tls_wrap", "node:net"], "tls"],
    ["Node's module loader", ["(root)", "node:internal/modules/esm/loader"], "loader"],
    ["Node on its own", ["(root)", "node:net"], "node"],
    ["garbage collection", ["(root)", 1, "(garbage collector)"], "garbage"],
    ["idle", ["(root)", "(idle)"], "idle"],
    ["outside of JavaScript", ["(root)", "(program)"], "native"],
  ])("%s", (_, stack, part) => {
    expect(partOf(...stack).part).toBe(part);
  });

  test("say where they were", () => {
    expect(partOf("(root)", 1).source).toBe("job/core/forecast/a.ts in program.cjs");
  });
});

describe("phases of a run", () => {
  const call = (method: string, path: string, began: number, ended: number): TracedCall => ({
    method,
    path,
    began,
    ended,
  });
  const calls = [
    call("POST", "/api/v1/query", 140, 150),
    call("GET", "/apis/apps/v1/namespaces/a/deployments/b/scale", 141, 155),
    call("PATCH", "/api/v1/namespaces/a/configmaps/s", 180, 190),
    call("PATCH", "/apis/apps/v1/namespaces/a/deployments/b/scale", 191, 200),
  ];
  const empty: CpuProfile = { nodes: [], startTime: 0, endTime: 0, samples: [], timeDeltas: [] };
  const trace: Trace = { spawned: 100, begun: 120, exit: 205, gone: 250, calls, profile: empty };
  const slice = (part: ProfileSlice["part"], from: number, to: number): ProfileSlice => ({
    part,
    source: "",
    from,
    to,
  });
  const slices = [
    slice("native", 110, 130),
    slice("core", 130, 134),
    slice("http", 134, 138),
    slice("node", 138, 139),
    slice("idle", 139, 155),
    slice("forecast", 155, 170),
    slice("garbage", 170, 172),
    slice("node", 172, 173),
    slice("forecast", 173, 175),
    slice("decide", 175, 180),
    slice("report", 200, 204),
  ];
  const rows = phasesOf(trace, slices, 7);
  const row = (name: string) => rows.find(({ phase }) => phase === name)!;

  test("start where the process was asked for, and end with it", () => {
    expect(row("node start").busy).toEqual([{ from: 0, to: 30 }]);
    // what is computed after the last call belongs to the end
    expect(row("core").busy).toEqual([{ from: 30, to: 34 }]);
    expect(row("exit").busy).toEqual([{ from: 100, to: 112 }]);
  });

  test("calls are waited for, the rest is computed; Node works for the code before", () => {
    expect(row("prometheus read")).toMatchObject({ busy: [], waits: [{ from: 40, to: 50 }] });
    expect(row("claim").waits).toEqual([{ from: 80, to: 90 }]);
    expect(row("http").busy).toEqual([{ from: 34, to: 39 }]);
    expect(busyMs(row("first forecast"))).toBe(18);
    expect(row("garbage").busy).toEqual([{ from: 70, to: 72 }]);
    expect(extent(row("kubernetes read"))).toEqual({ from: 41, to: 55 });
  });

  test("a run that made another call, or left one out, is not drawn", () => {
    const other = [...calls, call("DELETE", "/api/v1/namespaces/a/pods/p", 1, 2)];
    expect(() => phasesOf({ ...trace, calls: other }, slices, 7)).toThrow("no call DELETE");
    expect(() => phasesOf({ ...trace, calls: calls.slice(0, 3) }, slices, 7)).toThrow("no call of the phase scale");
  });

  test("the picture names every phase and ends within its frame", () => {
    const svg = waterfallSvg(rows, "a <run>");
    for (const phase of PHASES) expect(svg).toContain(`>${phase}</text>`);
    expect(svg).toContain(`a &#60;run&#62;`);
    const ends = [...svg.matchAll(/<rect x="([\d.]+)" y="[\d.]+" width="([\d.]+)"/g)].map((m) => +m[1]! + +m[2]!);
    expect(Math.max(...ends)).toBeLessThanOrEqual(864);
    expect(svg).not.toMatch(/NaN|Infinity/);
  });
});
