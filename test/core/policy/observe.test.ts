/** What one tick sees of a metric: which pods can have burnt it, who counted them, what is refused, and the limits of the long look. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { observe, type TickHistory, type TickInput } from "../../../job/core/policy/observe.ts";
import { BLANK } from "../../../job/core/state/memory.ts";
import type { TargetState } from "../../../job/core/state/types.ts";
import { config, NOW } from "../../fakes/config.ts";
import { constant } from "../../fakes/forecaster.ts";
import { pairs, samplesOf } from "../../fakes/series.ts";

const flat = (cores: number) => samplesOf(() => cores, { end: NOW - 5 });
const counts = (...list: readonly number[]) => samplesOf((i) => list[i]!, { end: NOW - 5, points: list.length });

/** The first metric as it is seen: a load of so many cores, and what else is said. */
function see(
  cores: number,
  {
    history = {},
    memory = {},
    ...more
  }: { history?: Partial<TickHistory>; memory?: Partial<TargetState> } & Partial<Omit<TickInput, "memory">> = {},
) {
  const answer: TickHistory = { samples: flat(cores), partial: false, seriesCount: 1, ...history };
  const input: TickInput = {
    now: NOW,
    histories: [answer],
    current: 2,
    conditions: {},
    memory: undefined,
    config: config(),
    ...more,
  };
  return observe(input, { ...BLANK, ...memory }, constant(1))[0]!;
}
const words = (seen: ReturnType<typeof see>) => `${seen.quality.verdict} ${seen.quality.reason}`;

describe("the pods that can have burnt it", () => {
  // 1.1 cores a pod, with the overshoot
  const limited = config({ podCpuLimit: 1, maxReplicas: 100 });
  const most = (more: Parameters<typeof see>[1]) => {
    const allowed = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].filter(
      (pods) => words(see(1.1 * pods - 0.01, { config: limited, ...more })) === "act DataComplete",
    );
    return allowed.at(-1);
  };

  it("are those there are, those that are ready, those that exist, and those that went in the last minutes", () => {
    expect(most({ current: 3 })).toBe(3);
    expect(most({ current: 3, conditions: { readyReplicas: 5 } })).toBe(5);
    expect(most({ current: 3, pods: 6 })).toBe(6);
    const went = (ago: number) => ({ current: 3, memory: { changes: [{ at: NOW - ago, from: 7, to: 3 }] } });
    expect([most(went(179)), most(went(180))]).toEqual([7, 3]);
  });

  it("are twice as many around a rollout", () => {
    expect(most({ current: 3, conditions: { rollout: true } })).toBe(6);
    expect(most({ current: 3, conditions: { rollout: false } })).toBe(3);
    expect(most({ current: 3, memory: { rollouts: [[NOW - 900, NOW - 800]] } })).toBe(6);
  });
});

describe("the most that is believed", () => {
  const count = fc.integer({ min: 1, max: 12 });
  const any = fc.record({
    current: count,
    pods: fc.option(count, { nil: undefined }),
    ready: fc.option(count, { nil: undefined }),
    most: count,
    rollout: fc.boolean(),
    rolled: fc.boolean(),
    limit: fc.option(fc.constantFrom(0.2, 1.5), { nil: undefined }),
    target: fc.constantFrom(0.05, 0.3),
    share: fc.constantFrom(0.2, 0.97, 1.03, 4),
  });

  it("is 1.1 limits of each pod there can be, or thirty targets and at least 2 cores of the most there may be", () => {
    fc.assert(
      fc.property(any, ({ current, pods, ready, most, rollout, rolled, limit, target, share }) => {
        const surge = rollout || rolled ? 2 : 1;
        const there = Math.max(current, pods ?? 0, ready ?? 0) * surge;
        const may = Math.max(there, most * surge);
        const believed = limit === undefined ? may * Math.max(30 * target, 2) : there * limit * 1.1;
        // not constant, so that it stands for no counter and no milli-cores
        const load = (i: number) => share * believed * (1 - 0.001 * (i % 2));
        const { podCpuLimit: _none, ...rest } = config({ targetCpu: target, maxReplicas: most });
        const seen = see(1, {
          history: { samples: samplesOf(load, { end: NOW - 5 }) },
          current,
          ...(pods !== undefined && { pods }),
          conditions: { rollout, ...(ready !== undefined && { readyReplicas: ready }) },
          config: limit === undefined ? rest : { ...rest, podCpuLimit: limit },
          memory: rolled ? { rollouts: [[NOW - 900, NOW - 800]] } : {},
        });
        expect(words(seen)).toBe(share > 1 ? "hold AboveCapacity" : "act DataComplete");
      }),
      { numRuns: 300 },
    );
  });
});

describe("the lead", () => {
  const wild = [Number.NaN, Number.POSITIVE_INFINITY, -5, 1e6, 1e300, 3601];
  const start = fc.option(fc.oneof(fc.integer({ min: 0, max: 3600 }), fc.constantFrom(...wild)), { nil: undefined });
  const settings = config({ podStart: 40, interval: 60, maxAge: 120, metricLag: 15 });

  it("is lag, pod start and interval, of which none can be longer than it is let: a pod start of 1e6 s counts as none", () => {
    fc.assert(
      fc.property(start, start, fc.integer({ min: 0, max: 2_000_000_000 }), (told, measured, age) => {
        const { lead } = see(1, {
          history: {
            samples: samplesOf(() => 1, { end: NOW - age }),
            ...(measured !== undefined && { podStart: measured }),
          },
          conditions: told === undefined ? {} : { podStart: told },
          config: settings,
        });
        const podStart = [told, measured].find((s) => s !== undefined && s >= 0 && s <= 3600) ?? 40;
        expect(lead.seconds).toBe(Math.max(15, Math.min(age, 120)) + podStart + 60);
        expect(lead.seconds).toBeLessThanOrEqual(120 + 3600 + 60);
        expect(lead.parts.length).toBeLessThanOrEqual(1 + (120 + 3600) / 60);
        expect(lead.steps).toBe(Math.ceil(lead.seconds / 15));
      }),
    );
  });

  it.each([
    [1e6, 40],
    [3600, 3600],
    [3601, 40],
    [-5, 40],
    [Number.NaN, 40],
    [0, 0],
  ])("of a measured pod start of %s s serves after %s s", (podStart, after) => {
    const lead = (seen: ReturnType<typeof see>) => seen.lead.readyAfter - 15;
    expect(lead(see(1, { history: { podStart }, config: settings }))).toBe(after);
    expect(lead(see(1, { conditions: { podStart }, config: settings }))).toBe(after);
  });
});

describe("what is learned from", () => {
  const spanIn = fc.tuple(fc.nat(1700), fc.nat(600)).map(([ago, length]) => [NOW - ago - length, NOW - ago] as const);

  it("is all but the rollouts with what is still visible of them, the one that runs, and what lacked pods", () => {
    fc.assert(
      fc.property(
        fc.array(spanIn, { maxLength: 2 }),
        fc.array(spanIn, { maxLength: 2 }),
        fc.boolean(),
        (rollouts, lacking, runs) => {
          const metrics = { cpu: { lastForecast: null, lastGoodData: null, missingSince: null, incomplete: lacking } };
          const { window, series } = see(1, { conditions: { rollout: runs }, memory: { rollouts, metrics } });
          const spans = [...rollouts.map(([a, b]) => [a, b + 180]), ...lacking, ...(runs ? [[NOW, NOW]] : [])];
          const inside = [...window.values.keys()].map((i) => {
            const time = window.start + i * window.step;
            return spans.some(([from, to]) => time >= from! && time <= to!);
          });
          // where more than half would go, all is kept
          const kept = inside.filter(Boolean).length > inside.length / 2 ? inside.map(() => false) : inside;
          expect([...series!.filled].map((f) => f === 1)).toEqual(kept);
        },
      ),
    );
  });
});

describe("who counted the pods", () => {
  it("tells what the sum lacks; without a count the window itself is looked at", () => {
    const counted = see(1, { current: 10, history: { pods: counts(10, 6, 6) } });
    expect([counted.missing, counted.uncounted]).toEqual([4, undefined]);
    const alone = see(1, { current: 10 });
    expect([alone.missing, alone.uncounted]).toEqual([undefined, alone.window]);
  });

  it("decides whether what came back after an outage may be all", () => {
    const whole = flat(1);
    const keep = [...whole.times.keys()].filter((i) => i < 100 || i >= 112);
    const samples = pairs(keep.map((i) => [whole.times[i]!, 1]));
    expect(words(see(1, { history: { samples } }))).toBe("upOnly GapsInData");
    expect(words(see(1, { history: { samples, pods: counts(2, 2) } }))).toBe("act DataComplete");
  });

  it("makes a zero believable where at least one pod burnt something", () => {
    const zero = (history: Partial<TickHistory>) => words(see(0, { history }));
    expect(zero({})).toBe("hold ZeroUsage");
    expect(zero({ pods: pairs([]) })).toBe("hold ZeroUsage");
    expect(zero({ pods: counts(2, 0) })).toBe("hold ZeroUsage");
    expect(zero({ pods: counts(0, 1) })).toBe("act DataComplete");
  });
});

describe("no sample", () => {
  it("is told apart from no answer, with what may be wrong with the question", () => {
    const none = pairs([]);
    const of = (hint: string) => see(1, { history: { samples: none, hint } }).quality.message;
    expect(of("no such pod")).toBe("the answer holds no sample; that is not zero load; no such pod");
    expect(see(1, { history: { samples: none } }).quality.message).toBe(
      "the answer holds no sample; that is not zero load",
    );
    expect(see(1, { history: { hint: "no such pod" } }).quality.message).not.toContain("no such pod");
    const missing = see(1, { histories: [null] });
    expect([words(missing), missing.quality.message]).toEqual([
      "hold NoData",
      "there was no answer; that is not zero load",
    ]);
    expect([missing.demand, missing.forecast, missing.series]).toEqual([Number.NaN, null, null]);
  });
});

describe("a workload that may have no pods", () => {
  const queue = { name: "queue", query: "q", averageValue: 1, activation: 0 };
  const toZero = config({ minReplicas: 0, metrics: [queue] });
  /** Samples of ten minutes, a hole of so many seconds, and five minutes. */
  const holed = (hole: number) => {
    const after = samplesOf(() => 1, { end: NOW - 5, points: 20 });
    const before = samplesOf(() => 9, { end: after.times[0]! - hole, points: 40 });
    return pairs(
      [...before.times]
        .map((t): [number, number] => [t, 9])
        .concat([...after.times].map((t): [number, number] => [t, 1])),
    );
  };

  it("is young after a hole of more than five minutes in its CPU", () => {
    const points = (hole: number, settings = toZero) =>
      see(1, { config: settings, current: 20, history: { samples: holed(hole) } }).quality.points;
    expect([points(301), points(300), points(301, config())]).toEqual([20, 60, 60]);
  });
});
