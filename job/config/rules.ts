/** What a rule across fields is. Rules stand in the table, at the group they are about; the job, the doctor and the chart check the same ones. */
import { pluralize } from "../core/units.ts";

/** A field, by its path within the group of the rule; with `outer`, within the target around it. `times` is a factor for its value. */
export interface Field {
  readonly field: string;
  readonly outer?: boolean;
  readonly times?: number;
}

interface About {
  /** refuse: nothing is done. warn: it is said, and done. */
  readonly level: "refuse" | "warn";
  /** What is wrong and what to do. `{left}` and `{right}` are the two values as a person writes them. */
  readonly says: string;
}

/** Two values must compare so. Where one of them is not given, there is nothing to compare. */
export interface Comparison extends About {
  readonly left: Field;
  readonly is: "<=" | "<" | ">=" | "!=";
  readonly right: Field | number;
  /** Not checked where this field is given. */
  readonly unless?: string;
}

/** So many of these fields may be given. */
export interface Count extends About {
  readonly fields: readonly string[];
  readonly allowed: readonly number[];
  /** The field that a message is about; the group itself when not given. */
  readonly at?: string;
}

export type Rule = Comparison | Count;

/** The longest history that can be read, seconds: three years and a week, so that Prophet sees a yearly season twice and more. */
export const MAX_HISTORY_SECONDS = 1102 * 86_400;

/** Points of one range query that Prometheus answers at most. */
export const MAX_POINTS = 11_000;

/** A range that is read in steps: at most so many as one query answers. */
export function fewPoints(range: string, step: string): Comparison {
  return {
    level: "refuse",
    left: { field: range },
    is: "<=",
    right: { field: step, times: MAX_POINTS },
    says: `{left} is more than ${pluralize(MAX_POINTS, "step")}, which are {right}; Prometheus answers no more at once. Raise ${step}.`,
  };
}
