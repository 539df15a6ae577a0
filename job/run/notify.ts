/** Notifies people after a run, of each thing once: remembers it first, and forgets it again where nobody got it. */
import { asError } from "../core/result.ts";
import { BLANK } from "../core/state/memory.ts";
import { ownerOf } from "../core/state/owner.ts";
import type { TargetConfig } from "../core/target.ts";
import type { EpochSeconds } from "../core/units.ts";
import type { Notification, Notifier, Outcome, Ports, StateStore } from "../ports.ts";
import { keyOf, memoryOf } from "./memory.ts";
import { type NotifiedConditions, notifiedBefore, type Review, reviewOf } from "./notifications.ts";

/** What notifications of a run need. */
export interface NotificationInput {
  readonly now: EpochSeconds;
  readonly targets: readonly Outcome[];
  /** What people were notified of before, for each target; null: it could not be read. */
  readonly notified: readonly NotifiedConditions[] | null;
  /** Aborts when the run's time is over. */
  readonly over: AbortSignal;
}

/** Sends the notifications of a run, if any. Never rejects and changes nothing that was done. What could not be sent is logged, and sent by the next run. */
export async function notify(
  { state, reporter }: Pick<Ports, "state" | "reporter">,
  notifier: Notifier,
  targets: readonly TargetConfig[],
  { now, targets: outcomes, notified, over }: NotificationInput,
): Promise<void> {
  try {
    const before = notified ?? targets.map(() => notifiedBefore(undefined));
    const reviews = outcomes.map((outcome, i) => reviewOf(outcome, before[i]!, now));
    const changed = targets.flatMap((target, i) => (reviews[i]!.notified === before[i] ? [] : [{ target, i }]));
    const lost = await rememberAll(state, changed, (i) => reviews[i]!.notified, over);
    for (const { message } of new Set(lost.values()))
      reporter.log("debug", `cannot remember what people were notified of: ${message}`);
    const all = reviews.flatMap((review, i) =>
      lost.has(i) ? unremembered(review, now, targets[i]!) : review.notifications,
    );
    if (all.length === 0) return;
    await notifier.send(all, now, over).catch(async (error: unknown) => {
      const kept = changed.filter(({ i }) => !lost.has(i));
      await rememberAll(state, kept, (i) => before[i]!, over);
      throw error;
    });
    const texts = all.map(({ what, phase, outcome: { namespace, name } }) => `${namespace}/${name} ${what} ${phase}`);
    reporter.log("debug", `notified: ${texts.join(", ")}`);
  } catch (error) {
    reporter.log("warn", `${asError(error).message}; what was done is unchanged`);
  }
}

/**
 * What to send without memory, where every run would send a condition: then one run of each hour sends it. Changes cannot come
 * twice.
 */
function unremembered(
  { notifications }: Review,
  now: EpochSeconds,
  { interval }: TargetConfig,
): readonly Notification[] {
  const firstOfHour = Math.floor(now / 3600) !== Math.floor((now - interval) / 3600);
  return notifications.filter(({ what, phase }) => what === "scaled" || (firstOfHour && phase !== "ended"));
}

interface ChangedTarget {
  readonly target: TargetConfig;
  /** Its index among all targets. */
  readonly i: number;
}

/** Stores what was sent, in each object of the state on its own. Gives the targets where that failed, with the error. */
async function rememberAll(
  state: StateStore,
  changed: readonly ChangedTarget[],
  notifiedOf: (i: number) => NotifiedConditions,
  signal: AbortSignal,
): Promise<ReadonlyMap<number, Error>> {
  const byStore = Map.groupBy(changed, ({ target }) => state.of?.(keyOf(target)) ?? state);
  const lost = await Promise.all(
    [...byStore].map(async ([store, own]) => {
      const entries = own.map(({ target, i }) => [target, notifiedOf(i)] as const);
      const error = await saveNotified(store, entries, signal).then(() => null, asError);
      return error === null ? [] : own.map(({ i }) => [i, error] as const);
    }),
  );
  return new Map(lost.flat());
}

/** Writes what was sent into the newest state. Rejects where that failed. */
async function saveNotified(
  store: StateStore,
  targets: readonly (readonly [TargetConfig, NotifiedConditions])[],
  signal: AbortSignal,
): Promise<void> {
  for (let attempt = 1; attempt <= 2; attempt++) {
    const { state, version } = await store.read(signal);
    const entries = targets.map(([target, notified]) => {
      const { notified: _before, ...memory } = memoryOf(state, target) ?? { ...BLANK, ...ownerOf(target) };
      return [keyOf(target), Object.keys(notified).length > 0 ? { ...memory, notified } : memory] as const;
    });
    const next = { ...state, targets: { ...state.targets, ...Object.fromEntries(entries) } };
    if ((await store.claim(next, version, signal)) === "claimed") return;
  }
  throw new Error("other runs wrote the state first");
}
