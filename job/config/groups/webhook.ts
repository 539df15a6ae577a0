/** Settings of the notifier that posts to a webhook. */
import { group, quantity, secret } from "../schema.ts";

/** The fields under `webhook`. */
export const WEBHOOK = group({
  about:
    'Webhook for changes, failures, missing data and conflicts with other writers. It receives `{"text": ...}`, as Slack, Mattermost and Google Chat expect.',
  rules: [
    { level: "refuse", fields: ["url", "urlFile"], allowed: [0, 1], says: "needs either url or urlFile, not both." },
  ],
  fields: {
    ...secret("url", {
      about: "URL that receives the messages. Whoever knows it can post.",
      accepts: "an http:// or https:// URL",
      check: URL.canParse,
      pattern: /^https?:\/\/[^\s/?#]+([/?]\S*)?$/,
    }),
    timeout: quantity({
      about: "Time limit for one message. If it fails, nothing else changes.",
      unit: "seconds",
      min: 0.1,
      max: 30,
      default: 5,
    }),
  },
});
