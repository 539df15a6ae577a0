/** Parses the JSON of Prometheus' HTTP API (range and instant answers, errors, warnings) and rejects anything else by name. */

import { timeUnit } from "../core/series/implausible.ts";
import type { Samples } from "../core/series/types.ts";
import { type EpochSeconds, pluralize, type Seconds } from "../core/units.ts";
import { excerpt } from "./errors.ts";
import { JsonBoundsError, parseJson } from "./http/json.ts";

/** A range answer: the samples of its first series, and how many series there were. */
export interface RangeAnswer {
  readonly samples: Samples;
  /** Labels of the first series. */
  readonly labels: Readonly<Record<string, unknown>>;
  readonly seriesCount: number;
  /** Whether the answer had warnings, or said that it is partial. */
  readonly partial: boolean;
  readonly warnings: readonly string[];
}

/** One instant value with the time at which the server evaluated it. */
export interface InstantAnswer {
  readonly at: EpochSeconds;
  readonly value: number;
}

/** An answer that is not what the API promises. */
export class AnswerError extends Error {
  override readonly name = "AnswerError";
}

interface Envelope {
  readonly data: { readonly resultType: unknown; readonly result: unknown };
  readonly warnings: readonly string[];
  readonly partial: boolean;
}

/** A range query: at most `points` samples, from `start` to `end` (epoch seconds). */
export interface RangeRequest {
  readonly start: EpochSeconds;
  readonly end: EpochSeconds;
  readonly step: Seconds;
  readonly points: number;
}

const ANYTHING: RangeRequest = {
  start: Number.NEGATIVE_INFINITY,
  end: Number.POSITIVE_INFINITY,
  step: 0,
  points: Number.POSITIVE_INFINITY,
};

/** How PromQL begins its advice, which some servers put among the warnings: "metric might not be a counter". */
const INFO = /^\s*PromQL info:/i;

/** The samples of a `query_range` body, and no others than were requested. Throws AnswerError. */
export function parseRange(body: string, request: RangeRequest = ANYTHING): RangeAnswer {
  // a list for each sample; room for a few series more, and for thousands that are nearly empty
  return rangeOf(open(body, 4 * request.points + 20_000), request);
}

/** The samples of an answer's `data`. Throws AnswerError. */
export function rangeOfData(data: object): RangeAnswer {
  return rangeOf({ data: data as Envelope["data"], warnings: [], partial: false }, ANYTHING);
}

/** The rows of a result of this type. Throws AnswerError. */
function listOf({ resultType, result }: Envelope["data"], type: "matrix" | "vector"): readonly unknown[] {
  if (resultType !== type) throw new AnswerError(`resultType must be "${type}", got ${JSON.stringify(resultType)}`);
  if (Array.isArray(result)) return result;
  throw new AnswerError(`data.result must be a list, got ${excerpt(JSON.stringify(result) ?? "nothing", 40)}`);
}

function rangeOf({ data, warnings, partial }: Envelope, request: RangeRequest): RangeAnswer {
  const result = listOf(data, "matrix");
  const first: unknown = result[0];
  const samples =
    first === undefined ? { times: new Float64Array(0), values: new Float64Array(0) } : series(first, request);
  const labels = (first as { metric?: Readonly<Record<string, unknown>> | null } | undefined)?.metric ?? {};
  return { samples, labels, seriesCount: result.length, partial, warnings };
}

/** The single value of an instant answer (vector of one, or scalar); null: it is empty. Throws AnswerError. */
export function parseInstant(body: string): InstantAnswer | null {
  const { data } = open(body, 1000);
  const pair: unknown =
    data.resultType === "vector" && Array.isArray(data.result)
      ? (data.result[0] as { value?: unknown } | undefined)?.value
      : data.result;
  if (data.resultType === "vector" && Array.isArray(data.result) && data.result.length === 0) return null;
  if (!Array.isArray(pair) || typeof pair[0] !== "number" || !Number.isFinite(pair[0])) {
    throw new AnswerError(`resultType ${JSON.stringify(data.resultType)} without a value`);
  }
  return { at: pair[0], value: sampleValue(pair[1]) };
}

/** One row of an instant vector. */
export interface LabelledValue {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** The rows of an instant vector. Throws AnswerError. */
export function parseVector(body: string): readonly LabelledValue[] {
  const { data } = open(body, 20_000);
  return listOf(data, "vector").map((row: unknown) => {
    const { metric, value } = (row ?? {}) as { metric?: unknown; value?: unknown };
    if (!Array.isArray(value)) throw new AnswerError("a row has no value");
    const labels = Object.entries(metric ?? {}).map(([label, text]) => [label, String(text)]);
    return { labels: Object.fromEntries(labels), value: sampleValue(value[1]) };
  });
}

/** A series of an answer, by its labels. */
export interface LabelledSeries {
  readonly labels: Readonly<Record<string, unknown>>;
  readonly samples: Samples;
}

/** The most lists and objects of an answer with many series: 4 MiB of samples are 105,000. */
const MAX_CONTAINERS = 120_000;

/** All series of a matrix between two times, and whether the answer said that some are missing. Throws AnswerError. */
export function parseMatrix(
  body: string,
  { start, end }: Pick<RangeRequest, "start" | "end">,
): { readonly series: readonly LabelledSeries[]; readonly partial: boolean } {
  const { data, partial } = open(body, MAX_CONTAINERS);
  const asked = { ...ANYTHING, start, end };
  const all = listOf(data, "matrix").map((row: unknown): LabelledSeries => {
    const { metric } = (row ?? {}) as { metric?: Readonly<Record<string, unknown>> | null };
    return { labels: metric ?? {}, samples: series(row, asked) };
  });
  return { series: all, partial };
}

/** What `Number` would read beside decimals no server sends: 0x10, 0b1, Infinity, an empty text. */
const DECIMAL = /^\s*[-+.\de]+\s*$/i;

/** A sample's value. The API sends strings, among them NaN, +Inf and -Inf. Throws AnswerError where it is not a number. */
export function sampleValue(raw: unknown): number {
  if (typeof raw === "number") return raw;
  if (raw === "NaN") return Number.NaN;
  if (raw === "+Inf" || raw === "Inf") return Number.POSITIVE_INFINITY;
  if (raw === "-Inf") return Number.NEGATIVE_INFINITY;
  const value = typeof raw === "string" && DECIMAL.test(raw) ? Number(raw) : Number.NaN;
  if (Number.isNaN(value))
    throw new AnswerError(`a value must be a number, got ${excerpt(JSON.stringify(raw) ?? "nothing", 40)}`);
  return value;
}

/** The message of an error answer (`{"status":"error",...}`), or the first characters of anything else. */
export function errorText(body: string): string {
  try {
    const parsed = parseJson(body, 1000) as { errorType?: unknown; error?: unknown } | null;
    if (typeof parsed?.error === "string") return `${String(parsed.errorType ?? "error")}: ${excerpt(parsed.error)}`;
  } catch {
    // not JSON: a proxy's page
  }
  return excerpt(body);
}

function open(body: string, containers: number): Envelope {
  let parsed: unknown;
  try {
    parsed = parseJson(body, containers);
  } catch (error) {
    if (error instanceof JsonBoundsError) throw new AnswerError(`the answer holds ${error.message}`);
    const why = error instanceof Error ? error.message : String(error);
    throw new AnswerError(
      `${pluralize(body.length, "character that is", "characters that are")} not JSON (${excerpt(why, 100)}): ${excerpt(body, 80)}`,
    );
  }
  const { status, data, warnings, isPartial, partial } = (parsed ?? {}) as Record<string, unknown>;
  if (status === undefined)
    throw new AnswerError(`this JSON is not a Prometheus response: it has no "status"; it begins ${excerpt(body, 80)}`);
  if (status !== "success")
    throw new AnswerError(`status is ${excerpt(JSON.stringify(status), 40)}: ${errorText(body)}`);
  if (typeof data !== "object" || data === null) throw new AnswerError("there is no data");
  // of a form that nobody knows it still says that something is wrong
  const said = [warnings ?? []]
    .flat()
    .map((warning) => (typeof warning === "string" ? warning : JSON.stringify(warning)));
  return {
    data: data as Envelope["data"],
    warnings: said,
    // warnings: Prometheus, Thanos, Mimir; isPartial: VictoriaMetrics. An info is advice on the query: nothing is missing
    partial: said.some((warning) => !INFO.test(warning)) || isPartial === true || partial === true,
  };
}

function series(raw: unknown, { start, end, step, points }: RangeRequest): Samples {
  const { values } = (raw ?? {}) as { values?: unknown };
  if (!Array.isArray(values)) throw new AnswerError("a series has no values (native histograms are not CPU)");
  // one more: where a source widens the range to whole steps
  if (values.length > points + 1)
    throw new AnswerError(`there must be at most ${pluralize(points + 1, "sample")}, got ${values.length}`);
  const slack = end - start + step;
  const times = new Float64Array(values.length);
  const numbers = new Float64Array(values.length);
  values.forEach((pair: unknown, i) => {
    if (!Array.isArray(pair)) throw new AnswerError(`sample ${i} is not a pair`);
    const time: unknown = pair[0];
    if (typeof time !== "number" || !Number.isFinite(time)) {
      throw new AnswerError(
        `the time of sample ${i} must be a number, got ${excerpt(JSON.stringify(time) ?? "nothing", 40)}`,
      );
    }
    // what is shifted a little is for the quality check to judge; a grid from 1970 to now would take gigabytes
    if (time < start - slack || time > end + slack) {
      const unit = timeUnit(Float64Array.of(time), end);
      const words = unit === null ? "" : `: are these ${unit}?`;
      throw new AnswerError(
        `sample ${i} is at ${time}, outside the requested ${start} to ${end} (seconds since 1970)${words}`,
      );
    }
    times[i] = time;
    numbers[i] = sampleValue(pair[1]);
  });
  return { times, values: numbers };
}
