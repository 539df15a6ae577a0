/** What the reasons of decisions mean, for those that a page holds. */
import { REASONS } from "../../core/policy/reasons.ts";

/** By reason; words that are not of our vocabulary (HPA's own) are left out. Without the marks of Markdown. */
export function meanings(reasons: readonly string[]): Readonly<Record<string, string>> {
  const known: Readonly<Record<string, { readonly means: string }>> = REASONS;
  return Object.fromEntries(
    [...new Set(reasons)].flatMap((reason) =>
      Object.hasOwn(known, reason) ? [[reason, known[reason]!.means.replaceAll("`", "")]] : [],
    ),
  );
}
