/** Summarises a run of many targets: how many of each action, what changed, why others wait, and what failed. */
import { pluralize } from "../core/units.ts";
import { oneLine } from "../output/escape.ts";
import type { Outcome } from "../ports.ts";
import { changeText, wrap } from "./text.ts";

/** The most lines of each kind; the number of the others is given. */
const MAX_LINES = 20;
/** Characters of a failure's message. */
const MAX_MESSAGE = 160;

const ORDER: readonly Outcome["action"][] = ["scaled", "wouldScale", "unchanged", "held", "failed"];
const WORDS: Readonly<Record<Outcome["action"], string>> = {
  scaled: "scaled",
  wouldScale: "would be scaled",
  unchanged: "unchanged",
  held: "held",
  failed: "failed",
};

/** The whole run in at most 65 lines of at most `width` characters. */
export function summaryText(outcomes: readonly Outcome[], width = Number.POSITIVE_INFINITY): string {
  const of = (action: Outcome["action"]) => outcomes.filter((outcome) => outcome.action === action);
  const counts = ORDER.flatMap((action) => {
    const { length } = of(action);
    return length === 0 ? [] : [`${length} ${WORDS[action]}`];
  });
  const changed = [...of("scaled"), ...of("wouldScale")];
  const lines = [
    `${pluralize(outcomes.length, "target")}: ${counts.join(", ")}`,
    ...listed(changed, (outcome) => `${nameOf(outcome)}: ${changeText(outcome)} (${outcome.reason})`),
    ...heldLines(of("held")),
    ...listed(of("failed"), (outcome) => `${nameOf(outcome)}: FAILED (${outcome.reason}) ${short(outcome.message)}`),
  ];
  const [head = "", ...rest] = lines;
  const indented = rest.flatMap((line) => wrap(line, width - 2, "  ").map((part) => `  ${part}`));
  return [...wrap(head, width, "  "), ...indented, ""].join("\n");
}

function nameOf({ namespace, name }: Outcome): string {
  return `${namespace}/${name}`;
}

function listed(outcomes: readonly Outcome[], line: (outcome: Outcome) => string): readonly string[] {
  const more = outcomes.length - MAX_LINES;
  return [...outcomes.slice(0, MAX_LINES).map(line), ...(more > 0 ? [`and ${more} more: --json lists all`] : [])];
}

/** One line per reason, with its first targets. */
function heldLines(held: readonly Outcome[]): readonly string[] {
  const byReason = Map.groupBy(held, ({ reason }) => reason);
  const reasons = [...byReason].sort(([, a], [, b]) => b.length - a.length);
  return reasons.map(([reason, all]) => {
    const some = all.slice(0, 3).map(nameOf).join(", ");
    return `held, ${reason}: ${all.length} (${some}${all.length > 3 ? " and others" : ""})`;
  });
}

function short(message: string): string {
  const line = oneLine(message);
  return line.length <= MAX_MESSAGE ? line : `${line.slice(0, MAX_MESSAGE)}...`;
}
