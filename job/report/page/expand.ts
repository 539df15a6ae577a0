/** Expands a layer, which stores values only where they change, to a value at every step. */
import type { ChartLayer } from "./types.ts";

/** Values of a layer at every step of its section: held or interpolated between known values, and null where there is none. */
export function expand(
  { at, style, gap }: ChartLayer,
  values: readonly (number | null)[],
  steps: number,
): (number | null)[] {
  if (at === undefined) return [...values];
  const out: (number | null)[] = new Array(steps).fill(null);
  at.forEach((index, i) => {
    const value = values[i]!;
    out[index] = value;
    const next = at[i + 1] ?? (style === "line" || style === "dots" ? index : steps);
    if (style === "dots" || value === null) return;
    if (style === "line" && next - index > (gap ?? Number.POSITIVE_INFINITY)) return;
    const to = style === "line" ? values[i + 1] : value;
    if (to === null || to === undefined) return;
    for (let k = index + 1; k < next; k++) out[k] = value + ((to - value) * (k - index)) / (next - index);
  });
  return out;
}
