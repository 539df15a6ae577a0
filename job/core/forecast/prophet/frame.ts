/** Rows of a history or a future: sorts them, drops those without a value, and finds extremes. */

/** Rows to be modelled. `columns` holds regressors (numbers) and conditions (booleans), each as long as `ds`. */
export interface Frame {
  /** Epoch seconds. */
  readonly ds: ArrayLike<number>;
  /** Local times in seconds, as if the clocks showed UTC: seasons and events follow them. Absent: `ds`. */
  readonly wall?: ArrayLike<number>;
  /** Capacity of logistic growth, in the unit of y. */
  readonly cap?: ArrayLike<number>;
  /** Lower bound of logistic growth, in the unit of y. */
  readonly floor?: ArrayLike<number>;
  readonly columns?: Readonly<Record<string, ArrayLike<number> | ArrayLike<boolean>>>;
}

/** Observations. Rows may be unsorted; those whose y is not a number are left out. */
export interface ObservedFrame extends Frame {
  readonly y: ArrayLike<number>;
}

/** The frame sorted by time (stable); the same object where it is sorted already. */
export function sortedFrame<F extends Frame>(frame: F): F {
  let sorted = true;
  for (let i = 1; i < frame.ds.length; i++) if (frame.ds[i]! < frame.ds[i - 1]!) sorted = false;
  if (sorted) return frame;
  return pickRows(
    frame,
    Array.from(frame.ds, (_, i) => i).sort((a, b) => frame.ds[a]! - frame.ds[b]! || a - b),
  );
}

function pickRows<F extends Frame>(frame: F, rows: readonly number[]): F {
  const pick = <V>(values: ArrayLike<V>): V[] => rows.map((r) => values[r]!);
  const picked: Record<string, unknown> = {};
  for (const [key, values] of Object.entries(frame as Record<string, unknown>)) {
    if (key !== "columns" && values !== undefined) picked[key] = pick(values as ArrayLike<number>);
  }
  if (frame.columns !== undefined) {
    const columns = Object.entries(frame.columns).map(([name, values]) => [name, pick<number | boolean>(values)]);
    picked.columns = Object.fromEntries(columns);
  }
  return picked as unknown as F;
}

/** The rows that have a value, in ascending time. */
export function usableRows(history: ObservedFrame): ObservedFrame {
  const rows: number[] = [];
  for (let i = 0; i < history.ds.length; i++) if (!Number.isNaN(history.y[i] ?? Number.NaN)) rows.push(i);
  return sortedFrame(rows.length === history.ds.length ? history : pickRows(history, rows));
}

/** The smallest of the values; Infinity of none. */
export function least(values: ArrayLike<number>): number {
  let out = Infinity;
  for (let i = 0; i < values.length; i++) out = Math.min(out, values[i]!);
  return out;
}

/** The greatest of the values; -Infinity of none. */
export function greatest(values: ArrayLike<number>): number {
  let out = -Infinity;
  for (let i = 0; i < values.length; i++) out = Math.max(out, values[i]!);
  return out;
}
