/** One window of values: runs every model over it once, and combines them for each target. */
import type { Cores, Probability } from "../../units.ts";
import { type Blend, blend, ROUNDING } from "../combine/blend.ts";
import { evidenceOf, maximumByMoves, movesOf, sizeOf } from "../combine/moves.ts";
import { errorQuantile, rankErrors } from "../combine/quantiles.ts";
import { type ForecastTarget, forecastTargetOf, type Pass, type Summary } from "../combine/target.ts";
import type { LastFirst, Model } from "../models/model.ts";
import { poolFor, runPool } from "../models/pool.ts";
import { profilePool } from "../models/profile-pool.ts";
import { detectSeason } from "../seasons/detect.ts";
import { findSinusoids } from "../seasons/sinusoids.ts";
import type { ForecastRequest, LeadPart } from "../types.ts";
import { withoutExtreme } from "./extreme.ts";
import { once } from "./lazily.ts";

/**
 * Seasons are looked for from this many points on. On 19 public and synthetic series 15: 6 % less loss at 29 values, all of it on one series,
 * and no change at 20.
 * 60: 7 to 34 % more loss at 30 to 59 values.
 */
export const MIN_SEASON = 30;
/**
 * The most values used: six hours of 15 s. Older ones cost time and add nothing at a horizon of minutes, except errors for a quantile of 0.99.
 * Half or a quarter: 3 and 5 % less loss at 0.7 on 8 public series.
 */
const MAX_WINDOW = 1440;
/**
 * About this many origins inside the window; a longer window spaces them out by up to MAX_STRIDE steps, a minute of 15 s. A wider stride would
 * miss peaks of a minute. 60 to 240: 0.4 % of the error on 19 public and synthetic series; a stride of 2 gains 0.8 % for twice the time.
 */
const MAX_ORIGINS = 120;
const MAX_STRIDE = 4;

/** Switches for the bench that measures what each part is worth. */
export interface AutoOptions {
  /** Whether a model of this name takes part; the last value always does. */
  readonly takesPart?: (model: string) => boolean;
  readonly combine?: (target: ForecastTarget) => Blend;
}

/** The combination for one target, and its quantile at a level, in cores: never negative, non-decreasing. */
export interface TargetForecast {
  readonly target: ForecastTarget;
  readonly blended: Blend;
  readonly quantile: (level: Probability) => Cores;
}

/** A window and the models' predictions at every origin in it. Answers any target over any part of the lead. */
export class Window {
  /** Values are divided by this: their mean size. */
  readonly size: number;
  /** Season in steps. */
  readonly period: number | null;
  readonly pass: Pass;
  private readonly combine: (target: ForecastTarget) => Blend;
  /** The newest value, cores. */
  private readonly newest: Cores;
  /** Moves of the window: only leads with hardly any known outcome need them. */
  private readonly moves = once(() => movesOf(this.pass.y, this.pass.filled, this.pass.steps));

  constructor(
    { series, horizonSteps, leadSteps, longHistory, prophet }: ForecastRequest,
    { takesPart = () => true, combine = blend }: AutoOptions,
  ) {
    const raw = withoutExtreme(series.values.subarray(-MAX_WINDOW));
    const n = raw.length;
    const filled = series.filled.subarray(-n);
    const steps = Math.max(horizonSteps, leadSteps);
    const start = series.start + (series.values.length - n) * series.step;
    this.size = sizeOf(raw) || 1;
    this.newest = raw.at(-1)!;
    this.combine = combine;
    const y = raw.map((v) => v / this.size);
    this.period = n < MIN_SEASON ? null : (detectSeason(y)?.period ?? null);
    const [last, ...others] = poolFor(n, this.period, n < MIN_SEASON ? [] : findSinusoids(y));
    const profiles = profilePool(longHistory, { start, step: series.step, length: n + steps }, this.size, prophet);
    const models: LastFirst<Model> = [last, ...[...others, ...profiles].filter(({ name }) => takesPart(name))];
    const { origins, stride } = originsOf(n);
    this.pass = { y, filled, origins, stride, steps, models, paths: runPool(models, { y, origins, steps }) };
  }

  /**
   * The forecast of a target. Its quantiles come from the combination and its own errors. With few known outcomes they come in part from the last
   * value and its moves over the part `moved`. Without that all levels were one number: 0.91 held 9 % of outcomes at 10 values.
   */
  forecastOf(part: LeadPart, of: Summary, moved: LeadPart = part): TargetForecast {
    const target = forecastTargetOf(this.pass, part, of);
    const blended = this.combine(target);
    const ranked = once(() => rankErrors(blended.errors, target));
    const last = Math.max(0, this.pass.y.at(-1)!);
    const quantile = (level: Probability) => {
      const { errors } = ranked();
      const share = evidenceOf(errors.length, part[1]);
      const learnt = Math.max(0, blended.now + errorQuantile(ranked(), level));
      if (share === 1) return this.cores(learnt);
      const law = maximumByMoves(last, this.moves(), moved, level);
      return this.cores(law + share * (learnt - law));
    };
    return { target, blended, quantile };
  }

  /**
   * A value on the window's scale, in cores and never negative. One that only rounding tells from the newest value becomes that value.
   * Otherwise half of the outcomes of a flat load lay above its quantiles.
   */
  cores(value: number): Cores {
    if (Math.abs(value - this.pass.y.at(-1)!) < ROUNDING) return Math.max(0, this.newest);
    return Math.max(0, value) * this.size;
  }
}

function originsOf(n: number): { readonly origins: Int32Array; readonly stride: number } {
  const span = n - Math.max(4, Math.floor(n / 6));
  const stride = Math.min(MAX_STRIDE, Math.max(1, Math.floor(span / MAX_ORIGINS)));
  const count = Math.min(Math.max(MAX_ORIGINS, Math.floor(span / MAX_STRIDE)), Math.floor(span / stride)) + 1;
  return { origins: Int32Array.from({ length: count }, (_, i) => n - (count - 1 - i) * stride), stride };
}
