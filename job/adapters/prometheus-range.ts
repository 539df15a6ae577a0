/** Range queries: their grid, their limits, and the parsing of their answers. */
import { type EpochSeconds, pluralize, type Seconds } from "../core/units.ts";
import { HistoryError } from "./errors.ts";
import { AnswerError, parseRange, type RangeAnswer } from "./prometheus-answer.ts";
import type { PrometheusAnswer, PrometheusHttp } from "./prometheus-http.ts";

/** Requests a path of Prometheus. */
export type Ask = PrometheusHttp["ask"];

/** Prometheus refuses range queries of more points per series. */
const MAX_POINTS = 11_000;

/** The largest range answer in bytes: a sample is 25 to 48 bytes. A few more series fit, so that they can be counted and named. */
function bytesOf(points: number): number {
  return 256 * 1024 + points * 64 * 4;
}

/** The times of a range query, both ends included. */
export interface RangeTimes {
  readonly start: EpochSeconds;
  readonly end: EpochSeconds;
  readonly step: Seconds;
  readonly points: number;
}

/** Reads a query over the `history` seconds before `now`. `reach`: how old the newest sample of a point is at most; absent: the text of the query tells. Throws HistoryError. */
export type RangeReader = (
  ask: Ask,
  query: string,
  now: EpochSeconds,
  history: Seconds,
  step: Seconds,
  reach?: Seconds,
) => Promise<RangeAnswer>;

/** Reads the whole range. */
export const queryRange: RangeReader = (ask, query, now, history, step) =>
  queryTimes(ask, query, grid(now, history, step));

/** Reads the points at these times. Throws HistoryError. */
export async function queryTimes(ask: Ask, query: string, times: RangeTimes): Promise<RangeAnswer> {
  const { start, end, step, points } = times;
  if (points > MAX_POINTS) {
    throw new HistoryError(
      query,
      undefined,
      `${points * step} s in steps of ${step} s are ${pluralize(points, "point")}, but a query returns at most ${MAX_POINTS}: raise the step`,
    );
  }
  const form = { query, start: String(start), end: String(end), step: String(step) };
  const answer = await ask("/api/v1/query_range", form, { bytes: bytesOf(points) });
  return parsed(answer, (body) => parseRange(body, times));
}

/** The range of a query. Both ends are multiples of the step: runs see the same points, and caches can answer. */
export function grid(now: EpochSeconds, history: Seconds, step: Seconds): RangeTimes {
  const points = Math.max(1, Math.floor(history / step + 1e-9));
  const end = Math.floor(now / step + 1e-9) * step;
  return { start: end - (points - 1) * step, end, step, points };
}

/** Parses a body. The error's cause is dropped: its message quotes the body, in which a proxy may echo a credential. */
export function parsed<T>({ request, body, redact }: PrometheusAnswer, parse: (body: string) => T): T {
  try {
    return parse(body);
  } catch (error) {
    if (error instanceof AnswerError) throw new HistoryError(request, 200, redact(error.message));
    throw error;
  }
}
