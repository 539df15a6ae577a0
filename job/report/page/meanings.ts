/** Explains the reasons that occur on a page. */
import { REASONS } from "../../core/policy/reasons.ts";

/** The meaning of each reason, without Markdown. Reasons that are not ours (HPA's own) are left out. */
export function meanings(reasons: readonly string[]): Readonly<Record<string, string>> {
  const known: Readonly<Record<string, { readonly means: string }>> = REASONS;
  return Object.fromEntries(
    [...new Set(reasons)].flatMap((reason) =>
      Object.hasOwn(known, reason) ? [[reason, known[reason]!.means.replaceAll("`", "")]] : [],
    ),
  );
}
