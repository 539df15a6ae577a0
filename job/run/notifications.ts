/** Finds what people are notified of about a target: changes, and conditions that began, lasted a day, or ended. Pure. */
import { CONDITIONS, type Condition, type Notified, type TargetState } from "../core/state/types.ts";
import type { EpochSeconds, Seconds } from "../core/units.ts";
import type { Notification, Outcome } from "../ports.ts";

/** What people were notified of for a target. */
export type NotifiedConditions = NonNullable<TargetState["notified"]>;

const NOTHING: NotifiedConditions = {};

/** The notified conditions in memory. */
export function notifiedBefore(memory: TargetState | undefined): NotifiedConditions {
  return memory?.notified ?? NOTHING;
}

/** What to send, and what to remember of it. Where nothing changed `notified` is the object that was given. */
export interface Review {
  readonly notifications: readonly Notification[];
  readonly notified: NotifiedConditions;
}

/**
 * A condition that is back within so many seconds is still the same one: a target that fails in every other run would otherwise notify every
 * minute.
 */
const MIN_ABSENCE: Seconds = 600;
/** A condition that lasts is sent again after a day. */
const REMINDER_INTERVAL: Seconds = 86_400;

/** Reviews one outcome. Times in the future (a clock set back) count as now. */
export function reviewOf(outcome: Outcome, notified: NotifiedConditions, now: EpochSeconds): Review {
  const present = conditionsOf(outcome);
  const changes = CONDITIONS.map((what) => [what, step(notified[what], present.has(what), now)] as const);
  const conditions = changes.flatMap(([what, { phase, since }]): Notification[] =>
    phase === null ? [] : [{ outcome, what, phase, since }],
  );
  const kept = changes.flatMap(([what, { next }]) => (next === undefined ? [] : [[what, next] as const]));
  const same = kept.length === Object.keys(notified).length && kept.every(([what, next]) => notified[what] === next);
  return {
    notifications: [...scaledNotification(outcome, now), ...conditions],
    notified: same ? notified : Object.fromEntries(kept),
  };
}

/** Each change is sent once: the claim of the state lets only one run make it. */
function scaledNotification(outcome: Outcome, now: EpochSeconds): readonly Notification[] {
  return outcome.action === "scaled" ? [{ outcome, what: "scaled", phase: "began", since: now }] : [];
}

/** The conditions of a target. */
function conditionsOf({ action, reason, blindSince }: Outcome): ReadonlySet<Condition> {
  const failed = action === "failed";
  const all: Readonly<Record<Condition, boolean>> = {
    failed,
    // a source that does not answer was sent as a failure
    blind: !failed && blindSince !== undefined,
    overruled: reason === "Overruled",
  };
  return new Set(CONDITIONS.filter((what) => all[what]));
}

interface Step {
  readonly phase: Notification["phase"] | null;
  readonly since: EpochSeconds;
  /** Undefined: it is forgotten. */
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
