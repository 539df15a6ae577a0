/** What this run read of a target beside its metrics. */
import type { Replicas, Seconds } from "../units.ts";

/** The conditions of a target. An absent field is not known and decides nothing: the right to read it may be missing. */
export interface Conditions {
  /** A rollout is in progress. */
  readonly rollout?: boolean;
  /** Whether the pause annotation is set on the target. */
  readonly paused?: boolean;
  /** Name of another scaler on the same target, e.g. "HorizontalPodAutoscaler/web"; null: there is none. */
  readonly otherScaler?: string | null;
  /** Who else set the replicas as they are, by the object's managedFields, e.g. "argocd-controller" or "kubectl (scale)". */
  readonly otherWriter?: string;
  /** Whether no manifest sets the replicas any more, as far as the object shows: what undid our changes is gone. */
  readonly manifestFree?: boolean;
  /** Measured time from a pod's creation to its readiness, an upper quantile, in seconds. */
  readonly podStart?: Seconds;
  /** Ready pods, when known. */
  readonly readyReplicas?: Replicas;
}
