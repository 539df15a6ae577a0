/** The interface of a policy under replay, its settings, and what a replay gives back. */
import type { TrailEntry } from "../core/policy/types.ts";
import type { LongHistory } from "../core/series/coarse.ts";
import type { Samples } from "../core/series/types.ts";
import type { Cores, EpochSeconds, Replicas, Seconds } from "../core/units.ts";
import type { ModelPod } from "./cluster.ts";

/** The modelled world, the same for all policies of one replay. */
export interface ReplayOptions {
  /** The first seconds are history only. */
  readonly warmup: Seconds;
  /** A pod is ready this long after the decision. */
  readonly startup: Seconds;
  /** CPU one pod can serve, in cores; where the first metric is another one, in its unit. */
  readonly request: Cores;
  /** CPU one pod should carry (ours, the original). */
  readonly targetCpu: Cores;
  /** Target utilisation of the simulated HPA, as a share of the request. */
  readonly hpaTarget: number;
  /** Seconds between two decisions of ours and of the original. */
  readonly every: Seconds;
  readonly min: Replicas;
  readonly max: Replicas;
  /** How far the newest known step trails the decision; 0 = the last complete step is known. */
  readonly metricLag: Seconds;
  /** Ours also sees this much of the history, more coarsely; absent: it does not. */
  readonly longHistory?: LongHistory;
}

/** What is known of one metric at a moment. */
export interface MetricView {
  /** Mean of the two last complete steps that are known, cores. */
  readonly demand: Cores;
  /** The known history of at most `seconds`, newest last: a view, not a copy. Sample i is the mean of the step that begins at times[i]. Holes are bridged by lines. */
  history(seconds: Seconds): Samples;
  /** The same without what nobody measured. */
  measured(seconds: Seconds): Samples;
}

/** What a policy sees at one moment. */
export interface View extends MetricView {
  readonly now: EpochSeconds;
  /** Index of the step that begins now; steps before it are complete. */
  readonly index: number;
  readonly replicas: Replicas;
  readonly ready: Replicas;
  readonly pods: readonly ModelPod[];
  /** Other metrics, asked by name. */
  other(name: string): MetricView;
  /** The demand to come, for policies with foresight: step `index + k`. */
  future(k: number): Cores;
}

/** A decision of a policy: replicas and a word on why; with more to tell where the policy has it. */
export interface Recommendation {
  readonly replicas: Replicas;
  readonly reason: string;
  readonly message?: string;
  readonly trail?: readonly TrailEntry[];
  /** Asked only where somebody listens: the path of a forecast is made when it is looked at. */
  readonly forecast?: () => LeadForecast | undefined;
}

/** What a decision forecast for the last step of its lead, which begins at `t`: the load and its 90 % band, in the metric's unit. */
export interface LeadForecast {
  readonly t: EpochSeconds;
  readonly lead: Seconds;
  readonly y: number;
  readonly low: number;
  readonly high: number;
}

/** A decision that was carried out, as a report tells it. */
export interface Decided extends Omit<Recommendation, "replicas" | "forecast"> {
  readonly t: EpochSeconds;
  readonly from: Replicas;
  readonly to: Replicas;
  readonly forecast?: LeadForecast;
}

/** A policy under replay; it keeps its own memory. */
export interface ReplayPolicy {
  readonly name: string;
  /** Seconds between its decisions. */
  readonly every: Seconds;
  /** It does not come back from fewer pods than this; absent: it comes back from any number. */
  readonly least?: Replicas;
  /** Decides also where nothing was measured, for it judges the data itself; absent: it leaves the replicas then, as an HPA without metrics. */
  readonly judgesData?: boolean;
  decide(view: View): Recommendation | Promise<Recommendation>;
}

/** One row a step. `decision` is null where the policy did not run. */
export interface ReplayRow {
  readonly policy: string;
  readonly t: EpochSeconds;
  readonly demand: Cores;
  readonly ready: Replicas;
  readonly replicas: Replicas;
  readonly decision: Replicas | null;
  readonly reason: string;
  /** Nobody measured the demand of this step: it lies on a line between those around it, and is not scored. */
  readonly filled?: true;
}

/** The score of one policy over one series. */
export interface ReplayScore {
  /** Pods (starting ones too) x hours. */
  readonly podHours: number;
  /** Share of steps with demand above ready x request. */
  readonly under: number;
  /** Share of the demand that is above ready x request. */
  readonly unserved: number;
  /** Changes of the replicas. */
  readonly actions: number;
}

/** Told after each step of long work how many are done of how many; false: end now, with what there is. */
export type Watch = (done: number, total: number) => boolean | Promise<boolean>;

/** Who is told of a replay while it goes on. */
export interface ReplayListener {
  readonly watch?: Watch;
  readonly decided?: (policy: string, decision: Decided) => void;
  /** Is given each row in place of the result, which keeps none then. */
  readonly row?: (row: ReplayRow) => void;
}

/** Scores and rows of all policies of one replay. */
export interface ReplayResult {
  readonly startup: Seconds;
  /** Steps that were played and scored. */
  readonly steps: number;
  /** Steps in between that nobody measured, and that are not scored. */
  readonly filler: number;
  /** Steps that there are; more than were played when the replay was ended early. */
  readonly planned: number;
  readonly policies: Readonly<Record<string, ReplayScore>>;
  readonly rows: readonly ReplayRow[];
}
