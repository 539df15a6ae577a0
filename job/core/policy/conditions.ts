/** What is known of a target beside its metrics, as read in this run. */
import type { Replicas, Seconds } from "../units.ts";

/** Absent fields are unknown, which is no finding: the right to read them may be missing. */
export interface Conditions {
  /** A rollout is in progress. */
  readonly rollout?: boolean;
  /** Whether the pause annotation is set on the target. */
  readonly paused?: boolean;
  /** Name of another scaler on the same target, e.g. "HorizontalPodAutoscaler/web"; null: there is none. */
  readonly otherScaler?: string | null;
  /** Who else set the replicas as they are, by the object's managedFields, e.g. "argocd-controller" or "kubectl (scale)". */
  readonly otherWriter?: string;
  /** Nobody sets the replicas by a manifest any more, as far as the object can tell: what undid our changes is gone. */
  readonly manifestFree?: boolean;
  /** Measured pod start (upper quantile of ready minus created). */
  readonly podStart?: Seconds;
  /** Ready pods, when known. */
  readonly readyReplicas?: Replicas;
}
