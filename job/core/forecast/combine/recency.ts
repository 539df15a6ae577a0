/** How old outcomes count less. */

/** Weight that is left of an error or loss at each further origin, `stride` steps on, where it falls to e^-memory over the window. */
export function rollOff(
  memory: number,
  { window, stride }: { readonly window: number; readonly stride: number },
): number {
  return Math.max(0, 1 - memory / window) ** stride;
}
