/** Recommendations of runs that never happened. */
import { describe, expect, it } from "vitest";
import { backfill } from "../../../job/core/policy/backfill.ts";
import { BLANK } from "../../../job/core/state/memory.ts";
import { type Metric, metricsOf } from "../../../job/core/target.ts";
import { config, NOW } from "../../fakes/config.ts";
import { series } from "../../fakes/series.ts";

const memory = (ago: number) => ({ ...BLANK, recommendations: [{ at: NOW - ago, replicas: 1 }] });
/** The last 20 steps until now: 4 cores until 60 s ago, then 1. */
const load = series(
  Array.from({ length: 20 }, (_, i) => (19 - i >= 4 ? 4 : 1)),
  { start: NOW - 19 * 15 },
);

const [metric] = metricsOf(config()) as [Metric];
const cpu = [{ metric, window: load }];

describe("backfill", () => {
  it("adds nothing while runs follow one another", () => {
    expect(backfill(memory(60), cpu, NOW, config())).toEqual(memory(60));
    expect(backfill(memory(90), cpu, NOW, config())).toEqual(memory(90));
  });

  it("adds what the demand asked for since the newest recommendation", () => {
    const { recommendations } = backfill(memory(120), cpu, NOW, config());
    expect(recommendations.map(({ at, replicas }) => [NOW - at, replicas])).toEqual([
      [120, 1],
      [105, 8],
      [90, 8],
      [75, 8],
      [60, 8],
      [45, 5],
      [30, 2],
      [15, 2],
      [0, 2],
    ]);
  });

  it("takes the largest of several metrics at each time, and 0 only where all agree", () => {
    const queue = { name: "queue", query: "x", averageValue: 1, activation: 0 };
    const settings = config({ metrics: [queue], minReplicas: 0 });
    const [own, other] = metricsOf(settings) as [Metric, Metric];
    const idle = series(new Array(20).fill(0.01), { start: NOW - 19 * 15 });
    const made = (values: number[]) => {
      const window = series(values, { start: NOW - 19 * 15 });
      const measured = [
        { metric: own, window: idle },
        { metric: other, window },
      ];
      return backfill(memory(120), measured, NOW, settings)
        .recommendations.slice(1)
        .map(({ replicas }) => replicas);
    };
    expect(made(new Array(20).fill(0))).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
    expect(made([...new Array(16).fill(0), 6, 0, 0, 0])).toEqual([0, 0, 0, 0, 3, 3, 0, 0]);
    // measured only until a minute ago: what was not seen since may have been there
    expect(made(new Array(16).fill(6))).toEqual([6, 6, 6, 6, 1, 1, 1, 1]);
  });

  it("asks for 0 only of a target that may be at 0", () => {
    const queue = { name: "queue", query: "x", averageValue: 1, activation: 2 };
    const made = (minReplicas: number) => {
      const settings = config({ metrics: [queue], minReplicas });
      const window = series(new Array(20).fill(1.5), { start: NOW - 19 * 15 });
      const measured = metricsOf(settings)
        .filter(({ name }) => name === "queue")
        .map((one) => ({ metric: one, window }));
      return backfill(memory(120), measured, NOW, settings).recommendations.at(-1)!.replicas;
    };
    // not 0: the CPU, which was not measured, does not agree
    expect([made(0), made(1)]).toEqual([1, 2]);
  });

  it("takes no filled point for a measured one", () => {
    const holes = { ...load, filled: new Uint8Array(20).fill(1) };
    expect(backfill(memory(120), [{ metric, window: holes }], NOW, config())).toEqual(memory(120));
  });
});
