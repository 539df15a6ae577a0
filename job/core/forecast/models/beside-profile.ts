/** Models beside a known profile: what the load is against the profile is forecast by another model, and the profile is put back. */
import type { Model } from "./model.ts";

/** How the load follows a profile: by the same amount, or by the same factor. */
export type Relation = "plus" | "times";

/** A profile below this share of its mean has no factor worth the name: a division would blow the noise of its troughs up. */
const MIN_SHARE = 0.1;

/** Whether the load can be a factor of this profile. */
export function canMultiply(profile: Float64Array): boolean {
  let least = Number.POSITIVE_INFINITY;
  let sum = 0;
  for (const v of profile) {
    least = Math.min(least, v);
    sum += v;
  }
  return least > (MIN_SHARE * sum) / profile.length;
}

/**
 * `model` on what is left of the load when the profile is taken out. `profile[i]` belongs to y[i], in the units of y, and goes on for the steps
 * after the window; it must not depend on any value of y.
 */
export function besideProfile(model: Model, profile: Float64Array, relation: Relation): Model {
  const times = relation === "times";
  return {
    name: model.name,
    least: model.least,
    run({ y, origins, steps }, out) {
      const rest = y.map((v, i) => (times ? v / profile[i]! : v - profile[i]!));
      model.run({ y: rest, origins, steps }, out);
      for (let o = 0; o < origins.length; o++) {
        const t = origins[o]!;
        for (let k = 0; k < steps; k++) {
          const i = o * steps + k;
          out[i] = times ? out[i]! * profile[t + k]! : out[i]! + profile[t + k]!;
        }
      }
    },
  };
}
