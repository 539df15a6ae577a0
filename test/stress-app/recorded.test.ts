/** Tests of the recorded fixtures: what their README promises is in them. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { recordFiles, recordPlan } from "../../scripts/record-plan.ts";

interface Answer {
  readonly status: string;
  readonly data: {
    readonly resultType: string;
    readonly result: readonly { readonly metric: object; readonly values: readonly (readonly [number, string])[] }[];
  };
}

const FOLDER = new URL("../../fixtures/recorded/", import.meta.url);

function read(file: string): Answer["data"]["result"] {
  const answer = JSON.parse(readFileSync(new URL(file, FOLDER), "utf8")) as Answer;
  expect([answer.status, answer.data.resultType]).toEqual(["success", "matrix"]);
  return answer.data.result;
}

/** Seconds between neighbouring samples, each distinct one once. */
function steps(values: readonly (readonly [number, string])[]): number[] {
  return [...new Set(values.slice(1).map(([t], i) => t - values[i]![0]))];
}

describe("recorded fixtures", () => {
  it("are the files the recorder writes", () => {
    const files = recordFiles(recordPlan(3000)).map(({ file }) => file);
    expect(files).toEqual(["sine.json", "mixed.json", "restart.json", "restart-counters.json", "gap.json"]);
    for (const file of files) expect(read(file).length).toBeGreaterThan(0);
  });

  it.each(["sine.json", "mixed.json"])("%s: one series of at least 45 minutes, every 15 s, within a core", (file) => {
    const [series, ...others] = read(file);
    expect(others).toEqual([]);
    const { values } = series!;
    expect(steps(values)).toEqual([15]);
    expect(values.at(-1)![0] - values[0]![0]).toBeGreaterThanOrEqual(2700);
    expect(values.every(([, v]) => Number(v) > 0 && Number(v) < 1)).toBe(true);
  });

  it("sine.json repeats every 300 s: its correlation at 20 samples is high, at 10 negative", () => {
    const x = read("sine.json")[0]!.values.map(([, v]) => Number(v));
    const mean = x.reduce((a, b) => a + b, 0) / x.length;
    const product = (lag: number): number => x.slice(lag).reduce((sum, v, i) => sum + (v - mean) * (x[i]! - mean), 0);
    expect(product(20) / product(0)).toBeGreaterThan(0.6);
    expect(product(10) / product(0)).toBeLessThan(-0.6);
  });

  it("gap.json lacks 2 to 4 minutes, once", () => {
    const jumps = steps(read("gap.json")[0]!.values).filter((step) => step !== 15);
    expect(jumps).toHaveLength(1);
    expect(jumps[0]).toBeGreaterThanOrEqual(120);
    expect(jumps[0]).toBeLessThanOrEqual(240);
  });

  it("restart: the counters fall, the rate over them never goes below 0 or over a core", () => {
    const falls = read("restart-counters.json").map(
      ({ values }) => values.slice(1).filter(([, v], i) => Number(v) < Number(values[i]![1])).length,
    );
    expect(falls.toSorted()).toEqual([1, 2]);
    const { values } = read("restart.json")[0]!;
    expect(steps(values)).toEqual([15]);
    expect(values.every(([, v]) => Number(v) >= 0 && Number(v) < 1)).toBe(true);
  });
});

describe("recordPlan", () => {
  it("at 50 minutes: a gap of 3, short ones of 20; events inside their group's time, in order", () => {
    const groups = recordPlan(3000);
    const [off, on] = groups.find(({ name }) => name === "gap")!.events;
    expect(on!.at - off!.at).toBeCloseTo(180, 9);
    for (const { events, duration } of groups) {
      events.forEach(({ at }, i) => {
        expect(at > (events[i - 1]?.at ?? 0) && at < duration).toBe(true);
      });
    }
    expect(groups.map(({ duration }) => duration)).toEqual([3000, 3000, 1200, 1200]);
  });
});
