/** The moments at which a policy's ready pods served least of the demand, worst first. */
import { pluralize } from "../../core/units.ts";
import type { ReplayRow } from "../../replay/types.ts";
import { shortNumber } from "../text.ts";
import type { Moment } from "./types.ts";

/** Steps in a row with demand above the ready pods. */
interface Episode {
  readonly t: number;
  readonly steps: number;
  /** Core-seconds that were not served, and the most cores at a time. */
  readonly lost: number;
  readonly most: number;
  readonly ready: number;
}

/** The worst `most` moments of one policy's rows, which are in the order of time, a row each `step` seconds; `request` cores a ready pod. */
export function worstMoments(rows: readonly ReplayRow[], request: number, step: number, most = 10): readonly Moment[] {
  const episodes: Episode[] = [];
  let open: Episode | undefined;
  for (const { t, demand, ready, filled } of rows) {
    const missing = filled === true ? 0 : demand - ready * request;
    if (missing <= 1e-9) {
      open = undefined;
      continue;
    }
    if (open !== undefined) episodes.pop();
    const peak = open === undefined || missing > open.most;
    open = {
      t: open?.t ?? t,
      steps: (open?.steps ?? 0) + 1,
      lost: (open?.lost ?? 0) + missing * step,
      most: peak ? missing : open!.most,
      ready: peak ? ready : open!.ready,
    };
    episodes.push(open);
  }
  return episodes
    .sort((a, b) => b.lost - a.lost)
    .slice(0, most)
    .map(({ t, steps, most: missing, ready, lost }) => ({
      t,
      text: `${when(t)}: up to ${pluralize(shortNumber(missing), "core")} above ${pluralize(ready, "ready pod")}, for ${duration(steps * step)} (${shortNumber(lost)} core-seconds)`,
    }));
}

function when(t: number): string {
  const text = new Date(t * 1000).toISOString();
  return `${text.slice(0, 10)} ${text.slice(11, 19)}`;
}

function duration(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7200 ? `${shortNumber(seconds / 60)} min` : `${shortNumber(seconds / 3600)} h`;
}
