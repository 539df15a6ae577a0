/** check.ts as a command: its one line, its exit codes, and that it can fail. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";

const script = fileURLToPath(new URL("../../oracle/hpa/check.ts", import.meta.url));
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "hpa-check-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Two syncs of one pod at 90 of 50 percent: 1 -> 2, then 2 stay at the target. */
function history(after: number): string {
  const pod = (name: string, milli: number) => ({ name, start: -600, ready: true, readyAt: -570, milli });
  const steps = [
    { t: 15, before: 1, pods: [pod("a", 450)], after: 2 },
    { t: 30, before: 2, pods: [pod("a", 250), pod("b", 250)], after },
  ];
  return `${JSON.stringify({ seed: 1, min: 1, max: 9, targetUtilization: 50, requestMilli: 500, steps })}\n`;
}

function check(name: string, content: string | Buffer) {
  const path = join(folder, name);
  writeFileSync(path, content);
  return spawnSync(process.execPath, [script, path], { encoding: "utf8" });
}

test("agreement: one line, exit 0, plain and gzipped", () => {
  for (const [name, content] of [
    ["a.jsonl", history(2)],
    ["a.jsonl.gz", gzipSync(history(2))],
  ] as const) {
    const run = check(name, content);
    expect(run).toMatchObject({ status: 0, stdout: "2 syncs, 0 differ\n" });
  }
});

/** One sync of two metrics, of which the queue asks for 3. */
function ofTwo(metric: string): string {
  const target = { averageValue: 30_000 };
  const metrics = [
    { type: "Resource", name: "cpu", target: { averageUtilization: 50 } },
    { type: "External", name: "queue", target },
  ];
  const pods = [{ name: "a", start: -600, ready: true, readyAt: -570, milli: 500 }];
  const conditions = {
    AbleToScale: "SucceededRescale",
    ScalingActive: "ValidMetricFound",
    ScalingLimited: "DesiredWithinRange",
  };
  const step = { t: 15, before: 1, pods, values: { queue: [90_000] }, after: 3, conditions, metric };
  return `${JSON.stringify({ seed: 1, min: 1, max: 9, metrics, requestMilli: 500, steps: [step] })}\n`;
}

test("several metrics: the replicas, the conditions and whose recommendation it was", () => {
  expect(check("two.jsonl", ofTwo("queue"))).toMatchObject({ status: 0, stdout: "1 syncs, 0 differ\n" });
  const run = check("other.jsonl", ofTwo("cpu"));
  expect(run).toMatchObject({ status: 1, stdout: "1 syncs, 1 differ\n" });
  expect(run.stderr).toContain("metric=cpu");
});

test("a difference: exit 1, and which it is on stderr", () => {
  const run = check("b.jsonl", history(2) + history(3));
  expect(run).toMatchObject({ status: 1, stdout: "4 syncs, 1 differ\n" });
  expect(run.stderr).toContain("history 1 at 30 s from 2: expected 3, ours 2");
});

test("no syncs, no file, no argument: exit 2, never agreement", () => {
  expect(check("c.jsonl", "")).toMatchObject({ status: 2, stdout: "" });
  expect(check("d.jsonl.gz", gzipSync(history(2)).subarray(0, 40))).toMatchObject({ status: 2, stdout: "" });
  expect(spawnSync(process.execPath, [script, join(folder, "none.jsonl")]).status).toBe(2);
  expect(spawnSync(process.execPath, [script]).status).toBe(2);
});
