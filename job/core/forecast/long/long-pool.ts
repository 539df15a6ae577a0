/** The models that a longer history adds to the pool. */
import type { Series } from "../../series/types.ts";
import { canMultiply, onCourse, type Relation } from "../models/course.ts";
import { smoothing } from "../models/level.ts";
import type { Model } from "../models/model.ts";
import { coursesOf, type Stretch } from "./courses.ts";

/**
 * Luck in a window of two hours is cheap for models that see six courses. A tenth keeps them from costing anything where history does not repeat
 * (point error over that of the short window alone, four kinds of load that repeat and three that do not: worst 1.018 -> 1.011, best 0.969 -> 0.975).
 */
const HANDICAP = 1.1;

/**
 * Smoothing beside each course of the longer history, by the same amount and by the same factor; `ahead` steps are judged. Values are divided
 * by `size`, as the window's are. The in-window backtest weighs them as it does all others: a history that tells nothing gets no weight.
 */
export function longPool(long: Series | undefined, stretch: Stretch, ahead: number, size: number): Model[] {
  if (long === undefined) return [];
  return coursesOf(long, stretch).flatMap(({ name, values }) => {
    const course = values.map((v) => v / size);
    const along = (relation: Relation, sign: string): Model => ({
      ...onCourse(smoothing(ahead), course, relation),
      name: `${name}${sign}`,
      handicap: HANDICAP,
    });
    return canMultiply(course) ? [along("plus", "+"), along("times", "*")] : [along("plus", "+")];
  });
}
