/** Settings of the shards: how many pods share the targets, and which of them this is. */
import { group, quantity } from "../schema.ts";

/** The most shards: each has its own ConfigMap, and the state uses at most so many. */
const MAX_SHARDS = 64;

/** The fields under `shards`. */
export const SHARDS = group({
  about: "Several pods share the targets of one configuration.",
  title: "Shards",
  chart: false,
  rules: [
    {
      level: "refuse",
      left: { field: "index" },
      is: "<",
      right: { field: "count" },
      says: "{left} must be below shards.count, which is {right}: shards count from 0. An Indexed Job needs as many `completions` as shards.count says.",
    },
  ],
  fields: {
    count: quantity({
      about: "Number of pods that share the targets. Each has its own ConfigMap for the state.",
      unit: "count",
      min: 1,
      max: MAX_SHARDS,
      default: 1,
      flag: "shards",
    }),
    index: quantity({
      about: "Number of this pod among them, from 0. Default: JOB_COMPLETION_INDEX, which an Indexed Job sets.",
      unit: "count",
      min: 0,
      max: MAX_SHARDS - 1,
      flag: "shard-index",
    }),
  },
});
