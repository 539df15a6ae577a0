/** No corruption of the data makes a decision scale in: properties over every kind, every extent, every size of the workload. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BLANK } from "../../../job/core/state/memory.ts";
import { tick } from "../../../job/core/tick.ts";
import type { HistoryReading } from "../../../job/ports.ts";
import { config, NOW } from "../../fakes/config.ts";
import { anyCorruption, CORRUPTIONS } from "../../fakes/corruptions.ts";
import { last } from "../../fakes/forecaster.ts";
import { samplesOf } from "../../fakes/series.ts";

/** Oldest usable sample, pod start and interval. */
const MAX_LEAD = 120 + 30 + 60;
const SETTINGS = config({ maxReplicas: 200, suddenDropHold: 300 });

/** `pods` pods that carry what they should, with a little noise, read well. */
function healthy(pods: number, seed: number): HistoryReading {
  const load = (i: number) => pods * 0.5 * (0.97 + 0.02 * Math.sin(seed + i * i));
  return {
    samples: samplesOf(load, { end: NOW - 5 }),
    pods: samplesOf(() => pods, { end: NOW - 5, points: 20 }),
    partial: false,
    seriesCount: 1,
    source: "fake",
  };
}

function tickOf(reading: HistoryReading | Error, current: number) {
  const history = reading instanceof Error ? null : reading;
  // three calm runs are remembered, so that nothing is held for want of memory
  const recommendations = [180, 120, 60].map((ago) => ({ at: NOW - ago, replicas: 1 }));
  const memory = { ...BLANK, recommendations };
  const input = { now: NOW, histories: [history], current, conditions: {}, memory, config: SETTINGS };
  return tick(input, last);
}
const decisionOf = (...args: Parameters<typeof tickOf>) => tickOf(...args).decision;

/** What the load of this moment needs: the mean of the two newest samples. */
function neededNow({ samples }: HistoryReading): number {
  const [before, newest] = samples.values.slice(-2);
  return Math.ceil((before! + newest!) / 2 / SETTINGS.targetCpu! - 1e-9);
}

const any = fc.record({ pods: fc.integer({ min: 2, max: 100 }), seed: fc.nat(1000), corruption: anyCorruption });

describe("a corruption of the data", () => {
  it("never scales in, where there is doubt; where there is none the decision is that of the good data", () => {
    fc.assert(
      fc.property(any, ({ pods, seed, corruption }) => {
        const clean = healthy(pods, seed);
        const { of, makes } = CORRUPTIONS[corruption.kind]!;
        const { decision, record } = tickOf(of(clean, { ...corruption, now: NOW }), pods);
        const { replicas } = decision;
        // where the lost pods are counted the whole load is known: they carried no more than they should, and count as much. A forecast of what is left does not see more
        if (makes === "doubt")
          expect(replicas).toBeGreaterThanOrEqual(corruption.kind === "targetsLost" ? neededNow(clean) : pods);
        else expect(replicas).toBe(decisionOf(clean, pods).replicas);
        // times of another unit are 1.7e9 s old, and nothing is planned for so long
        expect(record.metrics[0]!.lead).toBeLessThanOrEqual(MAX_LEAD);
      }),
      { numRuns: 500 },
    );
  });

  it("is what keeps the pods: of good data of a third of the load they are fewer", () => {
    const light = { ...healthy(10, 1), samples: healthy(3, 1).samples };
    expect(decisionOf(light, 10).replicas).toBeLessThan(10);
  });

  it.each(Object.keys(CORRUPTIONS))(
    "%s does not scale in a workload that could be smaller, where there is doubt",
    (kind) => {
      const { of, makes } = CORRUPTIONS[kind]!;
      if (kind === "targetsLost") return expect(makes).toBe("doubt");
      const light = { ...healthy(10, 1), samples: healthy(3, 1).samples };
      const { replicas } = decisionOf(of(light, { share: 0.5, seconds: 600, now: NOW }), 10);
      if (makes === "doubt") expect(replicas).toBeGreaterThanOrEqual(10);
      else expect(replicas).toBeLessThan(10);
    },
  );
});
