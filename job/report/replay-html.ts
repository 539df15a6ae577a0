/** placeholder */
import type { ReplayOptions, ReplayResult } from "../replay/types.ts";
export function replayHtml(_: { file: string; options: ReplayOptions; result: ReplayResult }): string {
  return "";
}
