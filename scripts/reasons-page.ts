/** Makes docs/reasons.md: the meaning of each stage, reason, Event, exit code and annotation, and what to do. */
import { ANNOTATIONS } from "../job/adapters/annotations.ts";
import { EVENT_REASONS } from "../job/adapters/kubernetes-events.ts";
import { type Explanation, REASONS, type Reason } from "../job/core/policy/reasons.ts";
import type { StageRow } from "../job/core/policy/stage.ts";
import { STAGES } from "../job/core/policy/stages.ts";
import { EXIT_CODES, FAILURES } from "../job/run/explanations.ts";
import { markdownTable } from "./markdown.ts";

const RUNS: Readonly<Record<StageRow["runs"], string>> = {
  sighted: "with usable data",
  blind: "without usable data",
  always: "always",
};

const stages: readonly StageRow[] = STAGES;

function explained(entries: readonly (readonly [string, Explanation])[], head: string): string {
  return markdownTable(
    [head, "what it means", "what to do"],
    entries.map(([name, { means, todo }]) => [`\`${name}\``, means, todo]),
  );
}

/** Reasons that no stage of the policy gives, such as that of a whole decision, or of a run that another one overtook. */
export function reasonsOfNoStage(): readonly Reason[] {
  const ofStages = new Set(stages.flatMap(({ reasons }) => reasons));
  return (Object.keys(REASONS) as Reason[]).filter((reason) => !ofStages.has(reason));
}

function reasonTable(): string {
  const row = (reason: Reason, stage: string) => {
    const { means, todo } = REASONS[reason];
    return [`\`${reason}\``, stage, means, todo];
  };
  const ofStages = stages.flatMap(({ stage, reasons }) => reasons.map((reason) => row(reason, `\`${stage}\``)));
  const rest = reasonsOfNoStage().map((reason) => row(reason, ""));
  return markdownTable(["reason", "stage", "what it means", "what to do"], [...ofStages, ...rest]);
}

/** docs/reasons.md as Markdown. `generated` is the comment that names the command which writes the page. */
export function reasonsPage(generated: string): string {
  return `${[
    "# Reasons",
    generated,
    "Every decision gives one reason. Its trail gives one for each stage. The same words stand in `--json`, in the log, in `explain`, in Events and in the replay's dump.",
    "The decision's reason is that of the last stage that changed the replicas. A stage that changes nothing says `DesiredWithinRange`.",
    "## Exit codes",
    explained(Object.entries(EXIT_CODES), "code"),
    "## Stages",
    "They run in this order. Each takes a number of replicas and gives one. Only those that say so can lower the replicas below the current ones.",
    markdownTable(
      ["stage", "what it does", "runs", "may lower"],
      stages.map(({ stage, about, runs, lowers }) => [`\`${stage}\``, about, RUNS[runs], lowers ? "yes" : "no"]),
    ),
    "## Reasons of a decision",
    reasonTable(),
    "## Failures",
    "A target that fails has the name of the error as its reason.",
    explained(Object.entries(FAILURES), "reason"),
    "## Events",
    "With `kubernetes.events` the run writes Events about the workload. `kubectl describe` shows them.",
    explained(Object.entries(EVENT_REASONS), "Event"),
    "## Annotations",
    "The job reads and writes no other annotation.",
    markdownTable(
      ["annotation", "on", "set by", "what it means"],
      Object.entries(ANNOTATIONS).map(([name, { on, setBy, means }]) => [`\`${name}\``, on, setBy, means]),
    ),
  ].join("\n\n")}\n`;
}
