/** Makes the chart's templates/_rules.tpl: the table's rules across fields, each actuator's object, and the flags of a run. `npm run docs` writes it. */
import { ACTUATORS } from "../job/adapters/actuators.ts";
import { commandsOf } from "../job/cli/options.ts";
import type { Comparison, Count, Field, Rule } from "../job/config/rules.ts";
import type { Group, Node } from "../job/config/schema.ts";
import { settingsIn } from "../job/config/settings.ts";
import { TABLE, type Table } from "../job/config/table.ts";
import { formatUnit } from "../job/config/units.ts";
import { isLeftOut } from "./helm-schema.ts";

/** A group as the templates have it: its variable, an expression for its path, and the target around it. */
interface At {
  readonly node: Group;
  readonly variable: string;
  /** Format of the path and the arguments of its `%`: `config.targets[%d]`, `$i`. */
  readonly format: string;
  readonly args: readonly string[];
  readonly outer: { readonly node: Group; readonly variable: string } | null;
}

const quote = (text: string) => JSON.stringify(text);
const indent = (lines: readonly string[]) => lines.map((line) => `  ${line}`);

/** Lines that check a group and all that lies in it. */
function checksOf(at: At, level: Rule["level"]): readonly string[] {
  const own = (at.node.rules ?? [])
    .filter((rule) => rule.level === level)
    .flatMap((rule) => ("fields" in rule ? countLines(rule, at) : comparisonLines(rule, at)));
  const below = Object.entries(at.node.fields).flatMap(([key, field]) =>
    isLeftOut(field) ? [] : fieldLines(key, field, at, level),
  );
  return [...own, ...below];
}

function fieldLines(key: string, field: Node, at: At, level: Rule["level"]): readonly string[] {
  const inner = `${at.variable}_${key}`;
  const from = `{{- with (get ${at.variable} ${quote(key)}) }}{{- ${inner} := . }}`;
  if (field.kind === "group") {
    const lines = checksOf({ ...at, node: field, variable: inner, format: `${at.format}.${key}` }, level);
    return lines.length === 0 ? [] : [from, ...indent(lines), "{{- end }}"];
  }
  const of = field.kind === "list" || field.kind === "dict" ? field.of : null;
  if (of?.kind !== "group") return [];
  const step = field.kind === "list" ? "[%d]" : ".%s";
  const lines = checksOf(
    { ...at, node: of, variable: inner, format: `${at.format}.${key}${step}`, args: [...at.args, `${inner}_at`] },
    level,
  );
  const range = `{{- range ${inner}_at, ${inner} := (get ${at.variable} ${quote(key)} | default ${field.kind === "list" ? "list" : "dict"}) }}`;
  return lines.length === 0 ? [] : [range, ...indent(lines), "{{- end }}"];
}

function countLines(rule: Count, at: At): readonly string[] {
  const hidden = rule.fields.filter((field) => isLeftOut(at.node.fields[field]!)).length;
  // a secret comes by a variable, which the chart does not see
  const allowed = [...Array(rule.fields.length + 1).keys()].filter((given) =>
    [...Array(hidden + 1).keys()].some((more) => rule.allowed.includes(given + more)),
  );
  const fields = rule.fields.map(quote).join(" ");
  const asked = `dict "in" ${at.variable} "fields" (list ${fields}) "allowed" (list ${allowed.join(" ")}) "says" ${quote(rule.says)}`;
  const path = rule.at === undefined ? at.format : `${at.format}.${rule.at}`;
  const line = told(`include "prophet-autoscaler.count" (${asked})`, path, at.args);
  // what stands elsewhere makes more of them, never fewer
  const nodes = Math.max(...rule.allowed) > 1 ? rule.fields.map((field) => at.node.fields[field]!) : [];
  return unlessElsewhere(nodes, [line]);
}

function comparisonLines(rule: Comparison, at: At): readonly string[] {
  const left = read(rule.left, at);
  const right =
    typeof rule.right === "number" ? { text: String(rule.right), unit: left?.unit, times: 1 } : read(rule.right, at);
  if (left === null || right === null) return [];
  const unit = left.unit ?? "text";
  const asked = `dict "is" ${quote(rule.is)} "unit" ${quote(unit)} "left" ${left.text} "right" ${right.text} "times" ${right.times} "says" ${quote(rule.says)}`;
  const line = told(`include "prophet-autoscaler.compare" (${asked})`, `${at.format}.${rule.left.field}`, at.args);
  const { unless } = rule;
  const nodes = [left.node, ...("node" in right ? [right.node] : []), ...(unless ? [at.node.fields[unless]!] : [])];
  if (unless === undefined) return unlessElsewhere(nodes, [line]);
  const without = [`{{- if not (hasKey ${at.variable} ${quote(unless)}) }}`, `  ${line}`, "{{- end }}"];
  return unlessElsewhere(nodes, without);
}

/** The lines, left out where a flag or a variable gives one of the nodes, which takes precedence over the file. */
function unlessElsewhere(nodes: readonly Node[], lines: readonly string[]): readonly string[] {
  const settings = settingsIn().filter(({ node }) => nodes.includes(node));
  const words = settings.flatMap(({ flag, variable }) => [...(flag === null ? [] : [`--${flag}`]), variable]);
  if (words.length === 0) return lines;
  const given = `include "prophet-autoscaler.elsewhere" (dict "root" $ "words" (list ${words.map(quote).join(" ")}))`;
  return [`{{- if not (${given}) }}`, ...indent(lines), "{{- end }}"];
}

/** What a helper says, if anything, is found at a path. */
function told(helper: string, path: string, args: readonly string[]): string {
  const words = [`printf ${quote(`${path}: %s`)}`, ...args, "."].join(" ");
  return `{{- with ${helper} }}{{- $found = append $found (${words}) }}{{- end }}`;
}

/** A field's value as a person wrote it; "" where it is not given and has no default. null: the chart has no such field. */
function read({ field, outer, times = 1 }: Field, at: At) {
  const from = outer === true ? at.outer! : at;
  const keys = field.split(".");
  const node = keys.reduce<Node | undefined>(
    (of, key) => (of?.kind === "group" ? of.fields[key] : undefined),
    from.node,
  );
  if (node === undefined) throw new Error(`${field} is not in the table`);
  if (isLeftOut(node)) return null;
  const unit = node.kind === "quantity" ? node.unit : undefined;
  const preset = node.kind === "quantity" && node.default !== undefined ? formatUnit(node.unit, node.default) : "";
  return { node, text: `(dig ${keys.map(quote).join(" ")} ${quote(preset)} ${from.variable})`, unit, times };
}

const COMPARE = `{{/* What to say where "left" and "right", "times" so much, do not compare as "is" says; empty where they do, or where one is not given. */}}
{{- define "prophet-autoscaler.compare" -}}
{{- $left := toString .left -}}
{{- $right := toString .right -}}
{{- $shown := $right -}}
{{- if ne .unit "text" -}}
  {{- $left = include "prophet-autoscaler.number" (dict "unit" .unit "value" .left "times" 1) -}}
  {{- $right = include "prophet-autoscaler.number" (dict "unit" .unit "value" .right "times" .times) -}}
  {{- if ne (int .times) 1 -}}{{- $shown = printf "%ss" $right -}}{{- end -}}
{{- end -}}
{{- if and (ne $left "") (ne $right "") -}}
  {{- $less := lt $left $right -}}
  {{- if ne .unit "text" -}}{{- $less = lt (float64 $left) (float64 $right) -}}{{- end -}}
  {{- $same := eq $left $right -}}
  {{- $holds := get (dict "<" $less "<=" (or $less $same) ">=" (not $less) "!=" (not $same)) .is -}}
  {{- if not $holds -}}
    {{- .says | replace "{left}" (toString .left) | replace "{right}" $shown -}}
  {{- end -}}
{{- end -}}
{{- end }}`;

const COUNT = `{{/* What to say where not an allowed number of the fields is given in "in". */}}
{{- define "prophet-autoscaler.count" -}}
{{- $given := 0 -}}
{{- $in := .in -}}
{{- range .fields -}}{{- if hasKey $in . -}}{{- $given = add $given 1 -}}{{- end -}}{{- end -}}
{{- if not (has (int $given) .allowed) -}}{{- .says -}}{{- end -}}
{{- end }}`;

const ELSEWHERE = `{{/* Whether one of the "words", flags and variables, is given beside the file, or may be by envFrom; empty where none is. */}}
{{- define "prophet-autoscaler.elsewhere" -}}
{{- $words := .words -}}
{{- $found := false -}}
{{- with .root.Values.cronJob -}}
{{- if .envFrom -}}{{- $found = true -}}{{- end -}}
{{- range .extraArgs -}}{{- if has (splitList "=" . | first) $words -}}{{- $found = true -}}{{- end -}}{{- end -}}
{{- range .env -}}{{- if has .name $words -}}{{- $found = true -}}{{- end -}}{{- end -}}
{{- end -}}
{{- if $found -}}true{{- end -}}
{{- end }}`;

const NUMBER = `{{/* A number as a person writes it (400m, 90%, 1h30m), in base units, "times" so much; empty where it is not given, or is a share of what the chart does not know. */}}
{{- define "prophet-autoscaler.number" -}}
{{- $text := toString .value -}}
{{- if and (ne $text "") (not (and (eq .unit "cores") (hasSuffix "%" $text))) -}}
{{- $number := 0.0 -}}
{{- if and (eq .unit "seconds") (regexMatch "[a-z]" $text) -}}
  {{- range regexFindAll "[0-9.]+(ms|[smhdw])" $text -1 -}}
    {{- $size := get (dict "ms" 0.001 "s" 1.0 "m" 60.0 "h" 3600.0 "d" 86400.0 "w" 604800.0) (regexFind "[a-z]+$" .) -}}
    {{- $number = addf $number (mulf (regexFind "^[0-9.]+" . | float64) $size) -}}
  {{- end -}}
{{- else if and (eq .unit "cores") (hasSuffix "m" $text) -}}
  {{- $number = divf (trimSuffix "m" $text | float64) 1000.0 -}}
{{- else if hasSuffix "%" $text -}}
  {{- $number = divf (trimSuffix "%" $text | float64) 100.0 -}}
{{- else -}}
  {{- $number = float64 $text -}}
{{- end -}}
{{- mulf $number .times -}}
{{- end -}}
{{- end }}`;

function define(table: Table, level: Rule["level"]): string {
  const run = checksOf({ node: table.run, variable: "$run", format: "config", args: [], outer: null }, level);
  const target = { node: table.target, variable: "$target" };
  const each = checksOf({ ...target, format: "config.targets[%d]", args: ["$i"], outer: target }, level);
  return [
    `{{/* What of the values the job would ${level === "refuse" ? "refuse" : "warn of"}, a line each. */}}`,
    `{{- define "prophet-autoscaler.${level}" -}}`,
    "{{- $found := list }}",
    "{{- $run := .Values.config }}",
    '{{- $targets := include "prophet-autoscaler.targets" . | fromYamlArray }}',
    ...run,
    "{{- range $i, $target := $targets }}",
    ...indent(each),
    "{{- end }}",
    '{{- join "\\n" $found }}',
    "{{- end }}",
  ].join("\n");
}

/** The objects of the actuators, as rules of a Role. */
function actuators(): string {
  const cases = Object.entries(ACTUATORS).map(([name, { object }], i) => {
    const of = (what: "group" | "resource") =>
      object.kind === undefined ? `{{ include "prophet-autoscaler.${what}" .scaleTargetRef }}` : object.kind[what];
    const sub = object.subresource === undefined ? "" : `/${object.subresource}`;
    const named = [...object.named]
      .reverse()
      .reduce((rest, field) => (rest === "" ? `.${field}` : `(.${field} | default ${rest})`), "");
    return [
      `{{- ${i === 0 ? "if" : "else if"} eq .actuator ${quote(name)} }}`,
      `- apiGroups: [${of("group")}]`,
      `  resources: [${of("resource")}${sub}]`,
      `  resourceNames: [{{ ${named} | quote }}]`,
      "  verbs: [get, patch]",
    ].join("\n");
  });
  return [
    "{{/* What the actuator of a target reads and sets, as a rule of a Role. */}}",
    '{{- define "prophet-autoscaler.actuator" -}}',
    ...cases,
    "{{- end }}",
    "{{- end }}",
  ].join("\n");
}

/** The names of the flags that a run takes. */
function flags(table: Table): string {
  const run = commandsOf(table).find(({ name }) => name === "run")!;
  return [
    "{{/* The flags of a run, as a JSON list. */}}",
    '{{- define "prophet-autoscaler.flags" -}}',
    JSON.stringify(run.options.map(({ flag }) => flag)),
    "{{- end }}",
  ].join("\n");
}

/** The text of templates/_rules.tpl. With it `helm template` refuses the settings that the job would refuse. */
export function rulesText(table: Table = TABLE): string {
  const note = "{{/* Generated by `npm run docs` from the tables in job/config and job/adapters; a test compares. */}}";
  return `${[note, NUMBER, COMPARE, COUNT, ELSEWHERE, actuators(), flags(table), define(table, "refuse"), define(table, "warn")].join("\n\n")}\n`;
}
