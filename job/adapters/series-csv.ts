/** Parses CSV with the columns timestamp and value, as programs and spreadsheets write it. */
import { isCalendarDay } from "../config/calendar-day.ts";
import { pluralize } from "../core/units.ts";
import { AnswerError, sampleValue } from "./prometheus-answer.ts";

/** A row as it is in the file. */
export interface Row {
  readonly time: number;
  readonly value: number;
  /** Counted from 1, for messages. */
  readonly line: number;
}

/** The first column of a header. The second column may have any name. */
const TIME = /^(timestamp|time|ds|date|datetime)$/;
/** A date with its zone; without one it could be any of two dozen instants. */
const DATE = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?( ?Z|[+-]\d\d:?\d\d)?$/;
const ZONE = /(Z|[+-]\d\d:?\d\d)$/;

/**
 * Parses the text. Fields may be quoted, lines may end in CRLF, and commas, semicolons or tabs may separate. Throws AnswerError that names the
 * line.
 */
export function parseSeriesCsv(text: string): readonly Row[] {
  const lines = text.split(/\r\n|\n|\r/);
  const head = lines[0] ?? "";
  const separator = [";", "\t", ","].find((one) => fieldsOf(head, one).length > 1) ?? ",";
  const first = fieldsOf(head, separator);
  const headed = first.length === 2 && TIME.test(first[0]!.toLowerCase()) && !isNumber(first[1]!);
  if (!headed && !(first.length === 2 && first.every(isNumber))) throw new AnswerError(wrongHead(head, first));
  return lines.flatMap((line, i) => (line.trim() === "" || (headed && i === 0) ? [] : [rowOf(line, separator, i + 1)]));
}

function wrongHead(line: string, fields: readonly string[]): string {
  const { length } = fields;
  const value =
    Math.max(
      0,
      fields.findIndex((field) => /^value$/i.test(field)),
    ) || 1;
  const columns =
    length > 2 ? `, which has ${pluralize(length, "column")}; keep two, as \`cut -d, -f1,${value + 1}\` does` : "";
  return `line 1 must be the header timestamp,value, got ${JSON.stringify(line.slice(0, 40))}${columns}`;
}

/** Splits a line. No field of a series contains a separator or a line end, so quotes carry no meaning. */
function fieldsOf(line: string, separator: string): readonly string[] {
  return line.split(separator).map((field) =>
    field
      .trim()
      .replace(/^"(.*)"$/, "$1")
      .trim(),
  );
}

function rowOf(line: string, separator: string, number: number): Row {
  const fields = fieldsOf(line, separator);
  const [time = "", value = ""] = fields;
  if (DATE.test(time) && !ZONE.test(time)) {
    throw new AnswerError(
      `line ${number}: the time ${time} has no zone; write it with a Z or an offset, or as unix seconds`,
    );
  }
  if (DATE.test(time) && !isCalendarDay(time))
    throw new AnswerError(`line ${number}: the time ${time} is on a day that no calendar has`);
  const at = DATE.test(time) ? Date.parse(time.replace(" ", "T").replace(" Z", "Z")) / 1000 : Number(time || "none");
  if (fields.length > 2 || !Number.isFinite(at)) {
    const shown = JSON.stringify(line.slice(0, 60));
    throw new AnswerError(`line ${number} must be unix seconds and a number, got ${shown}`);
  }
  return { time: at, value: numberIn(value, separator, number), line: number };
}

/** A number; an empty value is a gap. Where semicolons separate, a comma is the decimal point of many countries. */
function numberIn(text: string, separator: string, line: number): number {
  if (text === "") return Number.NaN;
  const plain = separator === ";" && /^-?\d+,\d+$/.test(text) ? text.replace(",", ".") : text;
  try {
    return sampleValue(plain);
  } catch (error) {
    throw new AnswerError(`line ${line}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function isNumber(text: string): boolean {
  return text !== "" && Number.isFinite(Number(text));
}
