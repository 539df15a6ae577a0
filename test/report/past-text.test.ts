/** A past decision in sentences: all parts, each sentence short, within the width; and the table of many. */
import { beforeAll, describe, expect, it } from "vitest";
import type { TargetConfig } from "../../job/core/target.ts";
import { decideAgain, historiesAt, type PastDecision } from "../../job/replay/past.ts";
import { alternatives } from "../../job/replay/what-if.ts";
import { pastRow, pastTable } from "../../job/report/past-table.ts";
import { type PastExplanation, pastText } from "../../job/report/past-text.ts";
import { outcomeOf } from "../../job/run/outcome.ts";
import { config, NOW } from "../fakes/config.ts";
import { reading } from "../fakes/ports.ts";

const target = config({
  history: 900,
  targetCpu: 0.5,
  metrics: [{ name: "queue", query: "q", averageValue: 10, unit: "jobs" }],
});
const load = (t: number) => 4 + 3 * Math.sin(t / 80);

async function stories(): Promise<readonly PastExplanation[]> {
  const made: PastDecision[] = [];
  const history = {
    read: async (queries: readonly { readonly metric: { readonly name: string } }[], now: number) =>
      queries.map(({ metric }) => reading((t) => load(t) * (metric.name === "queue" ? 12 : 1), now, 60)),
  };
  const times = { start: NOW, step: 60, points: 16 };
  for await (const one of decideAgain({ history, scales: [], first: 6 }, target, times)) made.push(one);
  const readAgain = async (at: number, variant: TargetConfig) => historiesAt(history, variant, at);
  return Promise.all(
    made.map(async (decision, i) => ({
      decision,
      outcome: outcomeOf(decision.decided),
      after: made.slice(i + 1),
      alternatives: await alternatives(decision.input, (variant) => readAgain(decision.input.at, variant)),
      source: null,
    })),
  );
}

let all: readonly PastExplanation[] = [];
beforeAll(async () => {
  all = await stories();
});

const PARTS = [
  "What was seen",
  "What was forecast",
  "What was decided",
  "What would have changed it",
  "What came afterwards",
];

describe("a past decision in words", () => {
  it.each([40, 80, 200, Number.POSITIVE_INFINITY])("has every part, within %d characters", async (width) => {
    for (const story of all.slice(0, 4)) {
      const text = pastText(story, width);
      const lines = text.split("\n");
      expect(lines.filter((line) => PARTS.includes(line.trim())).map((line) => line.trim())).toEqual(PARTS);
      const long = lines.filter((line) => line.length > width && line.trim().includes(" "));
      expect(long).toEqual([]);
    }
  });

  it("says what was decided, from what, and what the load then was", async () => {
    const story = all.find(({ outcome, after }) => outcome.from !== outcome.to && after.length > 4)!;
    const text = pastText(story);
    expect(text).toContain(`shop/web at 2023-11-1`);
    expect(text).toContain(`${story.outcome.from} -> ${story.outcome.to} replicas (${story.outcome.reason})`);
    expect(text).toMatch(/cpu: The load was [\d.]+ cores: .* a pod, of 500m that a pod should carry\./);
    expect(text).toMatch(/queue: With probability 0\.8|queue: New pods would meet/);
    expect(text).toContain("as replayed, for no metric has recorded it");
    expect(text).toMatch(/With [\d.]+ % more load: \d+ replicas\./);
    expect(text).toMatch(
      /the load reached [\d.]+ cores, (within|above) the [\d.]+ cores that the pods were planned for/,
    );
    expect(text).toMatch(/The next change was at \d\d:\d\d:\d\d: \d+ -> \d+|There was no other change/);
  });

  it("speaks in sentences of at most 30 words", async () => {
    for (const story of all) {
      for (const sentence of pastText(story)
        .replace(/\n\s*/g, " ")
        .split(/(?<=[a-z\d%)])[.;] /)) {
        expect(sentence.split(/\s+/).length, sentence).toBeLessThanOrEqual(30);
      }
    }
  });

  it("says so where nothing could be decided, and where nothing has come yet", async () => {
    const [first] = all;
    const failed = { ...first!.decision.decided, output: null, failure: new Error("503") };
    const outcome = outcomeOf(failed);
    const story = {
      ...first!,
      decision: { ...first!.decision, decided: failed },
      outcome,
      alternatives: [],
      after: [],
    };
    const text = pastText(story);
    expect(text).toContain("no decision");
    expect(text).toContain("503");
    expect(text).toContain("nothing has come yet");
    expect(text).not.toContain("What would have changed it");
  });
});

/** The text of one decision of a target like the others, with less history or other settings. */
async function textWith(more: Partial<TargetConfig>, points = 60): Promise<string> {
  const own = config({ history: 900, targetCpu: 0.5, maxReplicas: 40, quantile: 0.9, ...more });
  const history = {
    read: async (queries: readonly unknown[], now: number) => queries.map(() => reading(load, now, points)),
  };
  const times = { start: NOW, step: 60, points: 3 };
  const made: PastDecision[] = [];
  for await (const one of decideAgain({ history, scales: [], first: 6 }, own, times)) made.push(one);
  const [decision, ...after] = made;
  return pastText({
    decision: decision!,
    outcome: outcomeOf(decision!.decided),
    after,
    alternatives: [],
    source: null,
  });
}

describe("a past decision says of its forecast", () => {
  it("what it expected, and what that was worth", async () => {
    const text = await textWith({});
    expect(text).toMatch(
      /With probability 0\.9 it would stay below [\d.]+ cores; its expected maximum was [\d.]+ cores\./,
    );
    expect(text).toMatch(/Its recent error was [\d.]+ of that of repeating the last value\./);
    expect(text).toMatch(
      /the load reached [\d.]+ cores, \w+ the [\d.]+ cores that the pods were planned for\. \d+ pods? should carry/,
    );
  });

  it("that it was not followed, and what was in its place", async () => {
    const text = await textWith({ trustThreshold: 0.01 });
    expect(text).toMatch(
      /The forecast of its maximum, [\d.]+ cores, was not followed\. With probability 0\.9 it would stay below [\d.]+ cores, by the last value and the errors of repeating it\./,
    );
    expect(text).not.toContain("its expected maximum was");
  });

  it("what a schedule made of it", async () => {
    const always = {
      name: "sale",
      once: { from: "2023-01-01T00:00", to: "2024-01-01T00:00" },
      timeZone: "UTC",
      factor: 2,
    };
    const [, below, product] = /stay below ([\d.]+) cores.*The schedule multiplies that by 2: ([\d.]+) cores\./.exec(
      await textWith({ schedule: [always] }),
    )!;
    expect(Number(product)).toBeCloseTo(2 * Number(below), 1);
  });

  it("that its error is not known", async () => {
    expect(await textWith({}, 6)).toContain("Its recent error is not known yet.");
  });
});

describe("the table of past decisions", () => {
  it.each([
    [200, true],
    [200, false],
    [80, false],
    [40, true],
  ] as const)("has a row each, within %d characters, wide %s", async (width, wide) => {
    const rows = all.map(({ decision, outcome }) => pastRow(decision, outcome));
    const text = pastTable({ target, rows, source: null, wide, width });
    const times = text.match(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g)!;
    expect(times.length).toBe(rows.length);
    expect(times).toEqual(times.toSorted());
    expect(text).toContain(`${rows.length} decisions`);
    expect(text).toContain("replicas as replayed");
    expect(text.includes("forecast")).toBe(wide);
    const long = text.split("\n").filter((line) => line.length > width);
    expect(long).toEqual([]);
  });
});
