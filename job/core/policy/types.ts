/** The decision and its record: what to do, why, and every number it rests on. */
import type { Forecast } from "../forecast/types.ts";
import type { Quality, Series } from "../series/types.ts";
import type { Metric } from "../target.ts";
import type { EpochSeconds, Replicas, Seconds } from "../units.ts";
import type { Reason } from "./reasons.ts";
import type { Detail } from "./stage.ts";
import type { Stage } from "./stages.ts";
import type { OtherWrite } from "./writer.ts";

/** One stage of the decision: the replicas before and after it, and why. `detail` holds its numbers, for people. */
export interface TrailEntry {
  readonly stage: Stage;
  /** The metric, where the stage is a metric's; absent: the stage is the target's. */
  readonly metric?: string;
  readonly from: Replicas;
  readonly to: Replicas;
  readonly reason: Reason;
  readonly message: string;
  readonly detail?: Detail;
}

/** What to do. `replicas` equals `current` unless action is "scale". */
export interface Decision {
  readonly action: "scale" | "keep" | "hold";
  readonly current: Replicas;
  readonly replicas: Replicas;
  /** The reason that decided, from the last stage that changed or held the value. */
  readonly reason: Reason;
  readonly message: string;
  /** Whether no metric had usable data; false where nothing was decided at all. */
  readonly blind: boolean;
  /** Another writer's change after our last one; null: none. */
  readonly otherWriter: OtherWrite | null;
  readonly trail: readonly TrailEntry[];
}

/** What one tick computed of one metric. Amounts are in the metric's unit. */
export interface MetricRecord {
  readonly metric: Metric;
  readonly quality: Quality;
  /** Current demand: mean of the newest complete steps; NaN when unknown. */
  readonly demand: number;
  readonly lead: Seconds;
  /** Seconds after the newest sample from which on new pods serve. The quantile is that of the maximum from here to the lead's end. */
  readonly readyAfter: Seconds;
  /** The quantile for which pods are set, after trust gate and schedule factors; NaN: none. */
  readonly quantile: number;
  /** The level of that quantile; NaN: none. */
  readonly level: number;
  readonly forecast: Forecast | null;
  /** The grid from which the forecast was made, for pictures; null: no data. */
  readonly series: Series | null;
  /** The longer history that the forecast was given, for pictures; absent: none. */
  readonly longHistory?: Series;
  /** The replicas that this metric alone asks for. */
  readonly replicas: Replicas;
}

/** All that one tick computed: enough to repeat the decision and to draw it. */
export interface TickRecord {
  readonly now: EpochSeconds;
  /** In the target's order, at least one. */
  readonly metrics: readonly MetricRecord[];
  /** The replicas that the demand asked for, before stabilisation, which are remembered; null: the data allow none. */
  readonly recommendation: Replicas | null;
  /** Since when each decision has held the replicas, this one included; null: this one does not. */
  readonly heldSince: EpochSeconds | null;
  readonly decision: Decision;
}

/** The metric that asks for the most replicas, the first of equals: single figures and pictures show it. */
export function leadingMetric({ metrics }: TickRecord): MetricRecord {
  return metrics.reduce((most, metric) => (metric.replicas > most.replicas ? metric : most));
}
