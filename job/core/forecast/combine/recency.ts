/** How much less older outcomes count. */

/** The factor by which a weight falls from one origin to the next, `stride` steps on. Over the whole window it falls to e^-memory. */
export function rollOff(
  memory: number,
  { window, stride }: { readonly window: number; readonly stride: number },
): number {
  return Math.max(0, 1 - memory / window) ** stride;
}
