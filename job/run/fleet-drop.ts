/** The fleet brake: when most targets want to shrink by more than half at once, their scale-ins are held for a while. */
import { type EpochSeconds, pluralize, type Seconds } from "../core/units.ts";
import type { Reporter } from "../ports.ts";
import type { TargetDecision } from "./decide.ts";
import { couldHalve, dropHeldSince, type FleetTarget, holdDrop, releaseDrop, wantsHalf } from "./fleet-target.ts";

/** Settings of the brake. */
export interface FleetDrop {
  /** The hold needs more than this share of the targets that could shrink by more than half. */
  readonly share: number;
  /** And it needs at least so many targets. */
  readonly targets: number;
  /** A scale-in is held for this long at most; 0: never. */
  readonly hold: Seconds;
}

/** The brake of one run. */
interface Brake {
  /** The brake for a slice of so many targets. It must report once: its decisions, or that it failed before it had any. */
  slice(targets: number): SliceBrake;
}

/** The brake as one slice of the run uses it. */
export interface SliceBrake {
  /** The decisions of a slice, some of them held. Where one may have to be held, it waits until enough of the run is decided. */
  apply(
    decisions: readonly TargetDecision[],
    now: EpochSeconds,
    signal: AbortSignal,
  ): Promise<readonly TargetDecision[]>;
  /** Says that the slice's targets will not be decided. No effect once they are. */
  skip(): void;
}

/** How many could shrink by more than half, and how many of them want to. */
interface ShrinkCount {
  readonly could: number;
  readonly want: number;
}

/**
 * A brake for a run of so many targets. Slices act before later ones are decided.
 * So each slice is judged by itself and together with all before it, and held where most of either want to shrink.
 * `enough` decided targets represent the fleet. A slice in which a target wants to halve waits for them; all others act at once.
 * A target that was held for `hold` seconds no longer counts: a real night is followed in the end.
 * It remembers three numbers, whatever the size of the fleet. Without settings, or with a hold of 0, nothing is held.
 */
export function fleetBrake(
  settings: FleetDrop | undefined,
  { targets, enough }: { readonly targets: number; readonly enough: number },
  reporter: Pick<Reporter, "log">,
): Brake {
  let sum: ShrinkCount = { could: 0, want: 0 };
  let decided = 0;
  let logged = false;
  const known = Promise.withResolvers<void>();
  const isKnown = () => decided >= Math.min(targets, enough);
  const add = (more: number) => {
    decided += more;
    if (isKnown()) known.resolve();
  };
  const warn = (text: string) => {
    if (!logged) reporter.log("warn", text);
    logged = true;
  };
  const apply = async (
    countOnce: () => void,
    ...[decisions, now, signal]: Parameters<SliceBrake["apply"]>
  ): Promise<readonly TargetDecision[]> => {
    const all = decisions.map((decision) => assess(decision, now, settings?.hold ?? 0));
    const own = countOf(all);
    sum = { could: sum.could + own.could, want: sum.want + own.want };
    countOnce();
    if (settings === undefined || settings.hold === 0 || own.want === 0)
      return all.map((judged) => settled(judged, null));
    await Promise.race([known.promise, aborted(signal)]);
    // time is over and some are not known: they may want it too, and what is known decides, however few they are
    const unknown = Math.max(0, Math.min(targets, enough) - decided);
    const least = unknown === 0 || targets < settings.targets ? settings.targets : 1;
    const isHeld = ({ could, want }: ShrinkCount) =>
      isMost({ could: could + unknown, want: want + unknown }, least, settings.share);
    const most = (targets > enough ? [own, sum] : [sum]).find(isHeld);
    if (most === undefined) return all.map((judged) => settled(judged, null));
    const late = unknown === 0 ? "" : `, and ${pluralize(unknown, "other was", "others were")} not decided in time`;
    const text = `${most.want} of ${pluralize(most.could, "target wants", "targets want")} to shrink by more than half at once${late}, as when metrics are lost`;
    warn(`${text}: their scale-ins are held for up to ${settings.hold} s (fleetDrop)`);
    return all.map((judged) => {
      const until = new Date(((judged.since ?? now) + settings.hold) * 1000).toISOString();
      return settled(judged, { now, why: `${text}: held until ${until} (fleetDrop)` });
    });
  };
  return {
    slice: (count) => {
      let counted = false;
      // once: a slice that breaks after its decisions would count for others that are not known yet
      const countOnce = () => {
        if (!counted) add(count);
        counted = true;
      };
      return {
        skip: countOnce,
        apply: (...given) => apply(countOnce, ...given),
      };
    },
  };
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await new Promise((done) => signal.addEventListener("abort", done, { once: true }));
}

/** A decision, and its effect on the brake. */
interface Assessment {
  readonly decided: TargetDecision;
  /** Null: nothing was decided. */
  readonly target: FleetTarget | null;
  readonly could: boolean;
  readonly wants: boolean;
  readonly since: EpochSeconds | null;
  /** Whether it has been held for the longest time. */
  readonly believed: boolean;
}

function assess(decided: TargetDecision, now: EpochSeconds, hold: number): Assessment {
  const { target: config, output, before } = decided;
  if (output === null) return { decided, target: null, could: false, wants: false, since: null, believed: false };
  const target = { config, output, before };
  const wants = wantsHalf(target);
  const since = wants ? dropHeldSince(target, now) : null;
  return { decided, target, could: couldHalve(target), wants, since, believed: since !== null && now - since >= hold };
}

function countOf(all: readonly Assessment[]): ShrinkCount {
  const could = all.filter((judged) => judged.could);
  return { could: could.length, want: could.filter(({ wants, believed }) => wants && !believed).length };
}

function isMost({ could, want }: ShrinkCount, least: number, share: number): boolean {
  return could >= least && want > share * could;
}

/** The decision, held if it would scale in and its hold is not over yet. */
function settled(
  judged: Assessment,
  held: { readonly now: EpochSeconds; readonly why: string } | null,
): TargetDecision {
  const { decided, target, could, wants, since, believed } = judged;
  if (target === null) return decided;
  const output =
    held !== null && could && wants && !believed
      ? holdDrop(target, held.now, since ?? held.now, held.why)
      : releaseDrop(target.output, believed ? since : null);
  return output === target.output ? decided : { ...decided, output };
}
