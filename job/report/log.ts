/** Structured log lines for stderr, as JSON or text; whatever looks like a credential is taken out before it is written. */

export type Level = "debug" | "info" | "warn" | "error";
export type Fields = Readonly<Record<string, unknown>>;

/** Writes one message with its fields. */
export type Log = (level: Level, message: string, fields?: Fields) => void;

export interface LogOptions {
  readonly level: Level;
  readonly format: "json" | "text";
  /** Seconds since 1970. */
  readonly now: () => number;
  readonly write: (line: string) => void;
  /** Values that must never be written, wherever they turn up. */
  readonly secrets: readonly string[];
}

const RANK: Readonly<Record<Level, number>> = { debug: 0, info: 1, warn: 2, error: 3 };
const HIDDEN = "[hidden]";
/** Field names whose values are credentials whatever they hold. */
const SECRET_FIELD = /authorization|token|password|passwd|secret|cookie|api-?key|x-scope-orgid|credential/i;
/** Credentials by their form: an Authorization value, user and password in a URL, a JSON web token. */
const SECRET_FORMS: readonly (readonly [RegExp, string])[] = [
  [/\b(Bearer|Basic)\s+[^\s"',;]+/gi, `$1 ${HIDDEN}`],
  [/(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/?#"']*@/gi, `$1${HIDDEN}@`],
  [/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, HIDDEN],
];

/** Takes secrets out of a text: the known values, and whatever has the form of one. */
export function redact(text: string, secrets: readonly string[]): string {
  // very short values would blank out ordinary words; nobody's password of 3 letters is saved by hiding it
  const known = secrets.filter((s) => s.length > 3).reduce((sum, secret) => sum.replaceAll(secret, HIDDEN), text);
  return SECRET_FORMS.reduce((sum, [form, to]) => sum.replace(form, to), known);
}

/** Takes secrets out of a value of any shape; errors become their name, message and causes. Cut at 6 levels, so cycles end. */
export function clean(value: unknown, secrets: readonly string[], depth = 0): unknown {
  if (typeof value === "string") return redact(value, secrets);
  if (typeof value === "bigint") return value.toString();
  if (typeof value === "function" || typeof value === "symbol") return undefined;
  if (typeof value !== "object" || value === null) return value;
  if (depth >= 6) return "[deeper]";
  if (value instanceof Error) {
    const cause = value.cause === undefined ? {} : { cause: clean(value.cause, secrets, depth + 1) };
    return { name: value.name, message: redact(value.message, secrets), ...cause };
  }
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (Array.isArray(value)) return value.map((item: unknown) => clean(item, secrets, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      SECRET_FIELD.test(key) && item !== undefined && item !== null ? HIDDEN : clean(item, secrets, depth + 1),
    ]),
  );
}

/** Makes the log. */
export function createLog(options: LogOptions): Log {
  return (level, message, fields = {}) => {
    if (RANK[level] < RANK[options.level]) return;
    const time = new Date(options.now() * 1000).toISOString();
    const safe = clean(fields, options.secrets) as Fields;
    const text = redact(message, options.secrets);
    options.write(
      options.format === "json"
        ? `${JSON.stringify({ time, level, message: text, ...renamed(safe) })}\n`
        : asText(level, text, safe),
    );
  };
}

/** The log's own names stay its own: a field called `level` comes out as `level_`. */
function renamed(fields: Fields): Fields {
  const entries = Object.entries(fields);
  return Object.fromEntries(entries.map(([k, v]) => [["time", "level", "message"].includes(k) ? `${k}_` : k, v]));
}

function asText(level: Level, message: string, fields: Fields): string {
  const more = Object.entries(fields)
    .filter(([, v]) => v !== undefined)
    .map(([k, v]) => ` ${k}=${typeof v === "string" && /^[\w./:-]+$/.test(v) ? v : JSON.stringify(v)}`);
  return `${level.toUpperCase().padEnd(5)} ${message}${more.join("")}\n`;
}
