/** A found workload as a target: the operator's settings, those of its annotations in between, and the rules of every target. */
import { annotationOf, annotationSettings, fromAnnotations } from "./annotations.ts";
import { applyRules } from "./apply-rules.ts";
import { complete } from "./complete.ts";
import { openCalendars } from "./days.ts";
import { levelIssues } from "./levels.ts";
import { prophetIssues } from "./prophet-settings.ts";
import { joinTarget, metricIssues } from "./resolve.ts";
import { TABLE } from "./table.ts";
import { targetFrom } from "./target-settings.ts";
import type { DiscoverySettings, Issue, Settings } from "./types.ts";

/** A workload that opted in. */
export interface FoundWorkload {
  readonly namespace: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  /** Those of its annotations that are ours. */
  readonly annotations: Readonly<Record<string, string>>;
}

/** The target, or everything that is wrong with its settings. `warnings`: what is allowed and probably not meant. */
export type FoundTarget =
  | { readonly target: Settings["targets"][number]; readonly warnings: readonly Issue[] }
  | { readonly issues: readonly Issue[] };

/** The settings of a found workload. Its issues name annotations, as far as it has them. */
export async function foundTarget(
  workload: FoundWorkload,
  { below, above }: Pick<DiscoverySettings, "below" | "above">,
): Promise<FoundTarget> {
  const issues: Issue[] = [];
  const own = fromAnnotations(workload.annotations, issues);
  // what follows from a value that was refused is nobody's second mistake
  if (issues.length > 0) return { issues };
  const { namespace, apiVersion, kind, name } = workload;
  const identity = { namespace, scaleTargetRef: { apiVersion, kind, name } };
  const part = { ...joinTarget(below, own, above), ...identity };
  const value = complete(TABLE.target, part, "", (path, node) => {
    issues.push({ path, message: `is missing. ${node.about}` });
  });
  if (value.targetCpu === undefined && value.metrics === undefined)
    issues.push({ path: "targetCpu", message: "is missing. Give the workload this annotation, such as 400m." });
  if (issues.length > 0) return { issues: named(issues, workload) };
  const { refused, warned } = applyRules({ path: "", node: TABLE.target, value });
  issues.push(...refused);
  const calendars = await openCalendars([{ path: "", node: TABLE.target, value }], issues);
  if (issues.length > 0) return { issues: named(issues, workload) };
  const target = targetFrom(value, calendars);
  issues.push(...metricIssues(target, ""), ...prophetIssues(target, ""));
  if (issues.length > 0) return { issues: named(issues, workload) };
  return { target, warnings: named([...warned, ...levelIssues(own, "")], workload) };
}

/** The issues under the annotations that gave the values, or could give them; others under the field of `defaults`. */
function named(issues: readonly Issue[], { annotations }: FoundWorkload): readonly Issue[] {
  const known = annotationSettings();
  return issues.map((issue) => {
    const annotation = annotationOf(issue.path.split("."));
    const own = known.has(annotation) && (annotation in annotations || !issue.path.includes("["));
    return { ...issue, path: own ? annotation : `defaults.${issue.path}` };
  });
}

/** Why a workload is no target, in one sentence. */
export function issuesText(issues: readonly Issue[]): string {
  return issues.map(({ path, message }) => `${path} ${message.replace(/\.$/, "")}`).join("; ");
}
