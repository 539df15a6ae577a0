/** Settings of the fleet brake: so many targets that shrink at once suggest lost metrics. */
import { group, quantity } from "../schema.ts";

/** The fields under `fleetDrop`. */
export const FLEET_DROP = group({
  about:
    "Holds scale-ins when most targets of a run want to shrink by more than half at once, as when metrics are lost.",
  title: "Drop of the fleet",
  fields: {
    share: quantity({
      about: "More than this share of the targets that could, and their scale-ins are held.",
      unit: "ratio",
      min: 0.05,
      max: 1,
      default: 0.5,
    }),
    targets: quantity({
      about: "Fewer targets that could shrink by more than half are no fleet, and nothing is held.",
      unit: "count",
      min: 2,
      max: 10_000,
      default: 10,
    }),
    hold: quantity({
      about: "A scale-in is held for this long at most, then a drop that lasts is believed; 0 turns it off.",
      unit: "seconds",
      min: 0,
      max: 3600,
      default: 600,
    }),
  },
});
