/** The share of the time below capacity: what is counted, what is remembered of it, and what it does to the worth of a pod. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { noteService, worthOf } from "../../../job/core/policy/service.ts";
import { BLANK } from "../../../job/core/state/memory.ts";
import type { Service } from "../../../job/core/state/types.ts";
import { type Metric, metricsOf } from "../../../job/core/target.ts";
import { behavior, config, NOW } from "../../fakes/config.ts";

const HOUR = 3600;
const { quantile: _, ...rest } = config({ slo: 0.01, behavior: behavior({ tolerance: 0.1 }) });
const settings = rest;
const [cpu] = metricsOf(settings) as [Metric];
/** Samples of 15 s up to now. */
const measured = (values: readonly number[], filled: readonly number[] = []) => ({
  metric: cpu,
  lead: { readyAfter: 30 },
  series: {
    start: NOW - (values.length - 1) * 15,
    step: 15,
    values: Float64Array.from(values),
    filled: Uint8Array.from(values, (_v, i) => (filled.includes(i) ? 1 : 0)),
  },
});
const since = (seconds: number): Service => ({ at: NOW - seconds, below: 0, seen: 0 });
const note = (
  values: readonly number[],
  {
    service = since(60),
    changes = [],
    current = 4,
    filled = [],
  }: Partial<Parameters<typeof noteService>[0]> & { current?: number; filled?: readonly number[] } = {},
) => noteService({ ...BLANK, service, changes }, { now: NOW, current }, [measured(values, filled)], settings).service!;

describe("noteService", () => {
  it("counts what is above the target and the tolerance, since the last run only", () => {
    // 4 pods of 0.5 cores carry 2.2 within the tolerance
    expect(note([9, 9, 2.19, 2.21, 2.2, 3])).toEqual({ at: NOW, below: 30, seen: 60 });
  });

  it("counts no pod before it is ready, and none that is gone", () => {
    const added = [{ at: NOW - 45, from: 4, to: 8 }];
    // ready at -15 s: the samples that begin at -60, -45 and -30 s met 4 pods, the last met 8
    expect(note([3, 3, 3, 3], { current: 8, changes: added }).below).toBe(45);
    const removed = [{ at: NOW - 30, from: 8, to: 4 }];
    expect(note([3, 3, 3, 3], { current: 4, changes: removed }).below).toBe(30);
  });

  it("takes no account of what nobody measured, and fades with the hours", () => {
    expect(note([3, 3, 3, 3], { filled: [0, 3] })).toEqual({ at: NOW, below: 30, seen: 30 });
    const old = { at: NOW - 12 * HOUR, below: 100, seen: 1000 };
    const kept = noteService({ ...BLANK, service: old }, { now: NOW, current: 4 }, [], settings).service!;
    expect([kept.below, kept.seen].map((v) => Number(v.toFixed(1)))).toEqual([36.8, 367.9]);
  });

  it("begins with nothing, and forgets where no share is asked for", () => {
    expect(noteService(BLANK, { now: NOW, current: 1 }, [measured([3, 3])], settings).service).toEqual({
      at: NOW,
      below: 0,
      seen: 0,
    });
    expect(noteService(BLANK, { now: NOW, current: 1 }, [], config())).toBe(BLANK);
    expect(noteService({ ...BLANK, service: since(60) }, { now: NOW, current: 1 }, [], config()).service).toBeNull();
  });

  it("counts the pods that an HPA made of its floor, and of several metrics the one that was below for longest", () => {
    const hpa = { ...settings, actuator: "hpa" as const };
    const at = { ...BLANK, service: since(60) };
    const pods = { now: NOW, current: 2, pods: 6 };
    expect(noteService(at, pods, [measured([3, 3, 3, 3])], hpa).service!.below).toBe(0);
    expect(noteService(at, pods, [measured([3, 3, 3, 3])], settings).service!.below).toBe(60);
    const two = [measured([1, 1, 3, 3]), measured([1, 3, 3, 3])];
    expect(noteService(at, { now: NOW, current: 4 }, two, settings).service).toMatchObject({ below: 45, seen: 60 });
  });
});

describe("worthOf", () => {
  const share = fc.double({ min: 0.001, max: 0.1, noNaN: true });
  const service = fc.option(
    fc
      .record({ seen: fc.integer({ min: 0, max: 80_000 }), part: fc.double({ min: 0, max: 1, noNaN: true }) })
      .map(({ seen, part }) => ({ at: NOW, below: part * seen, seen })),
  );

  it("is within its bounds, greater for a smaller share and for more time below", () => {
    fc.assert(
      fc.property(share, share, service, fc.boolean(), fc.integer({ min: 0, max: 900 }), (a, b, met, doubt, more) => {
        const own = worthOf(a, met, doubt);
        expect(own).toBeGreaterThanOrEqual(0.048 / a / 64 - 1e-9);
        expect(own).toBeLessThanOrEqual((0.048 / a) * 8 + 1e-9);
        expect(worthOf(Math.min(a, b), met, doubt)).toBeGreaterThanOrEqual(worthOf(Math.max(a, b), met, doubt) - 1e-9);
        const worse = met === null ? null : { ...met, below: met.below + more };
        expect(worthOf(a, worse, doubt)).toBeGreaterThanOrEqual(own);
      }),
      { numRuns: 1000 },
    );
  });

  it("is never below its default in doubt, and its default without a memory or a share", () => {
    fc.assert(
      fc.property(share, service, (slo, met) => {
        expect(worthOf(slo, met, true)).toBeGreaterThanOrEqual(worthOf(slo, null, false));
      }),
    );
    expect(worthOf(0.004, null, false)).toBeCloseTo(worthOf(undefined, null, false), 9);
  });

  it("falls while the share is not used and rises when it is overdrawn", () => {
    const met = (below: number) => worthOf(0.01, { at: NOW, below, seen: HOUR }, false);
    expect(met(36)).toBeCloseTo(4.8, 9);
    // twenty minutes' share: 12 s
    expect(met(24)).toBeCloseTo(4.8 / Math.E, 9);
    expect(met(48)).toBeCloseTo(4.8 * Math.E, 9);
  });
});
