/** One window of values: runs every model over it once, and combines them for each target. */
import type { Cores, Probability } from "../../units.ts";
import { type Blend, blend, ROUNDING } from "../combine/blend.ts";
import { evidenceOf, type maximumByMoves, movesOf, sizeOf } from "../combine/moves.ts";
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

/** A window and the models' predictions at every origin in it. Answers any target over any part of the lead. */
export class Window {
  /** Values are divided by this: their mean size. */
  readonly size: number;
  /** The newest value, cores. */
  private readonly newest: Cores;
  /** Season in steps. */
  readonly period: number | null;
  readonly pass: Pass;
  private readonly combine: (target: ForecastTarget) => Blend;
  /** Moves of the window: only leads with hardly any known outcome need them. */
  readonly moves = once(() => movesOf(this.pass.y, this.pass.filled, this.pass.steps));

  constructor(
    { series, horizonSteps, leadSteps, longHistory, prophet }: ForecastRequest,
    { takesPart, combine = blend }: AutoOptions,
  ) {
    const raw = withoutExtreme(series.values.subarray(Math.max(0, series.values.length - MAX_WINDOW)));
    const n = raw.length;
    const filled = series.filled.subarray(series.values.length - n);
    this.size = sizeOf(raw) || 1;
    this.newest = raw.at(-1)!;
    const y = raw.map((v) => v / this.size);
    this.period = n < MIN_SEASON ? null : (detectSeason(y)?.period ?? null);
    const steps = Math.max(horizonSteps, leadSteps);
    const span = {
      start: series.start + (series.values.length - n) * series.step,
      step: series.step,
      length: n + steps,
    };
    const [last, ...others] = poolFor(n, this.period, n < MIN_SEASON ? [] : findSinusoids(y));
    const all = [...others, ...profilePool(longHistory, span, this.size, prophet)];
    const models: LastFirst<Model> = [last, ...(takesPart ? all.filter(({ name }) => takesPart(name)) : all)];
    const { origins, stride } = originsOf(n);
    this.pass = { y, filled, origins, stride, steps, models, paths: runPool(models, { y, origins, steps }) };
    this.combine = combine;
  }

  /** The models' combination for a target. */
  blendOf(part: LeadPart, of: Summary): { readonly target: ForecastTarget; readonly blended: Blend } {
    const target = forecastTargetOf(this.pass, part, of);
    return { target, blended: this.combine(target) };
  }

  /**
   * Quantiles of a target at each level, in cores: never negative, non-decreasing. They come from the combination and its own errors.
   * With few known outcomes they come in part from the last value and its moves. Without that all levels were one number: 0.91 held 9 % of
   * outcomes at 10 values.
   */
  quantiles(part: LeadPart, of: Summary, levels: readonly Probability[], byMoves: typeof maximumByMoves): number[] {
    const { target, blended } = this.blendOf(part, of);
    const ranked = rankErrors(blended, target);
    const share = evidenceOf(ranked.errors.length, part[1]);
    const last = Math.max(0, this.pass.y.at(-1)!);
    return levels.map((level) => {
      const learnt = share > 0 ? Math.max(0, blended.now + errorQuantile(ranked, level)) : 0;
      if (share === 1) return this.cores(learnt);
      const law = byMoves(last, this.moves(), part, level);
      return this.cores(law + share * (learnt - law));
    });
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
