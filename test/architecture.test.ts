/** Data flows one way: checks the table of allowed imports, the purity of the core, and the shape of the files. */
import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { describe, expect, it } from "vitest";
import { filesOf, filesOfJob, importsOf, MAY_IMPORT, neighboursOf, roomOf } from "./rooms.ts";

const ROOT = join(import.meta.dirname, "..");

/** Packages that one room alone may import. */
const ONE_ROOM: Readonly<Record<string, RegExp>> = {
  axios: /^adapters\/prometheus/,
  "@kubernetes/client-node": /^adapters\/kubernetes/,
  "@smithy/signature-v4": /^adapters\/auth\//,
  "@aws-sdk/credential-providers": /^adapters\/auth\//,
  "google-auth-library": /^adapters\/auth\//,
  "@azure/identity": /^adapters\/auth\//,
  "date-holidays": /^config\/public-holidays/,
  yargs: /^cli\//,
  yaml: /^(config|cli)\/|^adapters\/own-namespace/,
  "@observablehq/plot": /^report\//,
  linkedom: /^report\//,
  "@opentelemetry/otlp-transformer": /^adapters\/metrics-otlp/,
  pbf: /^adapters\/metrics-remote-write/,
  snappyjs: /^adapters\/metrics-remote-write/,
  "prom-client": /^adapters\/metrics-text/,
  uplot: /^report\/page\/browser\//,
  "@resvg/resvg-js": /^report\//,
};

/** Words that make a result depend on something else than the arguments. */
const IMPURE =
  /\bprocess\.|\bconsole\.|\bDate\b(?!\.UTC\()|\bfetch\(|\bset(Timeout|Interval|Immediate)\(|Math\.random|\bperformance\./;

function isAllowed(from: string, to: string): boolean {
  const list = MAY_IMPORT[from] ?? [];
  return from === to || list.includes(to) || (to.startsWith("core/") && list.includes("core/*"));
}

/** The names that a file declares and exports; overloads count once. */
function exportsOf(text: string): ReadonlySet<string> {
  const declared =
    /^export (?:declare )?(?:async )?(?:function\*?|const|let|(?:abstract )?class|interface|type|enum) (\[[^\]]*\]|\w+)/gm;
  return new Set([...text.matchAll(declared)].flatMap(([, names]) => names!.match(/\w+/g) ?? []));
}

const job = filesOfJob();

describe("the house", () => {
  it("knows every room", () => {
    const rooms = new Set(job.map((f) => roomOf(f.path)));
    expect([...rooms].filter((r) => !(r in MAY_IMPORT))).toEqual([]);
  });

  it("lets data flow one way only", () => {
    const wrong = job.flatMap(({ path, text }) =>
      neighboursOf({ path, text })
        .filter((target) => !isAllowed(roomOf(path), roomOf(target)))
        .map((target) => `${path} imports ${target}`),
    );
    expect(wrong).toEqual([]);
  });

  it("has no import cycles", () => {
    const edges = new Map(job.map((file) => [file.path, neighboursOf(file)]));
    const done = new Set<string>();
    const cycles: string[] = [];
    const visit = (file: string, trail: string[]): void => {
      if (trail.includes(file)) cycles.push([...trail.slice(trail.indexOf(file)), file].join(" -> "));
      if (done.has(file) || trail.includes(file)) return;
      for (const next of edges.get(file) ?? []) visit(next, [...trail, file]);
      done.add(file);
    };
    for (const file of edges.keys()) visit(file, []);
    expect(cycles).toEqual([]);
  });

  it("keeps each outside package in its one room", () => {
    const wrong = job.flatMap(({ path, text }) =>
      importsOf(text)
        .filter((i) => i in ONE_ROOM && !ONE_ROOM[i]!.test(relative("job", path)))
        .map((i) => `${path} imports ${i}`),
    );
    expect(wrong).toEqual([]);
  });

  it("keeps the core and the simulated HPA pure", () => {
    const pure = job.filter((f) => f.path.startsWith("job/core/") || f.path.startsWith("job/replay/hpa/"));
    expect(pure.length).toBeGreaterThan(5);
    const wrong = pure.flatMap(({ path, text }) => {
      const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, "").replace(/"[^"\n]*"|`[^`]*`/g, '""');
      const node = importsOf(text).filter((i) => i.startsWith("node:"));
      const word = IMPURE.exec(code)?.[0];
      return [...node.map((i) => `${path} imports ${i}`), ...(word ? [`${path} uses ${word}`] : [])];
    });
    expect(wrong).toEqual([]);
  });

  it("leaves `process` to the two entries, and to what loads their program", () => {
    const entries = ["job/main.ts", "job/kubectl-prophet.ts", "job/compiled.ts"];
    const wrong = job
      .filter((f) => !entries.includes(f.path))
      .filter((f) => /\bprocess\.|from "node:process"/.test(f.text.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, "")))
      .map((f) => f.path);
    expect(wrong).toEqual([]);
  });

  it("names types and constants by what they hold, not by a verb", () => {
    // limits are MIN_ and MAX_; a type is a thing; what the field has a word for has that word: recommendation, loss penalty, sinusoids, cold start tier
    const coined =
      /\bconst \[?(?:\w+, )*(?:MOST|LEAST|\w*[A-Z]EST|MOST_\w+|LEAST_\w+|[A-Z]+EST_\w+|KEPT|AT_ONCE|ENOUGH|FADE)\b|\b(?:interface|type|class) (?:Seen|Look|Got|Asked|Told|Bought|Stake|Stands|Tried|Played|Play)\b|\b(?:const|let|function|readonly) \[?(?:wish\w*|handicap\w*|precedent\w*|leadNow|tones?|rung|bought)\b/g;
    const wrong = ["job", "stress-app", "scripts", "bench", "test"]
      .flatMap(filesOf)
      .flatMap((path) =>
        [...readFileSync(join(ROOT, path), "utf8").matchAll(coined)].map(([word]) => `${path}: ${word}`),
      );
    expect(wrong).toEqual([]);
  });

  it("gives each exported name one meaning", () => {
    // two things of one name are told apart by their import alone; two of one kind should be one
    const where = new Map<string, readonly string[]>();
    for (const path of ["job", "stress-app", "scripts", "bench", "test"].flatMap(filesOf)) {
      for (const name of exportsOf(readFileSync(join(ROOT, path), "utf8"))) {
        where.set(name, [...(where.get(name) ?? []), path]);
      }
    }
    const isEntry = (paths: readonly string[]) => paths.every((path) => /^bench\/[\w-]+\.ts$/.test(path));
    const twice = [...where].filter(([name, paths]) => paths.length > 1 && !(name === "main" && isEntry(paths)));
    expect(twice.map(([name, paths]) => `${name}: ${paths.join(", ")}`)).toEqual([]);
    expect(where.size).toBeGreaterThan(1500);
    // nor does a private type of the job take the name of an exported one
    const owner = (name: string) => where.get(name)?.find((path) => path.startsWith("job/"));
    const taken = job.flatMap(({ path, text }) =>
      [...text.matchAll(/^(?:interface|type|class) (\w+)/gm)]
        .filter(([, name]) => owner(name!) !== undefined)
        .map(([, name]) => `${path}: ${name} of ${owner(name!)}`),
    );
    expect(taken).toEqual([]);
  });

  it("exports nothing that tests alone use", () => {
    const words = (text: string) => text.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, "").match(/\b\w+\b/g) ?? [];
    const used = new Map<string, number>();
    for (const path of ["job", "stress-app", "scripts", "bench"].flatMap(filesOf))
      for (const word of words(readFileSync(join(ROOT, path), "utf8"))) used.set(word, (used.get(word) ?? 0) + 1);
    const unused = job.flatMap(({ path, text }) =>
      [...exportsOf(text)].filter((name) => used.get(name) === 1).map((name) => `${path}: ${name}`),
    );
    expect(unused).toEqual([]);
  });

  it("opens every file with its one responsibility, and keeps files readable", () => {
    const all = ["job", "stress-app", "scripts", "bench", "test"].flatMap(filesOf);
    const wrong = all.flatMap((path) => {
      const text = readFileSync(join(ROOT, path), "utf8");
      const lines = text.split("\n").length;
      const first = /^(#!.*\n)?\/(\*\*|\/) \S/.test(text) ? [] : [`${path}: no responsibility in its first line`];
      return lines > 260 ? [...first, `${path}: ${lines} lines`] : first;
    });
    expect(wrong).toEqual([]);
  });
});
