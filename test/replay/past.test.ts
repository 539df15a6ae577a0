/** Past decisions made again are what the runs had decided then, in every number; what-ifs hold at the place they name. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { resolveTarget } from "../../job/config/target-settings.ts";
import { readWindow } from "../../job/core/target.ts";
import type { HistoryQuery, RecordedScale } from "../../job/ports.ts";
import { decideAgain, decideFrom, historiesAt, type PastDecision, warmUp } from "../../job/replay/past.ts";
import { alternatives } from "../../job/replay/what-if.ts";
import { outcomeOf } from "../../job/run/outcome.ts";
import { runOnce } from "../../job/run.ts";
import { behavior, config, NOW } from "../fakes/config.ts";
import { type FakeWorld, fakePorts, fakeWorld, reading } from "../fakes/ports.ts";

const target = config({
  history: 900,
  interval: 60,
  scaleUpCooldown: 90,
  scaleDownCooldown: 120,
  suddenDropHold: 180,
  behavior: behavior({}, { stabilizationWindowSeconds: 120 }),
});
const TICKS = 12;
const start = NOW - (NOW % 60);
const times = (points: number, from = start) => ({ start: from, step: 60, points });
const wave = (period: number, jump: number) => (t: number) =>
  4 + 3 * Math.sin((2 * Math.PI * t) / period) + (t > start + jump ? 3 : 0);

type Load = (t: number) => number;

const history = (load: Load) => ({
  read: async (queries: readonly unknown[], now: number) => queries.map(() => reading(load, now, 60)),
});

/** What real runs did from `first` on, with what a scrape every 15 s would have recorded; replicas before it stay as they are. */
async function reality(load: Load, first: number, meddle: (world: FakeWorld, k: number) => void = () => {}) {
  const world = fakeWorld({ replicas: { web: 3 }, history: () => reading(load, world.now, 60) });
  const scales: RecordedScale[] = [];
  let before = 3;
  for (let k = 0; k < TICKS; k++) {
    world.now = start + k * 60;
    const written = world.replicas.web!;
    meddle(world, k);
    const set = world.replicas.web!;
    const all = [before, written, set];
    scales.push({ set, at: world.now - 10, highest: Math.max(...all.slice(1)), lowest: Math.min(...all.slice(1)) });
    before = set;
    if (k >= first) await runOnce(fakePorts(world), [target], {});
  }
  return { outcomes: world.outcomes, scales };
}

async function again(load: Load, scales: readonly (RecordedScale | null)[], points = TICKS) {
  const made: PastDecision[] = [];
  const past = { history: history(load), scales, first: 3 };
  for await (const decision of decideAgain(past, target, times(points))) made.push(decision);
  return made;
}

const anyLoad = fc.record({ period: fc.integer({ min: 240, max: 1200 }), jump: fc.integer({ min: 0, max: 720 }) });

describe("decisions made again", () => {
  it("are those of the runs, number for number, with the recorded replicas and as replayed alike", async () => {
    await fc.assert(
      fc.asyncProperty(anyLoad, async ({ period, jump }) => {
        const load = wave(period, jump);
        const { outcomes, scales } = await reality(load, 0);
        for (const record of [scales, []]) {
          const made = await again(load, record);
          expect(made.map(({ decided }) => outcomeOf(decided))).toEqual(outcomes);
          expect(made.slice(1).every(({ recorded }) => recorded === record.length > 0)).toBe(true);
        }
      }),
      { numRuns: 15 },
    );
  });

  it("remember nothing of the time when no job ran, as the record shows", async () => {
    const load = wave(500, 300);
    const { outcomes, scales } = await reality(load, 5);
    const made = await again(load, scales);
    expect(made.slice(5).map(({ decided }) => outcomeOf(decided))).toEqual(outcomes);
  });

  it("find another writer where the runs did, also one that undoes each change within seconds of a sample", async () => {
    const load = wave(500, 300);
    const { outcomes, scales } = await reality(load, 0, (world, k) => {
      if (k > 2 && k < 7) world.replicas.web = 2;
    });
    const reasons = outcomes.map(({ trail }) => trail[0]!.reason);
    expect(reasons).toContain("ChangedByOther");
    const made = await again(load, scales);
    expect(made.map(({ decided }) => outcomeOf(decided))).toEqual(outcomes);
  });

  it("take a sample from before the write for no proof against it", async () => {
    const load = wave(500, 300);
    const { outcomes, scales } = await reality(load, 0);
    // a scrape every two minutes: every other record is of the tick before
    const rare = scales.map((scale, k) => (k % 2 === 0 ? scale : { ...scales[k - 1]!, at: scales[k - 1]!.at }));
    const made = await again(load, rare);
    expect(made.map(({ decided }) => outcomeOf(decided))).toEqual(outcomes);
    expect(made.some(({ recorded }) => !recorded)).toBe(true);
  });

  it("fail by name where the history could not be read, and go on", async () => {
    const broken = {
      read: async (queries: readonly unknown[], now: number) => {
        if (now === start + 120) throw new Error("503");
        return history(wave(500, 0)).read(queries, now);
      },
    };
    const made: PastDecision[] = [];
    for await (const one of decideAgain({ history: broken, scales: [], first: 3 }, target, times(5))) made.push(one);
    expect(made.map(({ decided }) => outcomeOf(decided).action === "failed")).toEqual([
      false,
      false,
      true,
      false,
      false,
    ]);
  });

  it("begin so early that the longest memory has passed", () => {
    expect(warmUp(target)).toBeGreaterThanOrEqual(1800 + 120);
    const slow = config({ behavior: behavior({}, { stabilizationWindowSeconds: 3600 }) });
    expect(warmUp(slow)).toBeGreaterThanOrEqual(3600 + 120);
    expect(warmUp(slow) % slow.interval).toBe(0);
  });
});

/** Of what looks back as far as the decision itself nothing is read anew. */
const unread = async () => {
  throw new Error("read anew");
};

describe("what would have changed a decision", () => {
  it("is true where it is said, and not yet halfway there", async () => {
    const made = await again(wave(500, 300), []);
    let loads = 0;
    for (const { input, decided } of made) {
      for (const { change, replicas } of await alternatives(input, unread)) {
        expect(replicas).not.toBe(decided.output!.decision.replicas);
        if (!("load" in change)) continue;
        loads++;
        const by = (factor: number) => {
          const histories = input.histories.map((one) =>
            one instanceof Error
              ? one
              : { ...one, samples: { ...one.samples, values: one.samples.values.map((v) => v * factor) } },
          );
          return decideFrom({ ...input, histories }).output!.decision.replicas;
        };
        expect(by(change.load)).toBe(replicas);
        // a factor is found to a hundredth: one of 1.005 stands for any up to it
        if (Math.abs(change.load - 1) < 0.01) continue;
        expect(by(1 + (change.load - 1) * 0.1)).toBe(decided.output!.decision.replicas);
      }
    }
    expect(loads).toBeGreaterThan(TICKS);
  });

  it("a quantile brings its level for scale-in with it, as in the settings, and takes the place of an slo", async () => {
    const { quantile: _, ...rest } = target;
    const free = { ...rest, slo: 0.01 };
    // many pods, so that a level is told by their number, and too many at first, so that scale-in decides
    const past = { history: history((t) => 8 * wave(500, 300)(t)), scales: [], first: 99 };
    let told = 0;
    for await (const { input } of decideAgain(past, free, times(TICKS)))
      for (const { change, replicas } of await alternatives(input, unread)) {
        if (!("setting" in change) || change.setting !== "quantile") continue;
        told++;
        expect(change.was).toBe("slo 0.01");
        const quantile = Number(change.value);
        const fixed = { ...rest, quantile, scaleDownQuantile: Math.min(0.995, 1 - (1 - quantile) ** 2) };
        expect(replicas).toBe(decideFrom({ ...input, target: fixed }).output!.decision.replicas);
      }
    expect(told).toBeGreaterThan(0);
  });

  it("a quantile looks back as far as its settings would, unless they say how far", async () => {
    const given = { scaleTargetRef: { name: "web" }, targetCpu: 0.5, maxReplicas: 400, podStart: 120 };
    // a calm past, that only a longer calibration remembers as wild
    const load = (t: number) => 60 + (t < start - 9000 ? 25 : 2) * Math.sin(t / 7) * Math.sin(t / 61);
    const port = history(load);
    const asked: number[] = [];
    const source = {
      read: async (queries: Parameters<typeof port.read>[0], now: number) =>
        (queries as readonly HistoryQuery[]).map(({ target: one }) => {
          asked.push(readWindow(one));
          return reading(load, now, readWindow(one) / 15);
        }),
    };
    const levels = async (more: object) => {
      const own = resolveTarget({ ...given, quantile: 0.8, ...more });
      const { value } = await decideAgain({ history: source, scales: [], first: 100 }, own, times(1)).next();
      const { input } = value as PastDecision;
      asked.length = 0;
      const found = await alternatives(input, (variant) => historiesAt(source, variant, input.at));
      return { input, found: found.filter(({ change }) => "setting" in change && change.setting === "quantile") };
    };
    const { input, found } = await levels({});
    expect(input.target.calibration).toBe(8100);
    expect(new Set(asked)).toEqual(new Set([7200, 21_600]));
    expect(found).not.toEqual([]);
    for (const { change, replicas } of found) {
      const real = resolveTarget({ ...given, quantile: Number("setting" in change && change.value) });
      const histories = await historiesAt(source, real, input.at);
      expect(decideFrom({ ...input, target: real, histories }).output!.decision.replicas).toBe(replicas);
    }
    await levels({ calibration: 3600 });
    expect(asked).toEqual([]);
  });

  it("names the limit that was met, and what it was", async () => {
    const capped = { ...target, maxReplicas: 5 };
    const made: PastDecision[] = [];
    const past = { history: history(() => 4.5), scales: [], first: 5 };
    for await (const one of decideAgain(past, capped, times(2))) made.push(one);
    const { input } = made[1]!;
    const limit = (await alternatives(input, unread)).find(
      ({ change }) => "setting" in change && change.setting === "maxReplicas",
    );
    expect(limit).toMatchObject({ change: { was: "5" }, replicas: 9 });
  });
});
