/** Reads a series file of any unambiguous form: its samples in seconds, and notes on how it was read. */
import { pluralize } from "../core/units.ts";
import { excerpt } from "./errors.ts";
import { AnswerError, parseRange, type RangeAnswer, rangeOfData } from "./prometheus-answer.ts";
import { parseSeriesCsv } from "./series-csv.ts";
import { sensibleTimes } from "./series-times.ts";

/** The content of a file. */
export interface SeriesFile extends RangeAnswer {
  /** What a person should know about how it was read, one sentence each. */
  readonly notes: readonly string[];
}

/** Reads the bytes of a file. Throws an AnswerError that names the file's format, and says how to convert it. */
export function parseSeriesFile(bytes: Uint8Array): SeriesFile {
  return parseSeries(textOf(bytes));
}

/** Reads the text of a file: CSV, or JSON as Prometheus' API, promtool or jq give it. Throws AnswerError. */
export function parseSeries(text: string): SeriesFile {
  const body = text.replace(/^\uFEFF/, "").trimStart();
  if (body === "") throw new AnswerError("it is empty");
  if (/^[[{]/.test(body)) {
    const answer = parseSeriesJson(body);
    return { ...answer, ...sensibleTimes(answer.samples, (i) => `sample ${i}`) };
  }
  const rows = parseSeriesCsv(body);
  const samples = {
    times: Float64Array.from(rows, ({ time }) => time),
    values: Float64Array.from(rows, ({ value }) => value),
  };
  const sensible = sensibleTimes(samples, (i) => `line ${rows[i]!.line}`);
  return { ...sensible, labels: {}, seriesCount: rows.length === 0 ? 0 : 1, partial: false, warnings: [] };
}

/** UTF-8, or UTF-16 as Windows' programs write it, with a mark or without. */
function textOf(bytes: Uint8Array): string {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) throw new AnswerError("it is compressed: gunzip it first");
  const mark = bytes.length > 1 ? (bytes[0]! << 8) | bytes[1]! : 0;
  const little = mark === 0xfffe || zerosIn(bytes, 1) > 0.4;
  const big = mark === 0xfeff || zerosIn(bytes, 0) > 0.4;
  const encoding = little ? "utf-16le" : big ? "utf-16be" : "utf-8";
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    throw new AnswerError("it is not text in UTF-8 or UTF-16: give CSV `timestamp,value`, or the JSON of query_range");
  }
}

/** Share of the first bytes, every second from `from` on, that are 0: half of the bytes of plain letters in UTF-16. */
function zerosIn(bytes: Uint8Array, from: number): number {
  const head = bytes.subarray(0, 200).filter((_, i) => i % 2 === from);
  return head.length === 0 ? 0 : head.filter((byte) => byte === 0).length / head.length;
}

const EXPECTED_FORMS =
  "wanted is the answer of query_range, its `data`, its list of results, or a list of [time, value]";

/** Parses the answer of query_range; its `data` alone; its list of results alone, as promtool prints it; one series; or a list of pairs. */
function parseSeriesJson(body: string): RangeAnswer {
  const json = jsonOf(body);
  if (isObject(json) && "status" in json) return parseRange(body);
  const data = dataIn(json);
  if (data === null)
    throw new AnswerError(`this JSON is of another form; ${EXPECTED_FORMS}; it begins ${excerpt(body, 60)}`);
  return rangeOfData(data);
}

function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new AnswerError(
      `${pluralize(body.length, "character that is", "characters that are")} not JSON (${excerpt(why, 100)}): ${excerpt(body, 80)}`,
    );
  }
}

/** The value of `data` in an answer; null if it is something else. */
function dataIn(json: unknown): object | null {
  if (Array.isArray(json)) {
    if (json.every(isSeries)) return matrix(json);
    return json.every(isPair) ? matrix([{ metric: {}, values: json }]) : null;
  }
  if (!isObject(json)) return null;
  if ("resultType" in json) return json;
  if (isSeries(json)) return matrix([json]);
  return Array.isArray(json.result) ? dataIn(json.result) : dataIn(json.data ?? null);
}

function matrix(result: readonly unknown[]): object {
  return { resultType: "matrix", result };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function isSeries(value: unknown): boolean {
  return isObject(value) && Array.isArray(value.values) && value.values.every(isPair);
}

function isPair(value: unknown): boolean {
  return Array.isArray(value) && value.length === 2;
}
