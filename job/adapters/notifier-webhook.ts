/** The notifier that posts to a webhook. */
import { WEBHOOK } from "../config/groups/webhook.ts";
import type { NotifierKind } from "./notifier.ts";

/** Notifies by a webhook. */
export const WEBHOOK_NOTIFIER: NotifierKind = {
  name: "webhook",
  settings: WEBHOOK,
  isConfigured: ({ webhook }) => webhook.url !== undefined || webhook.urlFile !== undefined,
  open: async ({ webhook }, tools) => (await import("./webhook.ts")).webhookNotifier(webhook, tools),
};
