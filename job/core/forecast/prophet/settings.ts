/** The Prophet settings of a target under Prophet's own names. Events and conditions are days of a calendar. */
import type { Days, LocalDate } from "../../calendar/days.ts";
import type { Growth, ProphetOptions, SeasonalityMode } from "./options.ts";

/** When a season applies, in local days: on these weekdays of these months, without the days `except` and with the days `also`. */
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
  readonly mode?: SeasonalityMode;
  readonly condition?: SeasonCondition;
}

/** An event, as rows of one name in Prophet's holidays. Without a name each day of a calendar is an event of that day's name. */
export interface EventSettings {
  readonly holiday?: string;
  readonly ds: Days;
  readonly lower_window: number;
  readonly upper_window: number;
  readonly prior_scale?: number;
}

/** Prophet's settings. Local times are those of `timeZone`: days begin at its midnights, and seasons follow its clocks. */
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
  /** The capacity of logistic growth, in the metric's unit. */
  readonly cap?: number;
  readonly floor?: number;
  /** Local days at whose start the trend may bend. Days outside the history are left out. Absent: placed by n_changepoints. */
  readonly changepoints?: readonly LocalDate[];
  /** Prophet's built-in seasons; absent: by Prophet's own rule. */
  readonly yearly_seasonality?: boolean;
  readonly weekly_seasonality?: boolean;
  readonly daily_seasonality?: boolean;
  readonly seasonalities: readonly SeasonSettings[];
  readonly holidays: readonly EventSettings[];
}
