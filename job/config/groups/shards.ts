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
      says: "{left} is no shard of {right}: they count from 0. An Indexed Job needs as many `completions` as shards.count says.",
    },
  ],
  fields: {
    count: quantity({
      about: "So many pods share the targets. Each has a ConfigMap of its own for the state.",
      unit: "count",
      min: 1,
      max: MAX_SHARDS,
      default: 1,
      flag: "shards",
    }),
    index: quantity({
      about: "Which of them this pod is, from 0 on. Default: JOB_COMPLETION_INDEX, which an Indexed Job sets.",
      unit: "count",
      min: 0,
      max: MAX_SHARDS - 1,
      flag: "shard-index",
    }),
  },
});
