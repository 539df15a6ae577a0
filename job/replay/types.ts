/** The interface of a policy under replay, the settings of a replay, and its result. */
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
  /** CPU that one pod can serve, in cores; where the first metric is another one, in its unit. */
  readonly request: Cores;
  /** CPU that one pod should carry (for ours and the original). */
  readonly targetCpu: Cores;
  /** Target utilisation of the simulated HPA, as a share of the request. */
  readonly hpaTarget: number;
  /** Seconds between two decisions of ours and of the original. */
  readonly every: Seconds;
  readonly min: Replicas;
  readonly max: Replicas;
  /** How far the newest known step lags behind the decision, in seconds; 0: the last complete step is known. */
  readonly metricLag: Seconds;
  /** Ours also sees so much of the history, at a coarser step; absent: it does not. */
  readonly longHistory?: LongHistory;
}

/** What a policy knows of one metric at a moment. */
export interface MetricView {
  /** Mean of the last two complete steps that are known, in cores. */
  readonly demand: Cores;
  /**
   * The known history of at most `seconds`, newest last: a view, not a copy. Sample i is the mean of the step that begins at times[i]. Holes
   * are interpolated.
   */
  history(seconds: Seconds): Samples;
  /** The history without interpolated values. */
  measured(seconds: Seconds): Samples;
}

/** What a policy knows at a moment. */
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

/** A policy's decision: replicas and a reason, with details where the policy has them. */
export interface PolicyDecision {
  readonly replicas: Replicas;
  readonly reason: string;
  readonly message?: string;
  readonly trail?: readonly TrailEntry[];
  /** Called only where somebody listens: a forecast's path is computed when it is read. */
  readonly forecast?: () => LeadForecast | undefined;
}

/** A decision's forecast for the last step of its lead, which begins at `t`: the load and its 90 % band, in the metric's unit. */
export interface LeadForecast {
  readonly t: EpochSeconds;
  readonly lead: Seconds;
  readonly y: number;
  readonly low: number;
  readonly high: number;
}

/** A decision that was carried out, as reports show it. */
export interface ReplayDecision extends Omit<PolicyDecision, "replicas" | "forecast"> {
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
  /** From fewer pods than this it does not scale up again; absent: it does from any number. */
  readonly minReplicas?: Replicas;
  /** It also decides where nothing was measured, since it judges the data itself; absent: it then leaves the replicas, as an HPA without metrics. */
  readonly judgesData?: boolean;
  decide(view: View): PolicyDecision | Promise<PolicyDecision>;
}

/** One row per step. `decision` is null where the policy did not run. */
export interface ReplayRow {
  readonly policy: string;
  readonly t: EpochSeconds;
  readonly demand: Cores;
  readonly ready: Replicas;
  readonly replicas: Replicas;
  readonly decision: Replicas | null;
  readonly reason: string;
  /** The demand of this step was not measured: it is interpolated and not scored. */
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

/** Called after each step of long work with the steps done and their total; false: end now, with what there is. */
export type Watch = (done: number, total: number) => boolean | Promise<boolean>;

/** The listeners of a replay while it runs. */
export interface ReplayListener {
  readonly watch?: Watch;
  readonly decided?: (policy: string, decision: ReplayDecision) => void;
  /** Gets each row; the result then keeps none. */
  readonly row?: (row: ReplayRow) => void;
}

/** Scores and rows of all policies of one replay. */
export interface ReplayResult {
  readonly startup: Seconds;
  /** Steps that were replayed and scored. */
  readonly steps: number;
  /** Steps in between that were not measured and are not scored. */
  readonly filler: number;
  /** All steps; more than were replayed when the replay was ended early. */
  readonly planned: number;
  readonly policies: Readonly<Record<string, ReplayScore>>;
  readonly rows: readonly ReplayRow[];
}
