/** The page of a replay: what it shows, and that it stands alone. */
import { parseHTML } from "linkedom";
import { describe, expect, it } from "vitest";
import type { ReplayResult, ReplayRow } from "../../job/replay/types.ts";
import { replayHtml, thin } from "../../job/report/replay-html.ts";
import { START } from "./sample.ts";

describe("replayHtml", () => {
  const rows = ["auto", "hpa"].flatMap((policy) =>
    Array.from(
      { length: 40 },
      (_, i): ReplayRow => ({
        policy,
        t: START + 15 * i,
        demand: 1 + (i % 7),
        ready: 4,
        replicas: 4 + (i % 2),
        decision: i % 4 === 0 ? 4 : null,
        reason: "DesiredWithinRange",
      }),
    ),
  );
  const score = { podHours: 2, under: 0.1, unserved: 0.05, actions: 3 };
  const result: ReplayResult = {
    startup: 30,
    steps: 40,
    planned: 40,
    filler: 0,
    policies: { auto: { ...score, podHours: 1 }, hpa: score },
    rows,
  };
  const options = {
    warmup: 0,
    startup: 30,
    request: 1,
    targetCpu: 0.9,
    hpaTarget: 0.7,
    every: 60,
    min: 1,
    max: 9,
    metricLag: 0,
  };

  it("shows the scores, their ratio to the HPA, and a chart for each policy", () => {
    const html = replayHtml({ file: "a<b>.csv", options, result });
    const { document } = parseHTML(html);
    expect(document.querySelectorAll("tbody tr")).toHaveLength(2);
    expect(document.querySelector("tbody tr")?.textContent).toContain("1 (0.50)");
    expect(document.querySelectorAll("svg")).toHaveLength(3);
    expect(document.querySelector("h1")?.textContent).toBe("Replay of a<b>.csv");
    expect(html).not.toMatch(/<script/);
  });

  it("thins by what matters: the highest demand and the fewest ready pods stay", () => {
    const own = rows.filter((r) => r.policy === "auto");
    const few = thin(own, 5);
    expect(few.length).toBeLessThanOrEqual(5);
    expect(Math.max(...few.map((b) => b.demand))).toBe(Math.max(...own.map((r) => r.demand)));
    expect(thin(own, 100)).toHaveLength(40);
    expect(thin([], 5)).toEqual([]);
  });
});
