/** Writes fixtures/kubernetes/fields.json: the fields of the kinds that the manifests use, in each Kubernetes from 1.25 on. `node test/kubernetes/make-fields.ts VERSION...`, by hand. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ApiField, ApiFields } from "./fields.ts";

const FILE = join(import.meta.dirname, "../../fixtures/kubernetes/fields.json");
const GROUPS = ["core/v1", "apps/v1", "batch/v1", "networking/v1", "rbac/v1", "autoscaling/v2"];
const KINDS: Readonly<Record<string, string>> = {
  "v1 ConfigMap": "core/v1.ConfigMap",
  "v1 Namespace": "core/v1.Namespace",
  "v1 Pod": "core/v1.Pod",
  "v1 Service": "core/v1.Service",
  "v1 ServiceAccount": "core/v1.ServiceAccount",
  "apps/v1 Deployment": "apps/v1.Deployment",
  "apps/v1 StatefulSet": "apps/v1.StatefulSet",
  "autoscaling/v2 HorizontalPodAutoscaler": "autoscaling/v2.HorizontalPodAutoscaler",
  "batch/v1 CronJob": "batch/v1.CronJob",
  "networking.k8s.io/v1 NetworkPolicy": "networking/v1.NetworkPolicy",
  "rbac.authorization.k8s.io/v1 Role": "rbac/v1.Role",
  "rbac.authorization.k8s.io/v1 RoleBinding": "rbac/v1.RoleBinding",
};

/** Structs of a Go file: name -> [field's JSON name ("" when inlined), Go type, its comment]. */
function structsOf(source: string): Map<string, (readonly [string, string, string])[]> {
  const found = new Map<string, (readonly [string, string, string])[]>();
  for (const [, name, body] of source.matchAll(/^type (\w+) struct \{\n([\s\S]*?)^\}/gm)) {
    const fields = body!.matchAll(
      /((?:^\t\/\/.*\n)*)^\t(?:(\w+) +)?([\w.*[\]]+) +`json:"([^",]*)(?:,([^"]*))?"[^`]*`/gm,
    );
    found.set(
      name!,
      [...fields].map(([, comment, , type, json]) => [json!, type!, comment!] as const),
    );
  }
  return found;
}

/** How a field's Go type is written in JSON: a struct by its full name, anything else by what it is. */
function typeOf(go: string, group: string, structs: ReadonlyMap<string, unknown>): string {
  const bare = go.replace(/^(\*|\[\])+/, "");
  const list = go.includes("[]") && !go.endsWith("[]byte") ? "[]" : "";
  if (bare.startsWith("map[") || bare === "ResourceList") return "map";
  const [alias, name] = bare.includes(".") ? bare.split(".") : [null, bare];
  const home = alias === null ? group : /^(core)?v1$/.test(alias!) ? "core/v1" : null;
  const full = `${home}.${name}`;
  if (home !== null && structs.has(full)) return `${list}${full}`;
  if (/^(u?int|float)\d*$/.test(bare)) return `${list}number`;
  if (bare === "bool") return `${list}boolean`;
  // of other packages (meta/v1, quantities, a number or a text), else a text that has a name
  return list + (bare.includes(".") ? "any" : "string");
}

function collect(version: string, into: Map<string, Map<string, ApiField>>): string {
  const minor = version.replace(/^v0\.(\d+)\..*/, "1.$1");
  const folder = JSON.parse(
    execFileSync("go", ["mod", "download", "-json", `k8s.io/api@${version}`], { encoding: "utf8", cwd: tmpdir() }),
  ).Dir as string;
  const structs = new Map<string, readonly (readonly [string, string, string])[]>();
  for (const group of GROUPS) {
    const source = readFileSync(join(folder, group, "types.go"), "utf8");
    for (const [name, fields] of structsOf(source)) structs.set(`${group}.${name}`, fields);
  }
  const flat = (name: string): readonly (readonly [string, string, string])[] =>
    structs.get(name)!.flatMap(([json, type, comment]) => {
      const inlined = typeOf(type, name.split(".")[0]!, structs);
      return json === "" && structs.has(inlined) ? flat(inlined) : [[json, type, comment] as const];
    });
  const seen = new Set<string>();
  const visit = (name: string): void => {
    if (seen.has(name)) return;
    seen.add(name);
    const fields = into.get(name) ?? new Map<string, ApiField>();
    into.set(name, fields);
    for (const [json, go, comment] of flat(name)) {
      if (json === "" || json === "status") continue;
      const type = typeOf(go, name.split(".")[0]!, structs);
      // the markers of declarative validation have an alpha and a beta of their own
      const told = comment.replace(/^\t\/\/ *\+k8s:.*$/gm, "");
      const gated = /\+featureGate|\balpha\b|feature gate/i.test(told) ? [minor] : [];
      const known = fields.get(json);
      const all = [...(known?.gated ?? []), ...gated];
      fields.set(json, { type, since: known?.since ?? minor, ...(all.length === 0 ? {} : { gated: all }) });
      const inner = type.replace("[]", "");
      if (structs.has(inner)) visit(inner);
    }
  };
  for (const name of Object.values(KINDS)) visit(name);
  return minor;
}

const types = new Map<string, Map<string, ApiField>>();
const versions = process.argv.slice(2).map((version) => collect(version, types));
if (versions.length === 0) throw new Error("make-fields.ts v0.25.9 v0.26.9 ...: versions of k8s.io/api, oldest first");
const plain = Object.fromEntries(
  [...types].sort().map(([name, fields]) => [name, Object.fromEntries([...fields].sort())]),
);
const table: ApiFields = { versions, kinds: KINDS, types: plain };
const lines = Object.entries(plain).map(([name, fields]) => `    ${JSON.stringify(name)}: ${JSON.stringify(fields)}`);
const head = `{\n  "versions": ${JSON.stringify(table.versions)},\n  "kinds": ${JSON.stringify(table.kinds)},\n  "types": {\n`;
writeFileSync(FILE, `${head}${lines.join(",\n")}\n  }\n}\n`);
console.log(`${existsSync(FILE) ? FILE : ""}: ${types.size} types in ${versions.join(" ")}`);
