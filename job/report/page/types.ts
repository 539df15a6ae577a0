/** The data of a report page: made in Node from a replay or a run, drawn in the browser. Each section has one time grid. */
import type { Role } from "../theme.ts";

/** How a layer is drawn between its steps: joined, held until the next, as dots, or held and filled from zero. */
export type LayerStyle = "line" | "dots" | "step" | "fill";

/** One curve of a chart. */
export interface ChartLayer {
  readonly label: string;
  readonly role: Role;
  readonly style: LayerStyle;
  readonly dashed?: boolean;
  /** Pixels; absent: 2. */
  readonly width?: number;
  /** The policy that it belongs to and is switched with. */
  readonly policy?: string;
  /** The steps of the values, ascending; absent: all, from 0. */
  readonly at?: readonly number[];
  readonly values: readonly (number | null)[];
  /** A band around the values. */
  readonly low?: readonly number[];
  readonly high?: readonly number[];
  /** Values more than so many steps apart are not joined. */
  readonly gap?: number;
}

/** One chart over a section's time. */
export interface Chart {
  readonly title: string;
  /** Unit of its values, may be empty; `pods` are whole. */
  readonly unit: string;
  readonly layers: readonly ChartLayer[];
}

/** A stage of a decision: name, replicas before and after, reason, message. */
export type PageStage = readonly [stage: string, from: number, to: number, reason: string, message: string];

/** One decision of a policy; its trail is empty if the policy gives none. */
export interface PageDecision {
  /** Epoch seconds. */
  readonly t: number;
  readonly from: number;
  readonly to: number;
  readonly reason: string;
  readonly message: string;
  readonly trail: readonly PageStage[];
}

/** A policy whose decisions the reader can step through. */
export interface PagePolicy {
  readonly name: string;
  readonly role: Role;
  readonly decisions: readonly PageDecision[];
}

/** A moment worth a look. */
export interface Moment {
  /** Epoch seconds. */
  readonly t: number;
  readonly text: string;
}

/** One workload over one stretch of time. */
export interface Section {
  readonly name: string;
  /** Epoch seconds of step 0, and the length of a step. */
  readonly start: number;
  readonly step: number;
  readonly steps: number;
  readonly charts: readonly Chart[];
  readonly policies: readonly PagePolicy[];
  readonly moments: readonly Moment[];
  /** The policy that the moments are of. */
  readonly momentsOf: string;
}

/** The kinds of settings in an advice's figure. */
export type FrontKind = "advised" | "current" | "front" | "other" | "hpa" | "recorded";

/** One trial of the figure: its cost and the share of the time below the demand. */
export interface FrontPoint {
  readonly kind: FrontKind;
  readonly label: string;
  /** Pod-hours. */
  readonly cost: number;
  /** Share of the time below the demand. */
  readonly under: number;
  /** Its scores, in words. */
  readonly text: string;
}

/** The figure's trials, cheapest first. */
export interface Front {
  readonly points: readonly FrontPoint[];
  /** The largest allowed share of the time below the demand. */
  readonly slo: number;
}

/** The data for the browser. */
export interface PageData {
  readonly sections: readonly Section[];
  readonly front?: Front;
  /** What each reason that occurs means. */
  readonly reasons: Readonly<Record<string, string>>;
}
