/** The registry of notifiers. A new one needs a group of settings, a file and a line here. */
import type { Settings } from "../config/types.ts";
import { asError } from "../core/result.ts";
import type { Notifier } from "../ports.ts";
import type { NotifierKind, NotifierTools } from "./notifier.ts";
import { WEBHOOK_NOTIFIER } from "./notifier-webhook.ts";

/** All notifiers. */
export const NOTIFIERS: readonly NotifierKind[] = [WEBHOOK_NOTIFIER];

/** All notifiers in the settings, as one that opens them with the first message; null if there are none. */
export function notifierOf(
  settings: Settings,
  tools: NotifierTools,
  kinds: readonly NotifierKind[] = NOTIFIERS,
): Notifier | null {
  const configured = kinds.filter((kind) => kind.isConfigured(settings));
  if (configured.length === 0) return null;
  return {
    send: async (...message) => {
      const sent = configured.map(async (kind) => (await kind.open(settings, tools)).send(...message));
      const failed = (await Promise.allSettled(sent)).flatMap((one) => (one.status === "rejected" ? [one.reason] : []));
      // as soon as one got them all count as notified: otherwise the others would get them again and again
      if (failed.length === configured.length) throw asError(failed[0]);
    },
  };
}
