/** Reads the configuration file as one layer of settings. YAML errors name line and column but never quote the line, which may contain a secret. */
import { pluralize } from "../core/units.ts";
import { fileProblem } from "../output/file-problem.ts";
import { check, isRecord } from "./check.ts";
import type { FilePart } from "./resolve.ts";
import { secretsIn } from "./secrets.ts";
import { fileSchema, type Table } from "./table.ts";
import type { Issue } from "./types.ts";

/** The most bytes of a file: a ConfigMap has no more. */
const MAX_FILE_LENGTH = 1024 * 1024;
/** The most list items and fields. Each takes the parser 1.3 kB: 100,000 are 130 MB, where a run may have 192 MiB. A target has about ten. */
const MAX_ENTRIES = 50_000;
/** Later YAML errors follow from the first ones. */
const MAX_YAML_ISSUES = 3;

/** The meaning of each error code of the YAML library, whose own messages quote the source. */
const YAML_PROBLEMS: Readonly<Record<string, string>> = {
  ALIAS_PROPS: "an alias (*name) takes no anchor and no tag",
  BAD_ALIAS: "the name of an anchor or alias is not valid",
  BAD_COLLECTION_TYPE: "a tag does not fit its value",
  BAD_DIRECTIVE: "a line that begins with % is not understood",
  BAD_DQ_ESCAPE: "a backslash sequence within double quotes is not known; use single quotes to keep a backslash",
  BAD_INDENT: "the indentation is wrong, or a bracket is not closed",
  BAD_PROP_ORDER: "anchor and tag come before what they belong to",
  BAD_SCALAR_START: "a value begins with a reserved character; put it in quotes",
  BLOCK_AS_IMPLICIT_KEY: "a second `name:` on one line; put the value in quotes if the colon belongs to it",
  BLOCK_IN_FLOW: "a block cannot stand within brackets",
  DUPLICATE_KEY: "this field appears twice",
  KEY_OVER_1024_CHARS: "a name is longer than 1024 characters",
  MISSING_CHAR:
    "something is missing: a quote, a bracket, a comma, or the space after a colon; or the indentation is wrong",
  MULTILINE_IMPLICIT_KEY: "a name without its colon, or a value that goes on in the next line",
  MULTIPLE_ANCHORS: "a value has two anchors",
  MULTIPLE_DOCS: "the file holds several documents; keep what stands before the first ---",
  MULTIPLE_TAGS: "a value has two tags",
  NON_STRING_KEY: "a name is not a text",
  RESOURCE_EXHAUSTION: "it is nested too deeply",
  TAB_AS_INDENT: "a tab is used as indentation; use spaces",
  TAG_RESOLVE_FAILED: "a tag (!name) is not known",
  UNEXPECTED_TOKEN:
    "something stands where nothing is expected; look at the indentation, and put text with brackets in quotes",
};

/** What reading needs from outside. */
interface FileAccess {
  readonly readFile: (path: string) => Promise<string>;
  readonly learn?: (...secrets: readonly string[]) => void;
}

/** The layer of the file, or null if it cannot be read or is not YAML. An issue then says why. */
export async function readConfig(
  table: Table,
  path: string,
  { readFile, learn }: FileAccess,
  issues: Issue[],
): Promise<FilePart | null> {
  const name = JSON.stringify(path);
  let text: string;
  try {
    text = await readFile(path);
  } catch (error) {
    issues.push({ path: "--config", message: `${name} cannot be read: ${fileProblem(error)}.` });
    return null;
  }
  if (text.length > MAX_FILE_LENGTH) {
    issues.push({ path: "--config", message: `${name} is larger than 1 MiB, which no ConfigMap can hold.` });
    return null;
  }
  const entries = text.match(/[\n,[{]/g)?.length ?? 0;
  if (entries > MAX_ENTRIES) {
    const message = `${name} has ${pluralize(entries, "line and entry", "lines and entries")}, but at most ${MAX_ENTRIES} are read. Use several jobs.`;
    issues.push({ path: "--config", message });
    return null;
  }
  const content = await parseYaml(text, path, issues);
  if (content === null) return null;
  learn?.(...secretsIn(fileSchema(table), content.value).values);
  const inside = wrapperOf(content.value);
  if (inside !== null) {
    issues.push({ path: "--config", message: `${name} ${inside}` });
    return null;
  }
  // an editor's hint to the schema is not a setting
  const { $schema: _schema, ...rest } = isRecord(content.value) ? content.value : {};
  const whole = isRecord(content.value) ? rest : (content.value ?? {});
  return (check(fileSchema(table), whole, "", issues) ?? null) as FilePart | null;
}

/** What to do with a file that has the settings inside of something else; null for all others. */
function wrapperOf(content: unknown): string | null {
  if (!isRecord(content)) return null;
  if (content.kind === "ConfigMap") return "is a ConfigMap: give the text under `data` as a file of its own.";
  if (isRecord(content.config)) return "has the chart's values: give what stands under `config` as a file of its own.";
  return null;
}

async function parseYaml(text: string, path: string, issues: Issue[]): Promise<{ readonly value: unknown } | null> {
  // 18 ms that a run without a file does not pay
  const { LineCounter, parseDocument } = await import("yaml");
  const lineCounter = new LineCounter();
  try {
    // the library would print warnings itself, with the source
    const document = parseDocument(text, { prettyErrors: false, lineCounter, logLevel: "error" });
    const wrong = [...document.errors, ...document.warnings];
    const deep = wrong.find(({ code }) => code === "RESOURCE_EXHAUSTION");
    for (const { code, pos } of deep === undefined ? wrong.slice(0, MAX_YAML_ISSUES) : [deep]) {
      const { line, col } = lineCounter.linePos(pos[0]);
      issues.push({ path: `${path}:${line}:${col}`, message: `${YAML_PROBLEMS[code] ?? "this is not valid YAML"}.` });
    }
    return wrong.length > 0 ? null : { value: document.toJS({ maxAliasCount: 100 }) as unknown };
  } catch (error) {
    issues.push({ path, message: `${aliasProblem(error)}.` });
    return null;
  }
}

/** The problem of an alias: aliases are resolved last, and the library throws about them. */
function aliasProblem(error: unknown): string {
  if (error instanceof RangeError) return "is nested too deeply";
  const message = error instanceof Error ? error.message : "";
  if (/^Unresolved alias/.test(message)) return "uses an alias (*name) without an anchor (&name) before it";
  if (/^Excessive alias/.test(message)) return "uses its aliases (*name) too often; write the values out";
  return "is not valid YAML";
}
