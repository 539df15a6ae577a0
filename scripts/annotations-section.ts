/** The section of docs/configuration.md about settings in annotations: which there are, and why the others are not. */

import { annotationOf, annotationSettings, BY_ANNOTATION } from "../job/config/annotations.ts";
import { accepted } from "../job/config/check.ts";
import type { Node } from "../job/config/schema.ts";
import { markdownTable } from "./markdown.ts";

function acceptedOf(node: Node): string {
  if (node.kind === "quantity") return accepted(node);
  if (node.kind === "choice") return node.values.map((value) => `\`${value}\``).join(", ");
  return node.kind === "toggle" ? "`true`, `false`" : "text";
}

/** The section as Markdown: one string for each paragraph or table. It is made from the table of settings. */
export function annotationsSection(): readonly string[] {
  const names = Object.entries(BY_ANNOTATION);
  return [
    "## Annotations of a found workload",
    "A workload that [`discover`](discovery.md) finds gives its settings in annotations. Their meanings and defaults are those of the setting. Values are texts.",
    markdownTable(
      ["annotation", "setting", "accepted"],
      [...annotationSettings()].map(([name, { node, path }]) => [
        `\`${name}\``,
        `\`${path.join(".")}\``,
        acceptedOf(node),
      ]),
    ),
    "These settings have no annotation. An annotation that names one is refused. The operator sets them in `defaults`, or lists the workload.",
    markdownTable(
      ["setting", "why it has no annotation"],
      names.flatMap(([name, why]) =>
        why === true ? [] : [[`\`${name}\``, `${why[0]!.toUpperCase()}${why.slice(1)}.`]],
      ),
    ),
    `Lists have none either, such as \`behavior.scaleDown.policies\`. \`${annotationOf(["paused"])}\` is no setting: see [reasons.md](reasons.md#annotations).`,
  ];
}
