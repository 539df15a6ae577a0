/** The reader's place in a section: the selected policy and decision, and the visible time. It needs no browser, so tests run without one. */
import type { PageDecision, PagePolicy, Section } from "./types.ts";

/** The reader's place, and the moves from it. Times in epoch seconds. */
export interface Timeline {
  readonly policy: PagePolicy | undefined;
  readonly decision: PageDecision | undefined;
  /** Index of the decision among its policy's. */
  readonly index: number;
  readonly from: number;
  readonly to: number;
  /** Selects a decision of this policy by its index, and moves the visible time where the decision lies outside. */
  readonly select: (index: number) => void;
  /** Selects the newest decision at or before a moment. */
  readonly pointAt: (t: number) => void;
  /** Selects the next decision in a direction that changed the number of pods. */
  readonly change: (direction: 1 | -1) => void;
  /** Selects another policy at the same moment. */
  readonly follow: (policy: number) => void;
  readonly zoom: (from: number, to: number) => void;
  /** Shows `factor` times as much time around the decision. */
  readonly scale: (factor: number) => void;
  readonly whole: () => void;
  /** Goes to a moment and shows half an hour before and after it. */
  readonly jump: (t: number) => void;
}

const AROUND = 1800;
/** The fewest visible steps. */
const MIN_STEPS = 4;

/** A reader at the first decision of the first policy, with the whole time in view. Calls `changed` after each move. */
export function createTimeline(section: Section, changed: () => void): Timeline {
  const { start, step, steps, policies } = section;
  const end = start + (steps - 1) * step;
  let [followed, index, from, to] = [0, 0, start, end];
  const list = () => policies[followed]?.decisions ?? [];

  const bound = (low: number, high: number): void => {
    const span = Math.min(Math.max(high - low, MIN_STEPS * step), end - start);
    from = Math.max(start, Math.min(low, end - span));
    to = Math.min(end, from + span);
  };
  const place = (wanted: number): void => {
    index = Math.max(0, Math.min(list().length - 1, wanted));
    const t = list()[index]?.t;
    const half = (to - from) / 2;
    if (t !== undefined && (t < from || t > to)) bound(t - half, t + half);
  };
  /** By bisection: a week has ten thousand decisions, and the pointer asks at every move. */
  const before = (t: number): number => {
    let [low, high] = [0, Math.max(0, list().length - 1)];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (list()[middle]!.t <= t + 1e-6) low = middle;
      else high = middle - 1;
    }
    return low;
  };
  const move = (work: () => void) => {
    const was = [followed, index, from, to].join();
    work();
    if ([followed, index, from, to].join() !== was) changed();
  };
  return {
    get policy() {
      return policies[followed];
    },
    get decision() {
      return list()[index];
    },
    get index() {
      return index;
    },
    get from() {
      return from;
    },
    get to() {
      return to;
    },
    select: (wanted) => move(() => place(wanted)),
    pointAt: (t) => move(() => place(before(t))),
    change: (direction) =>
      move(() => {
        let i = index + direction;
        while (i >= 0 && i < list().length && list()[i]!.from === list()[i]!.to) i += direction;
        if (i >= 0 && i < list().length) place(i);
      }),
    follow: (policy) =>
      move(() => {
        const t = list()[index]?.t ?? start;
        followed = policy;
        place(before(t));
      }),
    zoom: (low, high) => move(() => bound(low, high)),
    scale: (factor) =>
      move(() => {
        const middle = list()[index]?.t ?? (from + to) / 2;
        const half = ((to - from) * factor) / 2;
        bound(middle - half, middle + half);
      }),
    whole: () => move(() => bound(start, end)),
    jump: (t) =>
      move(() => {
        bound(t - AROUND, t + AROUND);
        place(before(t));
      }),
  };
}
