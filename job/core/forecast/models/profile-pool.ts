/** The models that a longer history adds to the pool: what the load is against each of its profiles is forecast, and the profile is put back. */
import type { Series } from "../../series/types.ts";
import type { ProphetSettings } from "../prophet/settings.ts";
import { dailyProfilesOf, type ProfileSpan } from "../seasons/daily-profiles.ts";
import { prophetProfileOf } from "../seasons/prophet-profile.ts";
import { rollingMedian } from "./level.ts";
import type { Model } from "./model.ts";

/**
 * Luck in a window of two hours is cheap for models that see six profiles. A tenth keeps them from costing anything where history does not repeat
 * (point error over that of the short window alone, four kinds of load that repeat and three that do not: worst 1.018 -> 1.011, best 0.969 -> 0.975).
 */
const PROFILE_PENALTY = 1.1;
/** Values whose median is the level beside a profile. On seven public series of two weeks 3: 1.8 % less loss at 0.7, 10: 3.9 % more. */
const LEVEL_VALUES = 5;
/** A profile below this share of its mean has no factor worth the name: a division would blow the noise of its troughs up. 0.05 to 0.2: 0.2 % on the same seven. */
const MIN_SHARE = 0.1;

/**
 * A level beside each profile of the longer history, by the same amount and by the same factor; among the profiles Prophet's,
 * where a target has settings of it. Values are divided by `size`, as the window's are. The in-window backtest weighs them as it does all others: a history that tells nothing gets no weight.
 */
export function profilePool(
  long: Series | undefined,
  span: ProfileSpan,
  size: number,
  prophet?: ProphetSettings,
): Model[] {
  if (long === undefined) return [];
  const told = prophet && prophetProfileOf(long, span, prophet);
  return [...dailyProfilesOf(long, span), ...(told ? [told] : [])].flatMap(({ name, values }) => {
    const profile = values.map((v) => v / size);
    return (["+", "*"] as const)
      .filter((relation) => relation === "+" || canMultiply(profile))
      .map((relation) => ({
        ...besideProfile(rollingMedian(LEVEL_VALUES), profile, relation),
        name: `${name}${relation}`,
        lossPenalty: PROFILE_PENALTY,
      }));
  });
}

/** Whether the load can be a factor of this profile. */
export function canMultiply(profile: Float64Array): boolean {
  const sum = profile.reduce((total, v) => total + v, 0);
  return profile.every((v) => v > (MIN_SHARE * sum) / profile.length);
}

/**
 * `model` on what is left of the load when the profile is taken out, by the same amount (+) or the same factor (*). `profile[i]` belongs to y[i], in the units of y, and goes on
 * for the steps after the window; it must not depend on any value of y.
 */
export function besideProfile(model: Model, profile: Float64Array, relation: "+" | "*"): Model {
  const times = relation === "*";
  return {
    ...model,
    run({ y, origins, steps }, out) {
      const rest = y.map((v, i) => (times ? v / profile[i]! : v - profile[i]!));
      model.run({ y: rest, origins, steps }, out);
      for (let i = 0; i < out.length; i++) {
        const known = profile[origins[Math.floor(i / steps)]! + (i % steps)]!;
        out[i] = times ? out[i]! * known : out[i]! + known;
      }
    },
  };
}
