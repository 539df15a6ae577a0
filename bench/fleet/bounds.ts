/** What a run over a fleet may take: the bounds by its size, and which of them a run broke. */
import type { FleetRun } from "./measure.ts";

/** A bound of a run whose targets are within a range. `hard`: it holds on a busy machine too, so breaking it fails the bench. */
export interface FleetBound {
  readonly targets: readonly [from: number, to: number];
  readonly what: string;
  readonly unit: string;
  readonly most: (run: FleetRun) => number;
  readonly value: (run: FleetRun) => number;
  readonly hard: boolean;
}

const [SMALL, LARGE] = [1000, 10_000];
const always = (most: number) => () => most;

/** All bounds. That of the memory is the limit of the base manifests. */
export const BOUNDS: readonly FleetBound[] = [
  { targets: [1, SMALL], what: "memory", unit: "MiB", most: always(192), value: (r) => r.memoryMb, hard: true },
  { targets: [SMALL + 1, LARGE], what: "memory", unit: "MiB", most: always(400), value: (r) => r.memoryMb, hard: true },
  { targets: [1, LARGE], what: "longest turn", unit: "ms", most: always(100), value: (r) => r.longestTurn, hard: true },
  { targets: [1, LARGE], what: "CPU", unit: "s", most: always(90), value: (r) => r.cpuSeconds, hard: false },
  { targets: [1, LARGE], what: "wall time", unit: "s", most: always(45), value: (r) => r.wallSeconds, hard: false },
  {
    targets: [1, LARGE],
    what: "first change",
    unit: "s",
    most: always(5),
    value: (r) => r.firstChange ?? 0,
    hard: false,
  },
  {
    targets: [1, LARGE],
    what: "API calls",
    unit: "",
    // a listed target is read by a call of its own
    most: (r) => r.changes + 60 + (r.found ? 0 : r.targets),
    value: (r) => r.calls,
    // after three minutes without a run the objects of the state are looked into once more, which only a busy machine makes
    hard: false,
  },
];

/** The bounds that hold for the size of a run. */
export function fleetBoundsOf({ targets }: FleetRun): readonly FleetBound[] {
  return BOUNDS.filter((bound) => targets >= bound.targets[0] && targets <= bound.targets[1]);
}

/** The bounds that a run broke. */
export function brokenBounds(run: FleetRun): readonly FleetBound[] {
  return fleetBoundsOf(run).filter(({ most, value }) => value(run) > most(run));
}

/** A bound with the measured value: "memory 212 MiB, at most 192". */
export function boundText(bound: FleetBound, run: FleetRun): string {
  return `${bound.what} ${valueText(bound, run)}, at most ${bound.most(run)}`;
}

function valueText({ unit, value }: FleetBound, run: FleetRun): string {
  return `${value(run).toFixed(value(run) < 10 ? 1 : 0)}${unit === "" ? "" : ` ${unit}`}`;
}

/** Every bound of a run in words, and whether it was kept. */
export function boundRowsOf(run: FleetRun) {
  return fleetBoundsOf(run).map((bound) => ({
    what: bound.what,
    value: valueText(bound, run),
    most: `${bound.most(run)}${bound.unit === "" ? "" : ` ${bound.unit}`}`,
    kept: bound.value(run) <= bound.most(run),
  }));
}
