/** The rules across fields. They stand in the table at their group; the job, the doctor and the chart check the same ones. */
import { MAX_POINTS } from "../core/policy/calibration.ts";
import { pluralize } from "../core/units.ts";

/** A field, by its path within the group of the rule; with `outer`, within the target around it. `times` is a factor for its value. */
export interface Field {
  readonly field: string;
  readonly outer?: boolean;
  readonly times?: number;
}

interface About {
  /** `refuse`: nothing runs. `warn`: it is reported, and runs. */
  readonly level: "refuse" | "warn";
  /** What is wrong and what to do. `{left}` and `{right}` are the two values as a person writes them. */
  readonly says: string;
}

/** Two values must compare in this way. Where one is not given, nothing is compared. */
export interface Comparison extends About {
  readonly left: Field;
  readonly is: "<=" | "<" | ">=" | "!=";
  readonly right: Field | number;
  /** Not checked where this field is given. */
  readonly unless?: string;
}

/** How many of these fields may be given. */
export interface Count extends About {
  readonly fields: readonly string[];
  readonly allowed: readonly number[];
  /** The field that a message is about; the group itself when not given. */
  readonly at?: string;
}

/** A rule across fields. */
export type Rule = Comparison | Count;

/** The longest history in seconds: three years and a week, so that Prophet sees a yearly season more than twice. */
export const MAX_HISTORY_SECONDS = 1102 * 86_400;

/** The rule for a range that is read in steps: at most as many points as one query answers. */
export function fewPoints(range: string, step: string): Comparison {
  return {
    level: "refuse",
    left: { field: range },
    is: "<=",
    right: { field: step, times: MAX_POINTS },
    says: `{left} is more than ${pluralize(MAX_POINTS, "step")}, which are {right}; Prometheus answers no more at once. Raise ${step}.`,
  };
}
