/** Makes docs/output.md: what each command prints with --json, as a table of fields from its JSON Schema. */
import type { Json } from "../job/config/json-schema.ts";
import { markdownTable } from "./markdown.ts";
import { ANSWERS, outputSchema } from "./output-schema.ts";

/** The schemas, as far as the page reads them. */
interface Shape {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly string[];
  readonly const?: unknown;
  readonly format?: string;
  readonly description?: string;
  readonly anyOf?: readonly Shape[];
  readonly items?: Shape;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly additionalProperties?: Shape;
  readonly required?: readonly string[];
}

/** More words than this are a link to the page that lists them. */
const WORDS = 6;

/** Titles of the parts that several answers share. */
const PARTS: Readonly<Record<string, string>> = {
  outcome: "An outcome",
  explained: "An explained target",
  past: "A past decision",
  metric: "A metric",
  forecast: "A forecast",
  stage: "A stage",
  remembered: "What is remembered",
};

/** What a part is where a field is one of it. */
const ABOUT: Readonly<Record<string, string>> = {
  forecast: "The forecast that the decision rests on; null: none.",
  remembered: "What is remembered; null: nothing.",
};

const anchor = (title: string): string => title.toLowerCase().replaceAll(" ", "-");
const nullable = ({ anyOf }: Shape): boolean => anyOf?.some(({ type }) => type === "null") === true;
/** The schema itself, where null may stand in its place. */
const bare = (shape: Shape): Shape => (nullable(shape) ? shape.anyOf!.find(({ type }) => type !== "null")! : shape);

function typeOf(shape: Shape): string {
  const inner = bare(shape);
  const or = nullable(shape) ? " or null" : "";
  if (inner.$ref !== undefined) {
    const title = PARTS[inner.$ref.split("/").at(-1)!]!;
    return `[${title.toLowerCase()}](#${anchor(title)})${or}`;
  }
  if (inner.enum !== undefined)
    return inner.enum.length > WORDS ? "a word" : inner.enum.map((word) => `\`${word}\``).join(", ");
  if (inner.const !== undefined) return `\`${inner.const}\``;
  if (inner.type === "array") return `list of ${typeOf(inner.items!)}${or}`;
  if (inner.format === "date-time") return "time";
  const names: Readonly<Record<string, string>> = { integer: "whole number", string: "text", boolean: "true, false" };
  return `${names[String(inner.type)] ?? inner.type}${or}`;
}

/** The rows of an object's fields; of objects inside it too, with their path. Optional fields end in `?`. */
function rowsOf(shape: Shape, path = ""): (readonly string[])[] {
  return Object.entries(shape.properties ?? {}).flatMap(([name, field]) => {
    const own = `${path}${name}${shape.required?.includes(name) ? "" : "?"}`;
    const inner = bare(field);
    const about = inner.description ?? (inner.$ref === undefined ? "" : ABOUT[inner.$ref.split("/").at(-1)!]);
    const row = [`\`${own}\``, typeOf(field), about ?? ""];
    if (inner.properties !== undefined) return [row, ...rowsOf(inner, `${own}.`)];
    if (inner.items?.properties !== undefined) return [row, ...rowsOf(inner.items, `${own}[].`)];
    if (inner.additionalProperties?.properties !== undefined)
      return [row, ...rowsOf(inner.additionalProperties, `${own}.NAME.`)];
    return [row];
  });
}

/** The names of the fields that docs/output.md documents for one answer or part, without the marks of optional ones. */
export function documentedFields(name: string): ReadonlySet<string> {
  const { $defs } = outputSchema() as unknown as { readonly $defs: Readonly<Record<string, Shape>> };
  return new Set(rowsOf($defs[name]!).map(([field]) => field!.replace(/[`?]/g, "")));
}

/** A part that has every field of an outcome shows only those that it has beside them. */
function section(title: string, shape: Shape, outcome: Shape): string {
  const shared = new Set(shape === outcome ? [] : Object.keys(outcome.properties!));
  const wider = [...shared].every((name) => name in shape.properties!) && shared.size > 0;
  const own = Object.entries(shape.properties!).filter(([name]) => !wider || !shared.has(name));
  const rows = rowsOf({ ...shape, properties: Object.fromEntries(own) });
  const more = wider ? ` All fields of [an outcome](#${anchor(PARTS.outcome!)}), and these.` : "";
  return `## ${title}\n\n${shape.description}${more}\n\n${markdownTable(["field", "type", "meaning"], rows)}`;
}

/** docs/output.md as Markdown. `generated` is the comment that names the command which writes the page. */
export function outputPage(generated: string): string {
  const { $defs } = outputSchema() as unknown as { readonly $defs: Readonly<Record<string, Shape>> };
  const answers = Object.keys(ANSWERS as Readonly<Record<string, Json>>);
  return `${[
    "# JSON output",
    generated,
    "With `--json` a command prints one JSON object on stdout, and nothing else there. `docs/output.schema.json` is its JSON Schema, which tests compare with real answers.",
    "New fields may come in any version. Those that are here stay, with their meaning. A `?` marks a field that may be absent.",
    "```sh\nnode dist/job.js --once --history-file fixtures/recorded/sine.json --replicas 4 --target-cpu 50m --dry-run --json | jq '.targets[0].to'\n```",
    ...answers.map((name) => section(name === "run" ? "The run" : `\`${name}\``, $defs[name]!, $defs.outcome!)),
    ...Object.entries(PARTS).map(([name, title]) => section(title, $defs[name]!, $defs.outcome!)),
  ].join("\n\n")}\n`;
}
