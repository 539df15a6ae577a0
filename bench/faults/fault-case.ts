/** The type of a fault case: the state before the run, the fault, and the expected outcome. */
import type { JobState } from "../../job/core/state/types.ts";
import type { CaseLoad } from "./load.ts";
import type { WireFault } from "./wire.ts";
import type { Lane } from "./world.ts";

/** The kinds of faults in the page's order, each with a sentence on what is wrong. */
export const KINDS = {
  data: "Data: what Prometheus holds is missing, wrong or impossible",
  prometheus: "Prometheus: its answers are late, cut, refused or not what was asked for",
  kubernetes: "Kubernetes: the API server refuses, fails, lies or changes in the middle of a run",
  state: "State: the memory between runs is lost, broken or written by somebody else",
  clock: "Clocks: ours, Prometheus' and the state's disagree",
  blind: "Blind: no usable data for longer than `blindAfter`, and data again",
  settings: "Settings: mistyped, contradictory, hostile",
  output: "Output: nobody reads it, or it cannot be written",
  several: "Several targets and metrics: one is wrong, the others go on",
} as const;

/** The name of a kind. */
export type Kind = keyof typeof KINDS;

/** The result that a run must have. */
export interface ExpectedResult {
  readonly exit: 0 | 1 | 2;
  /** Of each target, in the settings' order; one stands for all. Absent where no JSON can be read. */
  readonly outcomes?: readonly ExpectedOutcome[];
  /** Replicas of the first Deployment afterwards, or from and to where the forecast decides; absent: those before. */
  readonly replicas?: number | readonly [from: number, to: number];
  /** Found in a target's message, or, without JSON, on stderr. */
  readonly says?: RegExp;
  /** Reasons of Events: one that is there after the runs, and one that is not. */
  readonly event?: string;
  readonly noEvent?: string;
}

/** The outcome that a target must have. Without `reason` any reason will do. */
export interface ExpectedOutcome {
  readonly action: "scaled" | "wouldScale" | "unchanged" | "held" | "failed";
  readonly reason?: string;
}

/** One fault. All that it does not name is sound: 8 replicas where 5 are needed, and the state of a run that went well. */
export interface FaultCase {
  readonly kind: Kind;
  /** The fault in a few words; unique. */
  readonly name: string;
  readonly expect: ExpectedResult;
  /** Replicas before the run. 8: sound data would scale in to 5. 3: out to 5. */
  readonly from?: number;
  /** The workload's CPU in the real Prometheus. */
  readonly load?: CaseLoad;
  /** The query in place of the load's own. `$load` is its selector, `$offset` the time since the history ends. */
  readonly query?: string;
  /** Changes to the settings, merged at each level; a list replaces. */
  readonly settings?: object;
  /** The settings file's text in place of all that. `$prometheus`: its URL. */
  readonly file?: string;
  /** What a proxy before the real Prometheus does. */
  readonly prometheus?: WireFault;
  /** What a proxy before the real API server does. */
  readonly api?: WireFault;
  /** The annotation before the run, null for none; absent: that of a run that goes well. */
  readonly state?: string | null | ((sound: JobState, now: number) => string);
  /** Changes to the real cluster before the run; what it gives undoes them. */
  readonly prepare?: (lane: Lane) => Promise<(() => Promise<unknown>) | undefined>;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** In place of a pipe that is read: closed by the reader at once, or a full disk. */
  readonly stdout?: "closed" | "full";
  readonly stderr?: "closed" | "full";
  /** Seconds that this process' clock is ahead; of several runs one after the other. */
  readonly clock?: number | readonly number[];
  /** Why a promise is not kept here yet: told on the page, and no failure of the bench. */
  readonly gap?: string;
  /** Runs one after the other; the last is looked at, the invariants are checked over all. */
  readonly runs?: number;
}

const outcome = (action: ExpectedOutcome["action"], reason?: string): ExpectedOutcome => ({
  action,
  ...(reason === undefined ? {} : { reason }),
});

/** Expects that the run holds the replicas for this reason and exits with 0. `says` must match the output. */
export function held(reason: string, says?: RegExp): ExpectedResult {
  return { exit: 0, outcomes: [outcome("held", reason)], ...(says && { says }) };
}

/** Expects that the run changes nothing, since the replicas are right. `replicas` is their number, where it is not the usual one. */
export function unchanged(replicas?: number): ExpectedResult {
  return { exit: 0, outcomes: [outcome("unchanged")], ...(replicas === undefined ? {} : { replicas }) };
}

/** Expects that the run sets these replicas, or a number from and to. `says` must match the output. */
export function scaled(replicas: number | readonly [from: number, to: number], says?: RegExp): ExpectedResult {
  return { exit: 0, outcomes: [outcome("scaled")], replicas, ...(says && { says }) };
}

/** Expects that the run fails with exit code 1 and an error that `says` matches. */
export function failed(says: RegExp, reason?: string): ExpectedResult {
  return { exit: 1, outcomes: [outcome("failed", reason)], says };
}

/** Expects that the command line or the settings are refused with exit code 2, and a message that `says` matches. */
export function refused(says: RegExp): ExpectedResult {
  return { exit: 2, says };
}
