/** The models that a longer history adds to the pool. */
import type { Series } from "../../series/types.ts";
import type { ProphetSettings } from "../prophet/settings.ts";
import { dailyProfilesOf, type ProfileSpan } from "../seasons/daily-profiles.ts";
import { prophetProfileOf } from "../seasons/prophet-profile.ts";
import { besideProfile, canMultiply, type Relation } from "./beside-profile.ts";
import { rollingMedian } from "./level.ts";
import type { Model } from "./model.ts";

/**
 * Luck in a window of two hours is cheap for models that see six profiles. A tenth keeps them from costing anything where history does not repeat
 * (point error over that of the short window alone, four kinds of load that repeat and three that do not: worst 1.018 -> 1.011, best 0.969 -> 0.975).
 */
const PROFILE_PENALTY = 1.1;
/** Values whose median is the level beside a profile. */
const LEVEL = 5;

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
    const along = (relation: Relation, sign: string): Model => ({
      ...besideProfile(rollingMedian(LEVEL), profile, relation),
      name: `${name}${sign}`,
      lossPenalty: PROFILE_PENALTY,
    });
    return canMultiply(profile) ? [along("plus", "+"), along("times", "*")] : [along("plus", "+")];
  });
}
