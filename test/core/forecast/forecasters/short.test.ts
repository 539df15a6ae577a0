/** Short histories and long leads: while samples arrive, neither the width of the quantiles nor their coverage collapses, in the forecast and in the reactive quantile alike. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { forecastAuto } from "../../../../job/core/forecast/forecasters/auto.ts";
import type { LeadPart } from "../../../../job/core/forecast/types.ts";
import { persistenceQuantile } from "../../../../job/core/policy/persistence.ts";
import { autoregressive, generator } from "../noise.ts";

const MAX_WINDOW = 60;
const LEADS = [1, 2, 3, 4, 6, 8, 12, 20, 26, 40, MAX_WINDOW];
const PARTS = LEADS.map((lead): LeadPart => [0, lead]);
const LEVELS = [0.5, 0.91];

const seriesOf = (values: Float64Array, filled = new Uint8Array(values.length)) => ({
  start: 0,
  step: 15,
  values,
  filled,
});

/** The 0.5 and 0.91 quantiles of the maximum over each of the parts. */
function quantilesOf(
  values: Float64Array,
  filled: Uint8Array<ArrayBuffer> = new Uint8Array(values.length),
  parts = PARTS,
): (readonly number[])[] {
  const series = seriesOf(values, filled);
  const asked = { series, horizonSteps: 4, leadSteps: MAX_WINDOW, levels: LEVELS, parts };
  return forecastAuto(asked).parts!.map((part) => part.maxQuantiles);
}

/** Noise, a settled autoregression and a walk in turn, by seed. */
function load(seed: number, n: number): Float64Array {
  const { normal } = generator(seed * 7919);
  const settled = autoregressive(normal, 0.9, 20);
  let level = 30;
  const walk = () => {
    level += normal();
    return level;
  };
  const next = [() => 6 + normal(), settled, walk][seed % 3]!;
  return Float64Array.from({ length: n }, () => Math.max(0, next()));
}

describe("as samples arrive, 1 to 60 of them, at every lead", () => {
  const SEEDS = 45;
  const all = Array.from({ length: SEEDS }, (_, seed) => load(seed + 1, 2 * MAX_WINDOW));
  /** Of n values: share of loads with the maximum below 0.91, by the forecast and by the reactive quantile; and the forecast's mean width. */
  const at = Array.from({ length: MAX_WINDOW }, (_, i) => {
    const n = i + 1;
    const [own, reactive, width] = [LEADS.map(() => 0), LEADS.map(() => 0), LEADS.map(() => 0)];
    for (const values of all) {
      const known = values.slice(0, n);
      quantilesOf(known).forEach(([middle, high], l) => {
        const came = Math.max(...values.subarray(n, n + LEADS[l]!));
        if (came <= high!) own[l]! += 1 / SEEDS;
        if (came <= persistenceQuantile(seriesOf(known), PARTS[l]!, 0.91)) reactive[l]! += 1 / SEEDS;
        width[l]! += (high! - middle!) / SEEDS;
      });
    }
    return { n, own, reactive, width };
  });

  it("0.91 goes on holding most outcomes", () => {
    // measured: 0.71 at the least; before, 0 to 0.3 from the tenth value on at leads of 8 steps and more
    for (const { n, own, reactive } of at) {
      LEADS.forEach((lead, l) => {
        expect(own[l]!, `${n} values, lead ${lead}`).toBeGreaterThan(0.65);
        expect(reactive[l]!, `${n} values, lead ${lead}, reactive`).toBeGreaterThan(0.6);
      });
    }
  });

  it("one more value never takes half of the width away", () => {
    for (let i = 1; i < at.length; i++) {
      LEADS.forEach((lead, l) => {
        const ratio = at[i]!.width[l]! / at[i - 1]!.width[l]!;
        expect(ratio, `${at[i]!.n} values, lead ${lead}`).toBeGreaterThan(0.6);
      });
    }
  });
});

it("no other lead of 1 to 60 steps collapses either: fewer loads, wider bounds", () => {
  const EVERY = Array.from({ length: MAX_WINDOW }, (_, i): LeadPart => [0, i + 1]);
  const SEEDS = 12;
  const all = Array.from({ length: SEEDS }, (_, seed) => load(seed + 101, 2 * MAX_WINDOW));
  let before = EVERY.map(() => 0);
  for (let n = 1; n <= MAX_WINDOW; n++) {
    const [held, width] = [EVERY.map(() => 0), EVERY.map(() => 0)];
    for (const values of all)
      quantilesOf(values.slice(0, n), undefined, EVERY).forEach(([middle, high], l) => {
        if (Math.max(...values.subarray(n, n + l + 1)) <= high!) held[l]! += 1 / SEEDS;
        width[l]! += (high! - middle!) / SEEDS;
      });
    EVERY.forEach(([, lead], l) => {
      expect(held[l]!, `${n} values, lead ${lead}`).toBeGreaterThan(0.45);
      expect(width[l]! / Math.max(before[l]!, 1e-9), `${n} values, lead ${lead}`).toBeGreaterThan(0.5);
    });
    before = width;
  }
});

it("no window that moves promises one number for all levels", () => {
  const moving = fc
    .array(fc.double({ min: 0.1, max: 9, noNaN: true }), { minLength: 2, maxLength: MAX_WINDOW })
    .filter((values) => Math.max(...values) - Math.min(...values) > 0.1);
  fc.assert(
    fc.property(moving, (list) => {
      const values = Float64Array.from(list);
      for (const [middle, high] of quantilesOf(values)) expect(high!).toBeGreaterThan(middle!);
    }),
  );
});

it("nor one that was filled in, wholly or but for a few values", () => {
  const marks = fc.array(fc.boolean(), { minLength: 12, maxLength: MAX_WINDOW });
  fc.assert(
    fc.property(marks, fc.integer(), (marked, seed) => {
      const { normal } = generator(seed);
      const values = Float64Array.from(marked, () => Math.max(0.1, 3 + 0.5 * normal()));
      const filled = Uint8Array.from(marked, Number);
      quantilesOf(values, filled).forEach(([middle, high], l) => {
        expect(high!).toBeGreaterThan(middle!);
        expect(persistenceQuantile(seriesOf(values, filled), PARTS[l]!, 0.91)).toBeGreaterThanOrEqual(0);
      });
    }),
  );
});
