/** One tick from samples to decision, memory and record: lead, masks, drops, and what is handed to the forecaster. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ForecastRequest } from "../../job/core/forecast/types.ts";
import { QUANTILE_LEVELS } from "../../job/core/policy/level.ts";
import type { TickInput } from "../../job/core/policy/observe.ts";
import { decode, encode } from "../../job/core/state/codec.ts";
import { BLANK, BLANK_METRIC } from "../../job/core/state/memory.ts";
import type { LastForecast } from "../../job/core/state/types.ts";
import { tick } from "../../job/core/tick.ts";
import { config, NOW } from "../fakes/config.ts";
import { constant, forecast, last } from "../fakes/forecaster.ts";
import { pairs, samplesOf } from "../fakes/series.ts";
import { anyMemory } from "../fakes/state.ts";

function input(more: Partial<TickInput> = {}, cores: (i: number) => number = () => 1): TickInput {
  const history = { samples: samplesOf(cores, { end: NOW - 5 }), partial: false, seriesCount: 1 };
  return { now: NOW, histories: [history], current: 2, conditions: {}, memory: undefined, config: config(), ...more };
}

const forecasting = (lastForecast: LastForecast) => ({ metrics: { cpu: { ...BLANK_METRIC, lastForecast } } });

/** The request that the forecaster was given. */
function asked(of: TickInput): ForecastRequest {
  let request: ForecastRequest | undefined;
  tick(of, (given) => {
    request = given;
    return constant(1)(given);
  });
  return request!;
}

describe("tick", () => {
  it("decides, remembers and records", () => {
    const { decision, memory, record } = tick(input(), constant(2.2));
    expect(decision).toMatchObject({ action: "scale", replicas: 5, reason: "ForecastQuantile" });
    expect(memory).toMatchObject({
      changes: [{ at: NOW, from: 2, to: 5 }],
      metrics: { cpu: { lastGoodData: NOW } },
      lastWritten: { replicas: 5 },
    });
    expect(memory.metrics.cpu?.lastForecast).toMatchObject({
      at: NOW,
      quantile: 2.2,
      level: 0.8,
      mean: 2.2,
      method: "fake",
    });
    expect(record).toMatchObject({ now: NOW, recommendation: 5, decision });
    expect(record.metrics).toMatchObject([{ demand: 1, lead: 120, quantile: 2.2, replicas: 5 }]);
    expect(record.metrics[0]?.series?.values.length).toBe(120);
  });

  it("asks for the levels at which pods may pay where no quantile is given, and carries what was met of the share", () => {
    const { quantile: _, ...free } = config({ slo: 0.01 });
    expect(asked(input({ config: free })).levels).toEqual(QUANTILE_LEVELS);
    expect(asked(input({ config: { ...free, scaleDownQuantile: 0.93 } })).levels).toContain(0.93);
    const first = tick(
      input({ config: free }, () => 9),
      constant(9),
    ).memory;
    const later = { ...input({ config: free, memory: first, current: 2 }, () => 9), now: NOW + 60 };
    const history = { samples: samplesOf(() => 9, { end: NOW + 55 }), partial: false, seriesCount: 1 };
    const { memory } = tick({ ...later, histories: [history] }, constant(9));
    expect(memory.service).toMatchObject({ at: NOW + 60, below: 60, seen: 60 });
    expect(decode(encode({ version: 1, targets: { web: memory } }))).toMatchObject({
      value: { targets: { web: { service: { at: NOW + 60, below: 60, seen: 60 } } } },
    });
  });

  it("asks for the lead time: lag or the true age, pod start as measured, interval", () => {
    expect(asked(input())).toMatchObject({ leadSteps: 8, horizonSteps: 4, levels: [0.8] });
    expect(asked(input({ conditions: { podStart: 90 } })).leadSteps).toBe(12);
    expect(asked(input({ histories: [{ ...input().histories[0]!, podStart: 60 }] })).leadSteps).toBe(10);
    const late = { samples: samplesOf(() => 1, { end: NOW - 60 }), partial: false, seriesCount: 1 };
    expect(asked(input({ histories: [late] })).leadSteps).toBe(10);
    expect(asked(input({ config: config({ scaleDownQuantile: 0.95 }) })).levels).toEqual([0.8, 0.95]);
    expect(asked(input()).parts).toEqual([
      [0, 4],
      [4, 8],
    ]);
  });

  it("hands the longer history over on a grid of its own", () => {
    const longSamples = samplesOf((i) => i + 1, { end: NOW - 300, step: 300, points: 12 });
    const { longHistory } = asked(input({ histories: [{ ...input().histories[0]!, longSamples, longStep: 300 }] }));
    expect([longHistory?.step, longHistory?.values.length, longHistory?.values[11]]).toEqual([300, 12, 12]);
  });

  it("holds without history and never takes that for zero", () => {
    const { decision, memory, record } = tick(input({ histories: [null], current: 9 }), last);
    expect(decision).toMatchObject({ action: "hold", replicas: 9, reason: "NoData" });
    expect(memory.metrics.cpu?.missingSince).toBe(NOW);
    const later = tick(input({ now: NOW + 900, histories: [null], current: 9, memory }), last);
    expect(later.decision.message).toContain("missing for 900 s, no fallback configured");
    expect(record).toMatchObject({ metrics: [{ forecast: null, series: null }], recommendation: null });
    expect(
      tick(input({ histories: [{ samples: pairs([]), partial: false, seriesCount: 0 }], current: 9 }), last).decision
        .reason,
    ).toBe("NoData");
  });

  it("is reactive when the forecaster throws or gives nonsense", () => {
    const broken = tick(
      input({}, () => 2.2),
      () => {
        throw new Error("singular");
      },
    );
    expect(broken.decision.replicas).toBe(5);
    expect(broken.record.metrics[0]?.forecast).toBeNull();
    expect(JSON.stringify(broken.decision.trail)).toContain("no forecast could be made (singular)");
    const nonsense = tick(
      input({}, () => 2.2),
      () => forecast({ maxQuantiles: [Number.NaN] }),
    );
    expect(nonsense.decision.replicas).toBe(5);
    expect(nonsense.decision.trail.find((e) => e.stage === "trust")?.reason).toBe("ForecastNotTrusted");
  });

  it("refuses more than the pods can use, but not what pods just removed still show", () => {
    const limited = config({ podCpuLimit: 0.5 });
    expect(
      tick(
        input({ config: limited }, () => 1.2),
        last,
      ).decision.reason,
    ).toBe("AboveCapacity");
    const removed = { ...BLANK, changes: [{ at: NOW - 60, from: 4, to: 2 }] };
    expect(
      tick(
        input({ config: limited, memory: removed }, () => 1.2),
        last,
      ).decision.reason,
    ).not.toBe("AboveCapacity");
    expect(
      tick(
        input({ config: limited, pods: 5 }, () => 1.2),
        last,
      ).decision.reason,
    ).not.toBe("AboveCapacity");
  });

  it("takes twice the pods for possible during a rollout, and while one is in the window", () => {
    const limited = config({ podCpuLimit: 0.5 });
    // 2 pods burn 1.1 cores at most, with a rollout's surge 2.2
    const reason = (more: Partial<TickInput>) =>
      tick(
        input({ config: limited, ...more }, () => 2),
        last,
      ).decision.reason;
    expect(reason({})).toBe("AboveCapacity");
    expect(reason({ conditions: { rollout: true } })).not.toBe("AboveCapacity");
    const over = { ...BLANK, rollouts: [[NOW - 400, NOW - 300]] as const };
    expect(reason({ memory: over })).not.toBe("AboveCapacity");
  });

  it("does not learn the burst of a rollout", () => {
    const burst = (i: number) => (i >= 100 && i < 110 ? 9 : 1);
    const from = NOW - 5 - 19 * 15;
    const rollouts = [[from, from + 60]] as const;
    const { series } = asked(input({ memory: { ...BLANK, rollouts } }, burst));
    expect(Math.max(...series.values)).toBe(1);
    expect(Math.max(...asked(input({}, burst)).series.values)).toBe(9);
  });

  it("takes no pod on a sum that lacks pods, and does not learn it", () => {
    const half = (i: number) => (i < 116 ? 4 : 2);
    const pods = samplesOf((i) => (i < 16 ? 10 : 5), { end: NOW - 5, points: 20 });
    const history = { ...input({}, half).histories[0]!, pods };
    const memory = { ...BLANK, recommendations: [{ at: NOW - 60, replicas: 1 }] };
    const lost = input({ histories: [history], memory, current: 10 });
    // 2 cores at 0.5 a pod need 4, and 5 pods are not measured
    expect(tick(lost, last).decision).toMatchObject({ replicas: 10, reason: "MissingPods" });
    expect(tick(lost, constant(2)).memory.recommendations.at(-1)?.replicas).toBe(9);
    expect(Math.min(...asked(lost).series.values)).toBe(4);
    expect(tick(lost, last).memory.metrics.cpu!.incomplete).toEqual([[NOW - 110, NOW]]);
    // ten minutes after it came back the dip is still not learned
    const later = NOW + 600;
    const dip = samplesOf((i) => (i >= 76 && i < 80 ? 2 : 4), { end: later - 5 });
    const whole = {
      samples: dip,
      partial: false,
      seriesCount: 1,
      pods: samplesOf(() => 10, { end: later - 5, points: 20 }),
    };
    const after = input({ now: later, histories: [whole], memory: tick(lost, last).memory, current: 10 });
    expect(Math.min(...asked(after).series.values)).toBe(4);
    expect(Math.min(...asked({ ...after, memory: BLANK }).series.values)).toBe(2);
  });

  it("believes in no load only where the pods were counted", () => {
    const idle = input({ current: 9 }, () => 0);
    expect(tick(idle, last).decision).toMatchObject({ replicas: 9, reason: "ZeroUsage" });
    const pods = samplesOf(() => 9, { end: NOW - 5, points: 20 });
    const counted = { ...idle.histories[0]!, pods };
    const memory = { ...BLANK, recommendations: [{ at: NOW - 60, replicas: 1 }] };
    expect(tick({ ...idle, memory, histories: [counted] }, last).decision.replicas).toBe(1);
    const none = { ...counted, pods: samplesOf((i) => (i < 16 ? 9 : 0), { end: NOW - 5, points: 20 }) };
    expect(tick({ ...idle, memory, histories: [none] }, last).decision.reason).toBe("ZeroUsage");
  });

  it("slows scale-in after a drop far below the last forecast", () => {
    const lastForecast = { at: NOW - 60, expires: NOW + 60, max: 9, quantile: 9, level: 0.8, mean: 8, method: "auto" };
    const memory = { ...BLANK, recommendations: [{ at: NOW - 60, replicas: 1 }], ...forecasting(lastForecast) };
    const dropped = tick(input({ current: 16, memory, config: config({ suddenDropHold: 600 }) }), last);
    expect(dropped.decision).toMatchObject({ replicas: 16, reason: "SuddenDrop" });
    expect(dropped.memory.dropHoldUntil).toBe(NOW + 600);
    const gentle = tick(
      input({ current: 16, memory, config: config({ suddenDropHold: 600 }) }, () => 4.5),
      last,
    );
    expect(gentle.decision.replicas).toBe(9);
    const expired = { ...memory, ...forecasting({ ...lastForecast, expires: NOW - 1 }) };
    expect(
      tick(input({ current: 16, memory: expired, config: config({ suddenDropHold: 600 }) }), last).decision.replicas,
    ).toBe(2);
  });

  it("gives the same bytes for the same input, and for a memory that went through the codec", () => {
    const values = fc.array(fc.double({ min: 0, max: 20, noNaN: true }), { minLength: 5, maxLength: 40 });
    fc.assert(
      fc.property(values, anyMemory, fc.integer({ min: 1, max: 30 }), (list, memory, current) => {
        const history = {
          samples: samplesOf((i) => list[i]!, { end: NOW - 5, points: list.length }),
          partial: false,
          seriesCount: 1,
        };
        const given = input({ histories: [history], memory, current });
        const once = JSON.stringify(tick(given, last));
        expect(JSON.stringify(tick(structuredClone(given), last))).toBe(once);
        const stored = decode(encode({ version: 1, targets: { x: memory } }));
        expect(JSON.stringify(tick({ ...given, memory: stored.ok ? stored.value.targets.x : undefined }, last))).toBe(
          once,
        );
      }),
    );
  });
});
