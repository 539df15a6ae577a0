/** What is news of a target: a change, and conditions that began, still last after a day, or are over; from the outcome and what was told before. Pure. */
import { CONDITIONS, type Condition, type Notified, type TargetState } from "../core/state/types.ts";
import type { EpochSeconds, Seconds } from "../core/units.ts";
import type { News, Outcome } from "../ports.ts";

/** What has been told of a target. */
export type NotifiedConditions = NonNullable<TargetState["notified"]>;

const NOTHING: NotifiedConditions = {};

/** What memory holds of it. */
export function notifiedBefore(memory: TargetState | undefined): NotifiedConditions {
  return memory?.notified ?? NOTHING;
}

/** News, and what is to be remembered of them; `notified` is the one that was given where nothing changed. */
export interface Review {
  readonly news: readonly News[];
  readonly notified: NotifiedConditions;
}

/** A condition that was away for less is the same one: a target that fails in every other run would else tell of it every minute. */
const MIN_ABSENCE: Seconds = 600;
/** What lasts is told again after a day. */
const REMINDER_INTERVAL: Seconds = 86_400;

/** Looks at one outcome. Times that lie ahead (a clock set back) count as now. */
export function reviewOf(outcome: Outcome, notified: NotifiedConditions, now: EpochSeconds): Review {
  const present = conditionsOf(outcome);
  const changes = CONDITIONS.map((what) => [what, step(notified[what], present.has(what), now)] as const);
  const news = changes.flatMap(([what, { phase, since }]): News[] =>
    phase === null ? [] : [{ outcome, what, phase, since }],
  );
  const kept = changes.flatMap(([what, { next }]) => (next === undefined ? [] : [[what, next] as const]));
  const same = kept.length === Object.keys(notified).length && kept.every(([what, next]) => notified[what] === next);
  return { news: [...scaledNews(outcome, now), ...news], notified: same ? notified : Object.fromEntries(kept) };
}

/** A change, which is news in itself: the claim of the state lets one run make it. */
function scaledNews(outcome: Outcome, now: EpochSeconds): readonly News[] {
  return outcome.action === "scaled" ? [{ outcome, what: "scaled", phase: "began", since: now }] : [];
}

/** What goes on at a target. */
function conditionsOf({ action, reason, blindSince }: Outcome): ReadonlySet<Condition> {
  const failed = action === "failed";
  const all: Readonly<Record<Condition, boolean>> = {
    failed,
    // a source that does not answer was told of as a failure
    blind: !failed && blindSince !== undefined,
    overruled: reason === "Overruled",
  };
  return new Set(CONDITIONS.filter((what) => all[what]));
}

interface Step {
  readonly phase: News["phase"] | null;
  readonly since: EpochSeconds;
  /** undefined: forgotten. */
  readonly next: Notified | undefined;
}

function step(before: Notified | undefined, present: boolean, now: EpochSeconds): Step {
  if (before === undefined)
    return present
      ? { phase: "began", since: now, next: { since: now, told: now, gone: null } }
      : { phase: null, since: now, next: undefined };
  const since = Math.min(before.since, now);
  if (present) {
    if (now - before.told >= REMINDER_INTERVAL)
      return { phase: "lasts", since, next: { since, told: now, gone: null } };
    return { phase: null, since, next: before.gone === null ? before : { ...before, gone: null } };
  }
  if (before.gone === null || before.gone > now) return { phase: null, since, next: { ...before, gone: now } };
  return now - before.gone < MIN_ABSENCE
    ? { phase: null, since, next: before }
    : { phase: "ended", since, next: undefined };
}
