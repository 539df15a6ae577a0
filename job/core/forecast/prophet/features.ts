/** The feature columns of a model: Fourier seasons, event days and regressors; the same code for history and future. */
import type { Frame } from "./frame.ts";
import type { SeasonalityMode } from "./options.ts";
import { SECONDS_PER_DAY } from "./options.ts";

interface BlockBase {
  readonly name: string;
  readonly prior_scale: number;
  readonly mode: SeasonalityMode;
}
/** A season: two columns, sine and cosine, for each order. */
export interface FourierBlock extends BlockBase {
  readonly kind: "fourier";
  /** In days. */
  readonly period: number;
  readonly fourier_order: number;
  readonly condition_name: string | undefined;
}
/** One column of an event: 1 on its days, each shifted by `offset`. Days count from the epoch, in UTC. */
export interface HolidayBlock extends BlockBase {
  readonly kind: "holiday";
  readonly offset: number;
  readonly days: readonly number[];
}
/** One column of a regressor: (value - mu) / std. */
export interface RegressorBlock extends BlockBase {
  readonly kind: "regressor";
  readonly mu: number;
  readonly std: number;
}
/** Neighbouring columns that share one prior and one mode. Plain data: a fitted model carries its blocks. */
export type FeatureBlock = FourierBlock | HolidayBlock | RegressorBlock;

/** The number of columns that a block makes. */
export function blockWidth(block: FeatureBlock): number {
  return block.kind === "fourier" ? 2 * block.fourier_order : 1;
}

/** Total number of columns. */
export function featureWidth(blocks: readonly FeatureBlock[]): number {
  return blocks.reduce((sum, b) => sum + blockWidth(b), 0);
}

/** The columns of all blocks, column by column: row i of column j is at `j * rows + i`. */
export function featureColumns(blocks: readonly FeatureBlock[], frame: Frame): Float64Array {
  const rows = frame.ds.length;
  const out = new Float64Array(rows * featureWidth(blocks));
  let column = 0;
  for (const block of blocks) {
    const part = out.subarray(column * rows, (column + blockWidth(block)) * rows);
    if (block.kind === "fourier") fourier(block, frame, part);
    else if (block.kind === "holiday") holiday(block, frame, part);
    else regressor(block, frame, part);
    column += blockWidth(block);
  }
  return out;
}

/**
 * sin and cos of 2 pi n t / period in Prophet's column order, for n = 1 .. order; t in days since the epoch.
 * The angle is reduced by the period first: 1.7e9 s in periods of 300 s would lose 8 digits.
 * Higher orders come from the first by rotation; after 10 of them the error is below 1e-14.
 */
function fourier(block: FourierBlock, frame: Frame, out: Float64Array): void {
  const rows = frame.ds.length;
  const seconds = block.period * SECONDS_PER_DAY;
  const times = frame.wall ?? frame.ds;
  const condition = block.condition_name === undefined ? undefined : frame.columns?.[block.condition_name];
  for (let i = 0; i < rows; i++) {
    if (condition !== undefined && !condition[i]) continue;
    const angle = (2 * Math.PI * (times[i]! % seconds)) / seconds;
    const s1 = Math.sin(angle);
    const c1 = Math.cos(angle);
    let s = s1;
    let c = c1;
    for (let n = 0, at = i; n < block.fourier_order; n++, at += 2 * rows) {
      out[at] = s;
      out[at + rows] = c;
      const next = s * c1 + c * s1;
      c = c * c1 - s * s1;
      s = next;
    }
  }
}

function holiday(block: HolidayBlock, frame: Frame, out: Float64Array): void {
  const days = new Set(block.days);
  const times = frame.wall ?? frame.ds;
  for (let i = 0; i < times.length; i++) out[i] = days.has(Math.floor(times[i]! / SECONDS_PER_DAY)) ? 1 : 0;
}

function regressor(block: RegressorBlock, frame: Frame, out: Float64Array): void {
  const values = frame.columns?.[block.name] ?? [];
  for (let i = 0; i < frame.ds.length; i++) out[i] = (Number(values[i]) - block.mu) / block.std;
}

/** Prior standard deviation of every column. */
export function priorScales(blocks: readonly FeatureBlock[]): Float64Array {
  const out = new Float64Array(featureWidth(blocks));
  let at = 0;
  for (const block of blocks) {
    out.fill(block.prior_scale, at, at + blockWidth(block));
    at += blockWidth(block);
  }
  return out;
}

/** 1 for every column that multiplies the trend, 0 for one that is added to it. */
export function multiplicativeFlags(blocks: readonly FeatureBlock[]): Uint8Array {
  const out = new Uint8Array(featureWidth(blocks));
  let at = 0;
  for (const block of blocks) {
    out.fill(block.mode === "multiplicative" ? 1 : 0, at, at + blockWidth(block));
    at += blockWidth(block);
  }
  return out;
}

/**
 * The name of the first column that the blocks need and the frame lacks; undefined: none. A column of wrong length counts as lacking, and so
 * does a regressor that is not finite.
 */
export function missingColumn(blocks: readonly FeatureBlock[], frame: Frame): string | undefined {
  for (const block of blocks) {
    const name = block.kind === "regressor" ? block.name : block.kind === "fourier" ? block.condition_name : undefined;
    if (name === undefined) continue;
    const column = frame.columns?.[name];
    if (column === undefined || column.length !== frame.ds.length) return name;
    for (let i = 0; i < column.length; i++) if (!Number.isFinite(Number(column[i]))) return name;
  }
  return undefined;
}
