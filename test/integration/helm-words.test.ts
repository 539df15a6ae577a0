/** Names that YAML takes for a number, a truth or nothing: a release, a namespace or an account may be called 123 or null, and every object must still say so as text. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { skip } from "../cluster/available.ts";
import { everyValue } from "./every-value.ts";
import { chart, type Helm, missingHelm, objectsOf, startHelm } from "./helm-program.ts";

/** The values of everyValue with all objects made, and targets and labels of another namespace. */
const values = {
  ...everyValue,
  openshift: false,
  rbac: { create: true },
  serviceAccount: { ...everyValue.serviceAccount, create: true },
  config: {
    ...everyValue.config,
    discover: [{ namespaces: ["found"], labelSelector: "team=shop" }],
    targets: [
      { scaleTargetRef: { name: "web" }, targetCpu: 1, namespace: "elsewhere" },
      { scaleTargetRef: { kind: "Ox", apiVersion: "x.io/v1", name: "ox", resource: "oxen" }, targetCpu: 1 },
      { scaleTargetRef: { kind: "StatefulSet", name: "floor" }, targetCpu: 1, actuator: "hpa", hpaName: "web-hpa" },
    ],
  },
};

type Path = readonly (string | number)[];

function textsIn(value: unknown, path: Path = []): Path[] {
  if (typeof value === "string") return [path];
  if (value === null || typeof value !== "object") return [];
  const entries = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return entries.flatMap(([key, field]) => textsIn(field, [...path, key]));
}

function withText(value: unknown, [first, ...rest]: Path, text: string): unknown {
  if (first === undefined) return text;
  const copy = (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<string | number, unknown>;
  copy[first] = withText(copy[first], rest, text);
  return copy;
}

/** The same with the kind of each leaf in its place, and keys that are names left out. */
function formOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(formOf);
  if (value === null || typeof value !== "object") return value === null ? "null" : typeof value;
  return Object.entries(value).map(([key, field]) => [key, formOf(field)]);
}

describe.skipIf(skip(missingHelm()))("a word that YAML would not take for text", () => {
  let helm: Helm;
  beforeAll(async () => {
    helm = await startHelm();
  });
  afterAll(() => helm?.stop());

  const accepts = new Ajv2020({ strict: false, validateFormats: false }).compile(
    JSON.parse(readFileSync(join(chart, "values.schema.json"), "utf8")) as object,
  );
  /** A word for both that no schema tells from the odd one is put wherever both may stand. */
  const places = (word: string) =>
    textsIn(values).filter((path) => [word, "plain"].every((text) => accepts(withText(values, path, text))));

  const render = async (word: string, at: readonly Path[]) => {
    const file = join(helm.dir, "values.json");
    writeFileSync(file, JSON.stringify(at.reduce((all: unknown, path) => withText(all, path, word), values)));
    return objectsOf(await helm("template", word, chart, "-n", word, "--values", file));
  };

  test.each(["123", "1e3", "0x1f", "true", "on", "null"])("%s: the same objects as of a plain word", async (word) => {
    const at = places(word);
    expect(at.length).toBeGreaterThan(10);
    expect(formOf(await render(word, at))).toEqual(formOf(await render("plain", at)));
  });
});
