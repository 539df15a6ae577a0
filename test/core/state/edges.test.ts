/** Memory at its edges: what is forgotten to the second, and what two spans make. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lastSeen } from "../../../job/core/state/codec.ts";
import {
  BLANK,
  BLANK_METRIC,
  liveForecast,
  memoryAfter,
  memorySpan,
  OVERRULED_PAUSE,
  recall,
  type TickFindings,
} from "../../../job/core/state/memory.ts";
import { pruneRecommendations } from "../../../job/core/state/prune.ts";
import type { LastForecast, Recommendation, Span } from "../../../job/core/state/types.ts";
import { behavior, config, NOW } from "../../fakes/config.ts";

const TARGET = config();
const learnt = (change: Partial<TickFindings> = {}): TickFindings => ({
  now: NOW,
  current: 3,
  replicas: 3,
  recommendation: 3,
  metrics: {},
  rollout: false,
  ...change,
});
const recommendations = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 600 }), fc.nat(6)), { maxLength: 25 })
  .map((rows): readonly Recommendation[] =>
    rows.sort(([a], [b]) => b - a).map(([ago, replicas]) => ({ at: NOW - ago, replicas })),
  );

describe("recommendations", () => {
  it("that are dropped are missed by no window, and none is kept that no window needs", () => {
    fc.assert(
      fc.property(recommendations, fc.integer({ min: 0, max: 600 }), (list, span) => {
        const kept = pruneRecommendations(list, NOW - span);
        const within = list.filter(({ at }) => at > NOW - span);
        expect(within.filter((one) => kept.includes(one))).toEqual(kept);
        const extremes = (some: readonly Recommendation[], i: number) => {
          const values = some.filter((one) => list.indexOf(one) >= i).map(({ replicas }) => replicas);
          return [Math.max(...values), Math.min(...values)];
        };
        for (let i = 0; i < list.length; i++) expect(extremes(kept, i)).toEqual(extremes(within, i));
        // without any one of them some suffix has another maximum or minimum
        for (const one of kept) {
          const without = kept.filter((other) => other !== one);
          const differs = list.some((_, i) => extremes(without, i).join() !== extremes(within, i).join());
          expect(differs).toBe(true);
        }
      }),
    );
  });

  it("of a window that is over no longer speak for the current replicas: these do", () => {
    const seen = (ago: number) =>
      recall({ ...BLANK, recommendations: [{ at: NOW - ago, replicas: 9 }] }, NOW, 4, TARGET);
    expect(seen(299).recommendations).toEqual([{ at: NOW - 299, replicas: 9 }]);
    expect(seen(300).recommendations).toEqual([
      { at: NOW - 300, replicas: 9 },
      { at: NOW, replicas: 4 },
    ]);
    expect(seen(0).recommendations).toEqual([{ at: NOW, replicas: 9 }]);
    expect(seen(-1).recommendations).toEqual([
      { at: NOW, replicas: 9 },
      { at: NOW, replicas: 4 },
    ]);
  });

  it("are kept as long as the longest window can need them", () => {
    const windows = fc.tuple(fc.nat(900), fc.nat(900), fc.integer({ min: 1, max: 300 }), fc.boolean(), fc.nat(900));
    fc.assert(
      fc.property(windows, ([up, down, interval, toZero, idlePeriod]) => {
        const rules = behavior({ stabilizationWindowSeconds: up }, { stabilizationWindowSeconds: down });
        const spans = config({ behavior: rules, interval, minReplicas: toZero ? 0 : 1, idlePeriod });
        const longest = Math.max(up, down, 3 * interval, toZero ? idlePeriod : 0);
        const kept = (ago: number) =>
          memoryAfter({ ...BLANK, recommendations: [{ at: NOW - ago, replicas: 9 }] }, learnt(), spans).recommendations
            .length;
        expect([kept(longest), kept(longest - 0.5)]).toEqual([1, 2]);
        expect(memorySpan(spans)).toBe(Math.max(OVERRULED_PAUSE, longest));
      }),
    );
  });
});

describe("changes", () => {
  it("are kept as long as a rate, a cooldown or the metrics can see them, and the newest two hundred of them", () => {
    const policies = [{ type: "Pods", value: 4, periodSeconds: 700 }] as const;
    for (const [spans, longest] of [
      [config(), 180],
      [config({ scaleUpCooldown: 400 }), 400],
      [config({ scaleDownCooldown: 500 }), 500],
      [config({ behavior: behavior({ policies }) }), 700],
      [config({ behavior: behavior({}, { policies }) }), 700],
    ] as const) {
      const kept = (ago: number) =>
        memoryAfter({ ...BLANK, changes: [{ at: NOW - ago, from: 1, to: 2 }] }, learnt(), spans).changes.length;
      expect([kept(longest), kept(longest - 0.5)]).toEqual([0, 1]);
    }
    const changes = Array.from({ length: 200 }, (_, i) => ({ at: NOW - 100 + i / 4, from: i, to: i + 1 }));
    const after = memoryAfter({ ...BLANK, changes }, learnt({ replicas: 8 }), TARGET).changes;
    expect([after.length, after[0], after.at(-1)]).toEqual([200, changes[1], { at: NOW, from: 3, to: 8 }]);
  });
});

describe("rollouts and incomplete sums", () => {
  const rollouts = (spans: readonly Span[]) =>
    memoryAfter({ ...BLANK, rollouts: spans }, learnt({ rollout: true }), TARGET).rollouts;

  it("that are seen again within five minutes are one", () => {
    expect(rollouts([[NOW - 400, NOW - 300]])).toEqual([[NOW - 400, NOW]]);
    expect(rollouts([[NOW - 400, NOW - 301]])).toEqual([
      [NOW - 400, NOW - 301],
      [NOW, NOW],
    ]);
    const early: Span = [NOW - 2000, NOW - 1900];
    expect(rollouts([early, [NOW - 400, NOW - 300]])).toEqual([early, [NOW - 400, NOW]]);
    expect(rollouts([])).toEqual([[NOW, NOW]]);
    const ten = Array.from({ length: 10 }, (_, i): Span => [NOW - 9000 + 400 * i, NOW - 8990 + 400 * i]);
    expect(rollouts(ten)).toEqual([...ten.slice(1), [NOW, NOW]]);
  });

  it("are one from the earliest to the latest, whichever was longer", () => {
    const incomplete = (before: Span, made: Span | null) => {
      const metrics = { cpu: { ...BLANK_METRIC, incomplete: [before] } };
      const cpu = { usable: true, forecast: null, incomplete: made };
      return memoryAfter({ ...BLANK, metrics }, learnt({ metrics: { cpu } }), TARGET).metrics.cpu!.incomplete;
    };
    expect(incomplete([100, 500], [200, 300])).toEqual([[100, 500]]);
    expect(incomplete([200, 300], [100, 500])).toEqual([[100, 500]]);
    expect(incomplete([100, 300], [500, 700])).toEqual([[100, 700]]);
    expect(incomplete([100, 300], null)).toEqual([[100, 300]]);
  });

  it("are forgotten with the window in which they lie, and never reach beyond now", () => {
    const spans = config({ history: 1000, calibration: 3000 });
    const of = (list: readonly Span[]) =>
      recall({ ...BLANK, rollouts: list, metrics: { cpu: { ...BLANK_METRIC, incomplete: list } } }, NOW, 3, spans);
    const edges: readonly Span[] = [
      [NOW - 4000, NOW - 3000],
      [NOW - 4000, NOW - 2999],
      [NOW - 2000, NOW - 1000],
      [NOW - 2000, NOW - 999],
      [NOW - 5, NOW + 50],
      [NOW + 5, NOW + 50],
    ];
    expect(of(edges).rollouts).toEqual([edges[3], [NOW - 5, NOW], [NOW, NOW]]);
    expect(of(edges).metrics.cpu!.incomplete).toEqual([...edges.slice(1, 4), [NOW - 5, NOW], [NOW, NOW]]);
  });
});

describe("what is known of a metric", () => {
  const usable = (value: boolean | null, before = BLANK_METRIC) => {
    const cpu = { usable: value, forecast: null, incomplete: null };
    return memoryAfter({ ...BLANK, metrics: { cpu: before } }, learnt({ metrics: { cpu } }), TARGET).metrics.cpu!;
  };

  it("is when its data were good, and since when they are missing: not where none were to be expected", () => {
    const before = { ...BLANK_METRIC, lastGoodData: NOW - 90, missingSince: NOW - 60 };
    expect(usable(true, before)).toMatchObject({ lastGoodData: NOW, missingSince: null });
    expect(usable(false, before)).toMatchObject({ lastGoodData: NOW - 90, missingSince: NOW - 60 });
    expect(usable(false)).toMatchObject({ lastGoodData: null, missingSince: NOW });
    expect(usable(null, before)).toMatchObject({ lastGoodData: NOW - 90, missingSince: null });
  });

  it("holds a drop until its end, and no longer", () => {
    const until = (dropHoldUntil: number | null) =>
      memoryAfter({ ...BLANK, dropHoldUntil }, learnt(), TARGET).dropHoldUntil;
    expect([until(NOW), until(NOW + 1), until(NOW - 1), until(null)]).toEqual([null, NOW + 1, null, null]);
  });

  it("is its last forecast, until it expires, and for the longest lead there is at most", () => {
    const made: LastForecast = {
      at: NOW,
      expires: NOW + 1e6,
      max: 1,
      quantile: 1,
      level: 0.8,
      mean: 1,
      method: "auto",
    };
    expect([0, 11_399, 11_400].map((later) => liveForecast(made, NOW + later))).toEqual([made, made, null]);
    expect(liveForecast(made, NOW - 0.001)).toBeNull();
    expect(liveForecast({ ...made, expires: NOW + 60 }, NOW + 60)).toBeNull();
  });

  it("is when it was last seen: by a recommendation, a forecast, good or missing data, or what people were told", () => {
    const forecast: LastForecast = { at: NOW, expires: NOW, max: 1, quantile: 1, level: 0.8, mean: 1, method: "auto" };
    const metric = (some: object) => ({ ...BLANK, metrics: { cpu: { ...BLANK_METRIC, ...some } } });
    const told = { since: 1, told: NOW, gone: null };
    for (const memory of [
      {
        ...BLANK,
        recommendations: [
          { at: 5, replicas: 1 },
          { at: NOW, replicas: 1 },
        ],
      },
      metric({ lastForecast: forecast }),
      metric({ lastGoodData: NOW }),
      metric({ missingSince: NOW }),
      { ...BLANK, notified: { failed: told } },
    ])
      expect(lastSeen(memory)).toBe(NOW);
    expect(lastSeen(BLANK)).toBe(0);
  });
});
