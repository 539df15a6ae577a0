/** The combination against a plain replay of its rule: weights from what was known at each origin, errors and skill out of sample, gaps passed over. */
import { describe, expect, it } from "vitest";
import { blend, WEIGHING } from "../../../../job/core/forecast/combine/blend.ts";
import type { ForecastTarget } from "../../../../job/core/forecast/combine/target.ts";
import { generator } from "../noise.ts";

const KNOWN = 60;
const TO = 3;
const WINDOW = 80;

function target(seed: number, gaps: readonly number[] = []): ForecastTarget {
  const { normal } = generator(seed);
  const actual = Float64Array.from({ length: KNOWN }, (_, i) => 3 + Math.sin(i / 4) + 0.1 * normal());
  const model = (bias: number, sd: number) =>
    Float64Array.from({ length: KNOWN + TO }, (_, i) => (actual[i] ?? 3) + bias + sd * normal());
  const measured = Uint8Array.from(actual, (_, o) => (gaps.includes(o) ? 0 : 1));
  const predictions = [model(0.1, 0.5), model(0, 0.1), model(-0.3, 0.2)] as const;
  return { actual, measured, predictions, penalties: Float64Array.of(0.9, 1, 1.2), to: TO, stride: 1, window: WINDOW };
}

/** The rule, written out: for each origin anew over all that was known by then. */
function plain(
  { actual, measured, predictions, penalties }: ForecastTarget,
  origin: number,
  prior: number,
  known: number,
) {
  const { power, memory, departure } = WEIGHING;
  const keep = 1 - memory / WINDOW;
  const seen = (until: number) => [...actual.keys()].filter((o) => o < until && measured[o] === 1);
  const discounted = (until: number, of: (o: number) => number) =>
    seen(until).reduce((total, o, i, all) => total + keep ** (all.length - 1 - i) * of(o), 0);
  const error = (m: number) => (o: number) => Math.abs(actual[o]! - predictions[m]![o]!);
  const all = discounted(KNOWN, () => 1);
  const old = keep ** seen(known).length * prior;
  const losses = predictions.map((p, m) => {
    const sum = discounted(known, error(m)) + (old / all) * discounted(KNOWN, error(m));
    const away = departure * Math.abs(p[origin]! - predictions[0][origin]!);
    return penalties[m]! * ((sum + away) / (discounted(known, () => 1) + old + departure)) + 1e-7;
  });
  const raw = losses.map((l) => (Math.min(...losses) / l) ** power);
  const weights = raw.map((w) => w / raw.reduce((a, b) => a + b));
  return { weights, value: weights.reduce((sum, w, m) => sum + w * predictions[m]![origin]!, 0) };
}

describe("blend", () => {
  it.each([
    [1, []],
    [2, [7, 8, 30, 31, 32, 59]],
  ] as const)("is the plain replay of its rule (seed %i, gaps %j)", (seed, gaps) => {
    const asked = target(seed, gaps);
    const { now, errors, weights } = blend(asked);
    const want = plain(asked, KNOWN + TO - 1, 0, KNOWN);
    expect(now).toBeCloseTo(want.value, 9);
    for (let m = 0; m < weights.length; m++) expect(weights[m]).toBeCloseTo(want.weights[m]!, 9);
    for (let o = 0; o < KNOWN; o++) {
      if (asked.measured[o] === 0) continue;
      const { value } = plain(asked, o, WEIGHING.prior, Math.max(0, o - TO + 1));
      expect(errors[o], `origin ${o}`).toBeCloseTo(asked.actual[o]! - value, 9);
    }
  });

  it("learns nothing from outcomes that nobody measured: whatever stands there changes nothing", () => {
    const asked = target(3, [20, 21, 50]);
    const before = blend(asked);
    const actual = asked.actual.map((v, o) => (asked.measured[o] === 0 ? v + 50 : v));
    const after = blend({ ...asked, actual });
    expect(after).toEqual(before);
    expect(blend({ ...asked, actual, measured: new Uint8Array(KNOWN).fill(1) })).not.toEqual(before);
  });

  it("is judged by the combinations that it would have made, over the later half of what was measured", () => {
    for (const asked of [target(6), target(7, [35, 36, 50])]) {
      const { actual, measured, predictions } = asked;
      const later = [...actual.keys()].filter((o) => 2 * o >= KNOWN && measured[o] === 1);
      const total = (of: (o: number) => number) => later.reduce((sum, o) => sum + Math.abs(actual[o]! - of(o)), 0);
      const own = total((o) => plain(asked, o, WEIGHING.prior, Math.max(0, o - TO + 1)).value);
      expect(blend(asked).skill).toBeCloseTo(own / total((o) => predictions[0][o]!), 9);
    }
  });

  it("has skill against the last value, 1 beside itself, and none known without outcomes", () => {
    const asked = target(4);
    expect(blend(asked).skill).toBeLessThan(0.4);
    const [last] = asked.predictions;
    expect(blend({ ...asked, predictions: [last, last, last] }).skill).toBeCloseTo(1, 9);
    expect(blend({ ...asked, measured: new Uint8Array(KNOWN) }).skill).toBeNaN();
    expect(blend({ ...asked, actual: new Float64Array(0), measured: new Uint8Array(0) }).skill).toBeNaN();
  });

  it("is the last value where no model ever erred and one departs: a window that was flat and jumps", () => {
    const flat = (now: number) => Float64Array.from({ length: KNOWN + TO }, (_, o) => (o < KNOWN ? 2 : now));
    const jump = {
      ...target(5),
      actual: new Float64Array(KNOWN).fill(2),
      predictions: [flat(6), flat(2), flat(3)] as const,
    };
    expect(blend(jump).now).toBeCloseTo(6, 3);
  });
});
