/** Recommendations of runs that never happened. */
import { describe, expect, it } from "vitest";
import { backfill } from "../../../job/core/policy/backfill.ts";
import { BLANK } from "../../../job/core/state/memory.ts";
import { config, NOW } from "../../fakes/config.ts";
import { series } from "../../fakes/series.ts";

const memory = (ago: number) => ({ ...BLANK, recommendations: [{ at: NOW - ago, replicas: 1 }] });
/** The last 20 steps until now: 4 cores until 60 s ago, then 1. */
const load = series(
  Array.from({ length: 20 }, (_, i) => (19 - i >= 4 ? 4 : 1)),
  { start: NOW - 19 * 15 },
);

describe("backfill", () => {
  it("adds nothing while runs follow one another", () => {
    expect(backfill(memory(60), load, NOW, config())).toEqual(memory(60));
    expect(backfill(memory(90), load, NOW, config())).toEqual(memory(90));
  });

  it("adds what the demand asked for since the newest recommendation", () => {
    const { recommendations } = backfill(memory(120), load, NOW, config());
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

  it("takes no filled point as a witness", () => {
    const holes = { ...load, filled: new Uint8Array(20).fill(1) };
    expect(backfill(memory(120), holes, NOW, config())).toEqual(memory(120));
  });
});
