/** Resampling to the simulator's steps, against a naive interpolation. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DemandError, toDemand } from "../../job/replay/demand.ts";

const samples = (rows: readonly (readonly [number, number])[]) => ({
  times: Float64Array.from(rows, (r) => r[0]),
  values: Float64Array.from(rows, (r) => r[1]),
});

describe("toDemand", () => {
  it("interpolates minutes to steps of 15 s", () => {
    const demand = toDemand(
      samples([
        [0, 1],
        [60, 3],
        [120, 3],
      ]),
    );
    expect([...demand.values]).toEqual([1, 1.5, 2, 2.5, 3, 3, 3, 3, 3]);
  });

  it("sorts, drops what is not a number, keeps one of equal times and takes negative load as none", () => {
    const demand = toDemand(
      samples([
        [30, 2],
        [0, 1],
        [15, Number.NaN],
        [45, -5],
        [60, 4],
      ]),
    );
    expect([...demand.values]).toEqual([1, 1.5, 2, 0, 4]);
  });

  it("refuses a series without two points", () => {
    expect(() => toDemand(samples([[0, 1]]))).toThrow(DemandError);
    expect(() =>
      toDemand(
        samples([
          [0, Number.NaN],
          [15, Number.NaN],
        ]),
      ),
    ).toThrow(/two finite samples/);
  });

  it("stays between its neighbours and agrees with a naive search", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 0, max: 5000 }), { minLength: 2, maxLength: 40 }),
        fc.infiniteStream(fc.double({ min: 0, max: 100, noNaN: true })),
        (times, stream) => {
          const sorted = [...times].sort((a, b) => a - b);
          const rows = sorted.map((t) => [t, stream.next().value as number] as const);
          const demand = toDemand(samples(rows));
          demand.values.forEach((value, i) => {
            const t = demand.start + i * 15;
            const right = Math.max(
              1,
              rows.findIndex((r) => r[0] > t),
            );
            const [a, b] = rows.at(-1)![0] <= t ? [rows.at(-1)!, rows.at(-1)!] : [rows[right - 1]!, rows[right]!];
            const naive = b[0] === a[0] ? b[1] : a[1] + ((b[1] - a[1]) * (t - a[0])) / (b[0] - a[0]);
            expect(value).toBeCloseTo(naive, 9);
          });
        },
      ),
    );
  });
});
