/** Reads the answers of real Prophet (made by test/oracle/prophet/make.py) and gives each case in the shape of our calls. */
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import type { Frame, ObservedFrame } from "../../../../job/core/forecast/prophet/frame.ts";
import type { ProphetOptions } from "../../../../job/core/forecast/prophet/options.ts";

/** What Prophet answered. yhat covers history and future, the other rows the future only. */
export interface ProphetAnswer {
  /** Whether Stan was run at all (Prophet skips it for a constant history). */
  readonly stan: boolean;
  readonly params: {
    readonly k: number;
    readonly m: number;
    readonly sigma_obs: number;
    readonly delta: readonly number[];
    readonly beta: readonly number[];
  };
  readonly objective: number | null;
  readonly changepoints_t: readonly number[];
  readonly yhat: readonly number[];
  readonly trend: readonly number[];
  readonly yhat_lower: readonly number[];
  readonly yhat_upper: readonly number[];
  readonly additive_terms: readonly number[];
  readonly multiplicative_terms: readonly number[];
}

/** One question and its answer. */
export interface GoldenCase {
  readonly name: string;
  readonly options: ProphetOptions;
  readonly history: ObservedFrame;
  readonly future: Frame;
  readonly prophet: ProphetAnswer;
}

type Times = readonly number[] | { readonly start: number; readonly step: number; readonly count: number };

function expand<F extends object>(rows: F & { readonly ds: Times }): F & { readonly ds: number[] } {
  const { ds } = rows;
  if ("start" in ds) return { ...rows, ds: Array.from({ length: ds.count }, (_, i) => ds.start + i * ds.step) };
  return { ...rows, ds: [...ds] };
}

/** Every case, and the versions that answered. */
export function readGoldens(): { readonly versions: Record<string, string>; readonly cases: readonly GoldenCase[] } {
  const file = new URL("../../../../fixtures/oracle/prophet/goldens.json.gz", import.meta.url);
  const { versions, cases } = JSON.parse(gunzipSync(readFileSync(file)).toString("utf8"));
  return {
    versions,
    cases: cases.map((c: GoldenCase) => ({
      ...c,
      history: expand(c.history as never),
      future: expand(c.future as never),
    })),
  };
}

/** Rows of history and future as one frame. */
export function wholeFrame(c: GoldenCase): Frame {
  const join = <T>(a: ArrayLike<T>, b: ArrayLike<T>): T[] => [...Array.from(a), ...Array.from(b)];
  const { history, future } = c;
  const columns = Object.entries(history.columns ?? {}).map(([name, values]) => {
    return [name, join<number | boolean>(values, future.columns![name]!)];
  });
  return {
    ds: join(history.ds, future.ds),
    ...(history.cap && { cap: join(history.cap, future.cap!) }),
    ...(history.floor && { floor: join(history.floor, future.floor!) }),
    columns: Object.fromEntries(columns),
  };
}

/** Largest difference, as a share of the range of the observations (of 1 where they do not vary). */
export function differenceOfRange(a: ArrayLike<number>, b: ArrayLike<number>, observed: ArrayLike<number>): number {
  const values = Array.from(observed);
  const range = Math.max(...values) - Math.min(...values) || 1;
  return Math.max(...Array.from(a, (v, i) => Math.abs(v - b[i]!))) / range;
}
