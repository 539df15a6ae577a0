/** Seeding, pruning, expiry, and the recognition of another writer. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  BLANK,
  BLANK_METRIC,
  liveForecast,
  memoryAfter,
  memoryOfMetric,
  OVERRULED_PAUSE,
  recall,
  type TickFindings,
} from "../../../job/core/state/memory.ts";
import { pruneRecommendations } from "../../../job/core/state/prune.ts";
import type { TargetState } from "../../../job/core/state/types.ts";
import { behavior, config, NOW } from "../../fakes/config.ts";
import { anyMemory } from "../../fakes/state.ts";

const SPANS = config({ scaleDownCooldown: 120 });
const learnt = (more: Partial<TickFindings> = {}): TickFindings => ({
  now: NOW,
  current: 3,
  replicas: 3,
  recommendation: 2,
  metrics: { cpu: { usable: true, forecast: null, incomplete: null } },
  rollout: false,
  ...more,
});

const blindly = { metrics: { cpu: { usable: false, forecast: null, incomplete: null } } };

describe("recall", () => {
  it.each<[string, TargetState | undefined]>([
    ["nothing is remembered", undefined],
    ["nothing is left of it", BLANK],
    [
      "the last recommendation is older than the window",
      { ...BLANK, recommendations: [{ at: NOW - 301, replicas: 1 }] },
    ],
    ["the only recommendation lies in the future", { ...BLANK, recommendations: [{ at: NOW + 60, replicas: 1 }] }],
  ])("takes the current replicas as the first recommendation when %s", (_, stored) => {
    expect(recall(stored, NOW, 7, SPANS).recommendations.at(-1)).toEqual({ at: NOW, replicas: 7 });
  });

  it("counts recommendations and changes of a clock that was set back as of now, with the current replicas beside them", () => {
    const stored = {
      ...BLANK,
      recommendations: [
        { at: NOW - 30, replicas: 4 },
        { at: NOW + 90, replicas: 5 },
      ],
      changes: [{ at: NOW + 90, from: 2, to: 8 }],
    };
    const { recommendations, changes } = recall(stored, NOW, 8, SPANS);
    expect(recommendations).toEqual([
      { at: NOW - 30, replicas: 4 },
      { at: NOW, replicas: 5 },
      { at: NOW, replicas: 8 },
    ]);
    expect(changes).toEqual([{ at: NOW, from: 2, to: 8 }]);
  });

  it("takes a recommendation of the last run for memory, though a short window has just closed behind it", () => {
    const stored = { ...BLANK, recommendations: [{ at: NOW - 60, replicas: 1 }] };
    const short = config({ behavior: behavior({}, { stabilizationWindowSeconds: 60 }) });
    expect(recall(stored, NOW, 7, short).recommendations).toEqual(stored.recommendations);
  });

  it("leaves a recommendation inside the window alone", () => {
    const stored = { ...BLANK, recommendations: [{ at: NOW - 299, replicas: 1 }] };
    expect(recall(stored, NOW, 7, SPANS).recommendations).toEqual(stored.recommendations);
  });

  it("takes a write of another number for nobody's change: of the replicas, then of an HPA's floor, and back", () => {
    const scale = config();
    const hpa = config({ actuator: "hpa" });
    const wrote = (spans: typeof scale) => memoryAfter(BLANK, learnt({ replicas: 5 }), spans);
    for (const [mine, other] of [
      [scale, hpa],
      [hpa, scale],
    ] as const) {
      expect(recall(wrote(mine), NOW + 60, 2, other).lastWritten).toBeNull();
      expect(recall(wrote(mine), NOW + 60, 2, mine).lastWritten).toMatchObject({ overruled: 1, foreign: true });
    }
  });

  it("forgets an expired forecast", () => {
    const forecast = { at: NOW - 100, expires: NOW, max: 1, quantile: 1, level: 0.9, mean: 1, method: "auto" };
    expect(liveForecast(forecast, NOW)).toBeNull();
    expect(liveForecast(forecast, NOW - 1)).toBe(forecast);
    expect(liveForecast(forecast, NOW - 101)).toBeNull();
  });
});

describe("another writer", () => {
  /** Our writes of 5, each undone to 3 by another writer before the next run. */
  function pingPong(runs: number): TargetState {
    let memory: TargetState = BLANK;
    for (let run = 0; run < runs; run++) {
      const now = NOW + 60 * run;
      memory = memoryAfter(recall(memory, now, 3, SPANS), learnt({ now, current: 3, replicas: 5 }), SPANS);
    }
    return recall(memory, NOW + 60 * runs, 3, SPANS);
  }

  it("is counted once for each write that it undid", () => {
    expect(pingPong(1).lastWritten?.overruled).toBe(1);
    expect(pingPong(3).lastWritten?.overruled).toBe(3);
  });

  it("is not counted again while we do not write", () => {
    const once = pingPong(1);
    const later = recall(memoryAfter(once, learnt({ now: NOW + 120 }), SPANS), NOW + 180, 4, SPANS);
    expect(later.lastWritten).toMatchObject({ overruled: 1, foreign: true, replicas: 4 });
  });

  it("is forgotten when one of our writes survives", () => {
    const twice = memoryAfter(pingPong(2), learnt({ now: NOW + 200, current: 3, replicas: 6 }), SPANS);
    expect(twice.lastWritten?.overruled).toBe(2);
    expect(recall(twice, NOW + 260, 6, SPANS).lastWritten?.overruled).toBe(0);
  });

  it("gets one more chance after a pause", () => {
    const stopped = pingPong(3);
    const at = stopped.lastWritten!.at;
    expect(recall(stopped, at + OVERRULED_PAUSE - 1, 3, SPANS).lastWritten?.overruled).toBe(3);
    expect(recall(stopped, at + OVERRULED_PAUSE, 3, SPANS).lastWritten?.overruled).toBe(2);
  });
});

describe("memoryAfter", () => {
  it("notes the recommendation, the act, the write and the good data", () => {
    const made = memoryAfter(BLANK, learnt({ replicas: 5, recommendation: 5 }), SPANS);
    expect(made).toMatchObject({
      recommendations: [{ at: NOW, replicas: 5 }],
      changes: [{ at: NOW, from: 3, to: 5 }],
      metrics: { cpu: { lastGoodData: NOW, missingSince: null } },
      lastWritten: { at: NOW, replicas: 5, overruled: 0 },
    });
  });

  it("notes since when data are missing, once, and until they are back", () => {
    const blind = memoryAfter(BLANK, learnt({ recommendation: null, ...blindly }), SPANS);
    const still = memoryAfter(blind, learnt({ now: NOW + 60, recommendation: null, ...blindly }), SPANS);
    const { lastGoodData, missingSince } = memoryOfMetric(still, "cpu");
    expect([memoryOfMetric(blind, "cpu").missingSince, missingSince, lastGoodData]).toEqual([NOW, NOW, null]);
    const back = memoryAfter(still, learnt({ now: NOW + 120 }), SPANS);
    expect(memoryOfMetric(back, "cpu").missingSince).toBeNull();
  });

  it("joins what is seen of one rollout and drops those that have left the window", () => {
    const first = memoryAfter(BLANK, learnt({ rollout: true }), SPANS);
    const second = memoryAfter(first, learnt({ now: NOW + 60, rollout: true }), SPANS);
    const third = memoryAfter(second, learnt({ now: NOW + 900, rollout: true }), SPANS);
    expect(third.rollouts).toEqual([
      [NOW, NOW + 60],
      [NOW + 900, NOW + 900],
    ]);
    expect(recall(third, NOW + 1900, 3, SPANS).rollouts).toEqual([[NOW + 900, NOW + 900]]);
  });

  it("joins what lacked pods, and keeps it as long as the forecaster looks back", () => {
    const lacking = (from: number, to: number) => ({
      metrics: { cpu: { usable: true, forecast: null, incomplete: [from, to] as const } },
    });
    const first = memoryAfter(BLANK, learnt(lacking(NOW - 100, NOW)), SPANS);
    const second = memoryAfter(first, learnt({ now: NOW + 60, ...lacking(NOW - 40, NOW + 60) }), SPANS);
    const long = { ...SPANS, calibration: 7200 };
    const left = (now: number, spans = long) => memoryOfMetric(recall(second, now, 3, spans), "cpu").incomplete;
    expect(left(NOW + 7200)).toEqual([[NOW - 100, NOW + 60]]);
    expect(left(NOW + 7300)).toEqual([]);
    expect(left(NOW + 1900, SPANS)).toEqual([]);
  });

  it("keeps recommendations for as long as a window, or three intervals, may ask for them", () => {
    const spans = fc.constantFrom(0, 30, 120, 600);
    fc.assert(
      fc.property(
        spans,
        spans,
        fc.constantFrom(15, 60),
        fc.integer({ min: 1, max: 900 }),
        (up, down, interval, ago) => {
          const windows = behavior({ stabilizationWindowSeconds: up }, { stabilizationWindowSeconds: down });
          const before = { ...BLANK, recommendations: [{ at: NOW - ago, replicas: 9 }] };
          const after = memoryAfter(before, learnt(), config({ behavior: windows, interval }));
          expect(after.recommendations.length).toBe(ago < Math.max(up, down, 3 * interval) ? 2 : 1);
        },
      ),
    );
  });

  it("keeps changes for as long as a period or a cooldown may ask for them", () => {
    const before = { ...BLANK, changes: [{ at: NOW - 250, from: 1, to: 2 }] };
    const policies = [{ type: "Pods", value: 1, periodSeconds: 300 }] as const;
    const kept = (more: object) => memoryAfter(before, learnt(), config(more)).changes.length;
    expect(kept({ scaleDownCooldown: 0 })).toBe(0);
    expect(kept({ scaleDownCooldown: 300 })).toBe(1);
    expect(kept({ scaleUpCooldown: 300 })).toBe(1);
    expect(kept({ behavior: behavior({ policies }) })).toBe(1);
    expect(kept({ behavior: behavior({}, { policies }) })).toBe(1);
  });

  it("keeps the newest of many changes", () => {
    const changes = Array.from({ length: 300 }, (_, i) => ({ at: NOW - 300 + i, from: i, to: i + 1 }));
    const after = memoryAfter({ ...BLANK, changes }, learnt({ replicas: 5 }), config({ scaleDownCooldown: 900 }));
    expect(after.changes.at(-1)).toEqual({ at: NOW, from: 3, to: 5 });
    expect(after.changes.length).toBe(200);
  });

  it("keeps the last forecast through a run that made none", () => {
    const lastForecast = { at: NOW, expires: NOW + 90, max: 1, quantile: 1, level: 0.7, mean: 1, method: "auto" };
    const blind = learnt({ recommendation: null, ...blindly });
    const before = { ...BLANK, metrics: { cpu: { ...BLANK_METRIC, lastForecast } } };
    expect(memoryOfMetric(memoryAfter(before, blind, SPANS), "cpu").lastForecast).toEqual(lastForecast);
  });

  it("keeps recommendations for the idle period where the last pod may go", () => {
    const before = { ...BLANK, recommendations: [{ at: NOW - 500, replicas: 9 }] };
    const kept = (more: object) => memoryAfter(before, learnt(), config({ idlePeriod: 600, ...more })).recommendations;
    expect([kept({ minReplicas: 0 }).length, kept({ minReplicas: 1 }).length]).toEqual([2, 1]);
  });

  it("forgets a metric that is no longer asked for, and knows none by an accident of its name", () => {
    const before = { ...BLANK, metrics: { old: { ...BLANK_METRIC, lastGoodData: NOW } } };
    expect(Object.keys(memoryAfter(before, learnt(), SPANS).metrics)).toEqual(["cpu"]);
    for (const name of ["constructor", "__proto__", "toString"]) expect(memoryOfMetric(BLANK, name)).toBe(BLANK_METRIC);
  });

  it("does not grow without end", () => {
    let memory: TargetState = BLANK;
    for (let run = 0; run < 2000; run++) {
      const now = NOW + 15 * run;
      memory = memoryAfter(
        recall(memory, now, 3 + (run % 5), SPANS),
        learnt({ now, current: 3 + (run % 5), replicas: 3 + ((run * 7) % 5), recommendation: (run * 31) % 40 }),
        SPANS,
      );
    }
    expect(memory.recommendations.length).toBeLessThan(21);
    expect(memory.changes.length).toBeLessThanOrEqual(13);
  });
});

describe("pruneRecommendations", () => {
  it("keeps the maximum and the minimum of every suffix", () => {
    fc.assert(
      fc.property(anyMemory, fc.integer({ min: NOW - 5000, max: NOW }), ({ recommendations }, cutoff) => {
        const pruned = pruneRecommendations(recommendations, NOW - 4000);
        const since = Math.max(cutoff, NOW - 4000);
        const of = (list: typeof recommendations) =>
          list.filter(({ at }) => at > since).map(({ replicas }) => replicas);
        expect(Math.max(...of(pruned))).toBe(Math.max(...of(recommendations)));
        expect(Math.min(...of(pruned))).toBe(Math.min(...of(recommendations)));
      }),
    );
  });
});
