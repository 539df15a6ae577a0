/** Models beside a known course: what the load is against the course is forecast by another model, and the course is put back. */
import type { Model } from "./model.ts";

/** How the load follows a course: by the same amount, or by the same factor. */
export type Relation = "plus" | "times";

/** A course below this share of its mean has no factor worth the name: a division would blow the noise of its troughs up. */
const LEAST_SHARE = 0.1;

/** Whether the load can be a factor of this course. */
export function canMultiply(course: Float64Array): boolean {
  let least = Number.POSITIVE_INFINITY;
  let sum = 0;
  for (const v of course) {
    least = Math.min(least, v);
    sum += v;
  }
  return least > (LEAST_SHARE * sum) / course.length;
}

/**
 * `model` on what is left of the load when the course is taken out. `course[i]` belongs to y[i], in the units of y, and goes on for the steps
 * after the window; it must not depend on any value of y.
 */
export function onCourse(model: Model, course: Float64Array, relation: Relation): Model {
  const times = relation === "times";
  return {
    name: model.name,
    least: model.least,
    run({ y, origins, steps }, out) {
      const rest = y.map((v, i) => (times ? v / course[i]! : v - course[i]!));
      model.run({ y: rest, origins, steps }, out);
      for (let o = 0; o < origins.length; o++) {
        const t = origins[o]!;
        for (let k = 0; k < steps; k++) {
          const i = o * steps + k;
          out[i] = times ? out[i]! * course[t + k]! : out[i]! + course[t + k]!;
        }
      }
    },
  };
}
