/** Structured log lines for stderr, as JSON or text. Anything that looks like a credential is removed before it is written. */

import { pluralize } from "../core/units.ts";
import { oneLine } from "../output/escape.ts";
import { HIDDEN } from "../output/redactor.ts";

/** The level of a log line. */
export type Level = "debug" | "info" | "warn" | "error";
/** Named values of a log line. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Writes one message with its fields. */
export type Log = (level: Level, message: string, fields?: LogFields) => void;

/** What a log needs. */
export interface LogOptions {
  readonly level: Level;
  readonly format: "json" | "text";
  /** Seconds since 1970. */
  readonly now: () => number;
  readonly write: (line: string) => void;
  /** Removes secrets from a text. */
  readonly redact: (text: string) => string;
}

const RANK: Readonly<Record<Level, number>> = { debug: 0, info: 1, warn: 2, error: 3 };
/** Names of fields that always hold credentials. */
const SECRET_FIELD = /authorization|token|password|passwd|secret|cookie|api-?key|x-scope-orgid|credential/i;

/** Removes secrets from a value of any shape. Errors become their name, message and causes. Cut at 6 levels, so cycles end. */
export function withoutSecrets(value: unknown, redact: (text: string) => string, depth = 0): unknown {
  if (typeof value === "string") return redact(value);
  if (typeof value === "bigint") return value.toString();
  if (typeof value === "function" || typeof value === "symbol") return undefined;
  if (typeof value !== "object" || value === null) return value;
  if (depth >= 6) return "[deeper]";
  if (value instanceof Error) {
    const cause = value.cause === undefined ? {} : { cause: withoutSecrets(value.cause, redact, depth + 1) };
    return { name: value.name, message: redact(value.message), ...cause };
  }
  if (ArrayBuffer.isView(value)) return `[${pluralize(value.byteLength, "byte")}]`;
  if (Array.isArray(value)) return value.map((item: unknown) => withoutSecrets(item, redact, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      SECRET_FIELD.test(key) && item !== undefined && item !== null ? HIDDEN : withoutSecrets(item, redact, depth + 1),
    ]),
  );
}

/** Makes the log. */
export function createLog(options: LogOptions): Log {
  return (level, message, fields = {}) => {
    if (RANK[level] < RANK[options.level]) return;
    const time = new Date(options.now() * 1000).toISOString();
    const safe = withoutSecrets(fields, options.redact) as LogFields;
    const text = options.redact(message);
    options.write(
      options.format === "json"
        ? `${JSON.stringify({ time, level, message: text, ...renamed(safe) })}\n`
        : asText(level, oneLine(text), safe),
    );
  };
}

/** Renames fields that have the log's own names: `level` becomes `level_`. */
function renamed(fields: LogFields): LogFields {
  const entries = Object.entries(fields);
  return Object.fromEntries(entries.map(([k, v]) => [["time", "level", "message"].includes(k) ? `${k}_` : k, v]));
}

function asText(level: Level, message: string, fields: LogFields): string {
  const more = Object.entries(fields)
    .filter(([, v]) => v !== undefined)
    .map(([k, v]) => ` ${k}=${typeof v === "string" && /^[\w./:-]+$/.test(v) ? v : oneLine(JSON.stringify(v))}`);
  return `${level.toUpperCase().padEnd(5)} ${message}${more.join("")}\n`;
}
