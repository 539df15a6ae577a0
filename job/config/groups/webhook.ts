/** Settings of the notifier that posts to a webhook. */
import { group, quantity, secret } from "../schema.ts";

/** The fields under `webhook`. */
export const WEBHOOK = group({
  about:
    'Who is told of changes, failures, missing data and quarrels with other writers: a webhook that takes `{"text": ...}`, as those of Slack, Mattermost and Google Chat do.',
  rules: [
    { level: "refuse", fields: ["url", "urlFile"], allowed: [0, 1], says: "needs either url or urlFile, not both." },
  ],
  fields: {
    ...secret("url", {
      about: "Address that takes the messages; whoever knows it can post.",
      accepts: "an http:// or https:// URL",
      check: URL.canParse,
      pattern: /^https?:\/\/[^\s/?#]+([/?]\S*)?$/,
    }),
    timeout: quantity({
      about: "Longest wait for its answer. Nothing else depends on it.",
      unit: "seconds",
      min: 0.1,
      max: 30,
      default: 5,
    }),
  },
});
