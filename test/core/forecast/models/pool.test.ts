/** One contract for every model of the pool: lengths, finite, no look-ahead, equal to a refit, equivariant to scale. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Model } from "../../../../job/core/forecast/models/model.ts";
import { poolFor, runPool } from "../../../../job/core/forecast/models/pool.ts";
import { profilePool } from "../../../../job/core/forecast/models/profile-pool.ts";

const N = 120;
const STEPS = 6;

/** A wave of 20 steps with a drift and a fixed wobble around a mean of about 1. */
const wave = Float64Array.from(
  { length: N + STEPS },
  (_, i) => 1 + 0.4 * Math.sin((2 * Math.PI * i) / 20) + 0.002 * i + 0.05 * Math.sin(i * i),
);
const models = poolFor(N, 20, [20, 73]);

function pathOf(model: Model, y: Float64Array, origins: readonly number[]): Float64Array {
  return runPool([model], { y, origins: Int32Array.from(origins), steps: STEPS })[0];
}

/** Models whose refit on a prefix differs, with the reason; none of them looks ahead. */
const SCALED_BY_WINDOW: Readonly<Record<string, string>> = {
  sinusoids: "as fourier",
  fourier: "its slope is measured in windows, so the ridge that holds it is a little stronger in a shorter one",
};

/** Those of a longer history, whose days were a wave of another length. */
const longer = profilePool(
  {
    start: 0,
    step: 300,
    values: Float64Array.from({ length: 2400 }, (_, i) => 1 + 0.3 * Math.sin(i / 3)),
    filled: new Uint8Array(2400),
  },
  { start: 7.5 * 86_400, step: 15, length: N + STEPS },
  1,
);

describe.each([...models, ...longer].map((m) => [m.name, m] as const))("%s", (_name, model) => {
  const y = wave.slice(0, N);
  const origins = [40, 57, 80, 101, N];

  it("gives a finite path of every origin, never below zero", () => {
    const path = pathOf(model, y, origins);
    expect(path.length).toBe(origins.length * STEPS);
    expect(path.every((v) => Number.isFinite(v) && v >= 0)).toBe(true);
  });

  it("does not look ahead: what comes after an origin does not change its forecast", () => {
    const path = pathOf(model, y, origins);
    const other = y.map((v, i) => (i >= 80 ? 9 - v : v));
    const changed = pathOf(model, other, origins);
    expect([...changed.slice(0, 3 * STEPS)]).toEqual([...path.slice(0, 3 * STEPS)]);
  });

  it("forecasts in one pass what it forecasts from the values before the origin alone", () => {
    const path = pathOf(model, y, origins);
    origins.forEach((origin, o) => {
      const alone = pathOf(model, y.slice(0, origin), [origin]);
      const family = model.name.replace(/[0-9@]+$/, "").replace(/[0-9]+$/, "");
      const digits = family in SCALED_BY_WINDOW ? 1 : 6;
      for (let k = 0; k < STEPS; k++) expect(path[o * STEPS + k]).toBeCloseTo(alone[k]!, digits);
    });
  });

  it("gives the same bytes twice", () => {
    const [one, two] = [pathOf(model, y.slice(), origins), pathOf(model, y.slice(), origins)];
    expect(Buffer.from(one.buffer).equals(Buffer.from(two.buffer))).toBe(true);
  });
});

describe.each(models.map((m) => [m.name, m] as const))("%s, on what does not move", (_name, model) => {
  it("keeps a constant", () => {
    const path = pathOf(model, new Float64Array(N).fill(1), [N]);
    for (const v of path) expect(v).toBeCloseTo(1, 2);
  });

  it("survives zeros", () => {
    expect(pathOf(model, new Float64Array(N), [N]).every((v) => v === 0 || Math.abs(v) < 1e-6)).toBe(true);
  });
});

describe("the pool", () => {
  it("gets six models of a week's history", () => {
    expect(longer.map((m) => m.name)).toEqual(["day+", "day*", "week+", "week*", "typical+", "typical*"]);
  });

  it("grows with the window and holds the last value always", () => {
    const sizes = [6, 12, 30, 120].map((n) => poolFor(n, null, []).length);
    expect(sizes).toEqual([...sizes].sort((a, b) => a - b));
    expect(sizes[0]).toBeGreaterThan(0);
    for (const n of [6, 12, 30, 120]) expect(poolFor(n, null, []).map((m) => m.name)).toContain("last");
    expect(new Set(models.map((m) => m.name)).size).toBe(models.length);
  });
});

it("holds as many models at most as docs/glossary.md says", () => {
  const words = ["six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
  const most = poolFor(480, 20, [20, 73]).length;
  expect(readFileSync("docs/glossary.md", "utf8")).toContain(`the pool holds ${words[most - 6]} at most`);
});
