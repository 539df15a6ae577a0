/** What a target may tell Prophet, under Prophet's own names; what only a calendar knows (events, conditions) as days of it. */
import type { Days, LocalDate } from "../../calendar/days.ts";
import type { Growth, Mode, ProphetOptions } from "./options.ts";

/** When a season counts: on these weekdays of these months, but for some days, and on others as well. Local days. */
export interface SeasonCondition {
  /** 0 is Sunday; absent: all. */
  readonly days?: readonly number[];
  /** 1 .. 12; absent: all. */
  readonly months?: readonly number[];
  readonly except?: Days;
  readonly also?: Days;
}

/** Prophet's add_seasonality. `period` in days. */
export interface SeasonSettings {
  readonly name: string;
  readonly period: number;
  readonly fourier_order: number;
  readonly prior_scale?: number;
  readonly mode?: Mode;
  readonly condition?: SeasonCondition;
}

/** An event: rows of Prophet's holidays of one name. Without a name each day of a calendar is an event of its own name. */
export interface EventSettings {
  readonly holiday?: string;
  readonly ds: Days;
  readonly lower_window: number;
  readonly upper_window: number;
  readonly prior_scale?: number;
}

/** Settings of Prophet. Local times are those of `timeZone`: days begin at its midnights, and seasons follow its clocks. */
export interface ProphetSettings
  extends Pick<
    ProphetOptions,
    | "n_changepoints"
    | "changepoint_range"
    | "changepoint_prior_scale"
    | "seasonality_mode"
    | "seasonality_prior_scale"
    | "holidays_mode"
    | "holidays_prior_scale"
    | "interval_width"
  > {
  /** IANA zone. */
  readonly timeZone: string;
  readonly growth: Growth;
  /** Of logistic growth, in the metric's unit. */
  readonly cap?: number;
  readonly floor?: number;
  /** Local days at whose beginning the trend may bend; those outside of the history are left out. Absent: placed by n_changepoints. */
  readonly changepoints?: readonly LocalDate[];
  /** Prophet's built-in seasons; absent: by Prophet's own rule. */
  readonly yearly_seasonality?: boolean;
  readonly weekly_seasonality?: boolean;
  readonly daily_seasonality?: boolean;
  readonly seasonalities: readonly SeasonSettings[];
  readonly holidays: readonly EventSettings[];
}
