/** Every model of the longer history against its formula written out plainly, at one origin of many random loads. */
import { expect, it } from "vitest";
import { runPool } from "../../../../job/core/forecast/models/pool.ts";
import { profilePool } from "../../../../job/core/forecast/models/profile-pool.ts";
import { generator } from "../noise.ts";

const DAY = 86_400;
const LONG_STEP = 300;
const STEP = 15;
const STEPS = 6;
const WINDOW = 40;

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[values.length >> 1]!;

/** Days back whose mean is the profile. */
const DAYS: Readonly<Record<string, readonly number[]>> = { day: [1], week: [7], typical: [1, 2, 3, 4, 5, 6, 7] };

it("is its formula", () => {
  for (let seed = 1; seed <= 8; seed++) {
    const { normal, uniform } = generator(seed * 331);
    const start = 1_767_225_600 + Math.floor(uniform() * DAY);
    const long = {
      start: start - 7.5 * DAY,
      step: LONG_STEP,
      values: Float64Array.from({ length: (7.5 * DAY) / LONG_STEP }, (_, i) => 6 + Math.sin(i / 9) + 0.3 * normal()),
      filled: new Uint8Array((7.5 * DAY) / LONG_STEP),
    };
    const size = 2.5;
    /** The longer history at a time, by a line between its points. */
    const before = (time: number) => {
      const [i, rest] = [Math.floor((time - long.start) / LONG_STEP), ((time - long.start) % LONG_STEP) / LONG_STEP];
      return (long.values[i]! * (1 - rest) + long.values[i + 1]! * rest) / size;
    };
    const y = Array.from({ length: WINDOW }, () => Math.max(0.1, 2 + 0.5 * normal()));
    const models = profilePool(long, { start, step: STEP, length: WINDOW + STEPS }, size);
    expect(models.map(({ name }) => name)).toEqual(["day+", "day*", "week+", "week*", "typical+", "typical*"]);
    for (const model of models) {
      const [path] = runPool([model], { y: Float64Array.from(y), origins: Int32Array.of(WINDOW), steps: STEPS });
      const profile = (i: number) =>
        mean(DAYS[model.name.slice(0, -1)]!.map((days) => before(start + STEP * i - days * DAY)));
      const times = model.name.endsWith("*");
      const level = median(y.map((v, i) => (times ? v / profile(i) : v - profile(i))).slice(-5));
      for (let k = 0; k < STEPS; k++) {
        const want = times ? level * profile(WINDOW + k) : level + profile(WINDOW + k);
        expect(path[k], `${model.name}, seed ${seed}, step ${k}`).toBeCloseTo(Math.max(0, want), 9);
      }
    }
  }
});
