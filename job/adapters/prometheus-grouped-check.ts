/** The doctor's check of grouped reading: whether it is in use, and for which targets it is not, and why. */

import type { PrometheusSettings } from "../config/types.ts";
import { pluralize } from "../core/units.ts";
import type { HistoryQuery } from "../ports.ts";
import type { Check } from "./check.ts";
import type { Grouped } from "./prometheus-grouped.ts";
import { GROUPED_FROM } from "./prometheus-records.ts";

/** The most targets that a message names; the others are counted. */
const MAX_NAMED = 3;

const CHECK = "grouped history";
const TODO =
  "install manifests/monitoring/recording (in Helm monitoring.recordingRules), or set prometheus.grouped: never";

/** One check; none where `never` is set. */
export function groupedCheck(
  { grouped }: PrometheusSettings,
  queries: readonly HistoryQuery[],
  read: Grouped | undefined,
): readonly Check[] {
  if (grouped === "never") return [];
  if (read === undefined) {
    const message = `not in use: from ${pluralize(GROUPED_FROM, "metric")} on, here are ${queries.length}`;
    return [{ check: CHECK, status: "ok", message }];
  }
  const { readings, why } = read;
  const reasons = new Map<string, string[]>();
  for (const [{ target }, reason] of why)
    reasons.set(reason, [...(reasons.get(reason) ?? []), `${target.namespace}/${target.name}`]);
  const causes = [...reasons].map(([reason, names]) => {
    const more = names.length > MAX_NAMED ? ` and ${names.length - MAX_NAMED} more` : "";
    return `${reason} (${names.slice(0, MAX_NAMED).join(", ")}${more})`;
  });
  const message = `in use for ${readings.size} of ${pluralize(queries.length, "metric")}${causes.length > 0 ? `; the others are asked for one by one: ${causes.join("; ")}` : ""}`;
  const ok = readings.size > 0 || why.size === 0;
  return [{ check: CHECK, status: ok ? "ok" : "warn", message, ...(ok ? {} : { todo: TODO }) }];
}
