/** The rooms of job: which may import which, and which do. The test of the architecture and its picture share it. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";

const ROOT = join(import.meta.dirname, "..");

/** Room -> rooms it may import. A room may always import itself; job/ports.ts counts as `ports`, job/run.ts as `run`. */
export const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  "core/units": [],
  "core/result": [],
  "core/calendar": ["core/units"],
  "core/series": ["core/units", "core/result"],
  "core/forecast": ["core/units", "core/result", "core/series", "core/calendar"],
  "core/target": ["core/units", "core/forecast", "core/calendar"],
  "core/state": ["core/units", "core/result"],
  "core/policy": [
    "core/units",
    "core/result",
    "core/series",
    "core/forecast",
    "core/state",
    "core/target",
    "core/calendar",
  ],
  "core/tick": [
    "core/units",
    "core/result",
    "core/series",
    "core/forecast",
    "core/policy",
    "core/state",
    "core/target",
  ],
  ports: ["core/units", "core/series", "core/policy", "core/state", "core/target"],
  output: [],
  "in-parallel": [],
  run: ["ports", "core/*", "in-parallel"],
  config: ["core/*", "output"],
  adapters: ["ports", "core/*", "config", "in-parallel", "output"],
  replay: ["ports", "core/*", "run", "in-parallel"],
  report: ["ports", "core/*", "replay", "output"],
  cli: ["ports", "core/*", "run", "config", "adapters", "replay", "report", "output", "in-parallel"],
  main: ["cli", "compiled"],
  compiled: [],
  "kubectl-prophet": ["main"],
};

/** Files of a folder below the root, as paths from the root. */
export function filesOf(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((e) => e.isFile() && e.name.endsWith(".ts"))
    .map((e) => relative(ROOT, join(e.parentPath, e.name)));
}

/** What a file imports, also by `import()`. */
export function importsOf(text: string): string[] {
  return [...text.matchAll(/(?:from\s+|import\s*\(\s*|import\s+)"([^"]+)"/g)].map((m) => m[1]!);
}

/** job/core/policy/x.ts -> core/policy; job/run.ts -> run; job/core/tick.ts -> core/tick. */
export function roomOf(path: string): string {
  const parts = relative("job", path).replace(/\.ts$/, "").split("/");
  return parts[0] === "core" ? `core/${parts[1]}` : parts[0]!;
}

/** Every file of job with its text. */
export function filesOfJob(): readonly { readonly path: string; readonly text: string }[] {
  return filesOf("job").map((path) => ({ path, text: readFileSync(join(ROOT, path), "utf8") }));
}

/** The files of the project that a file imports, as paths from the root. */
export function neighboursOf({ path, text }: { readonly path: string; readonly text: string }): readonly string[] {
  return importsOf(text)
    .filter((i) => i.startsWith("."))
    .map((i) => normalize(join(dirname(path), i)));
}

/** Room -> the other rooms that its files import, sorted. */
export function imports(): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, Set<string>>();
  for (const file of filesOfJob()) {
    const from = roomOf(file.path);
    const to = found.get(from) ?? new Set();
    for (const path of neighboursOf(file)) if (roomOf(path) !== from) to.add(roomOf(path));
    found.set(from, to);
  }
  return new Map([...found].map(([room, to]) => [room, [...to].sort()]));
}

/** The edges without those that follow from others: `a -> c` where `a -> b -> c` is there too. For a graph without cycles. */
export function reduced(graph: ReadonlyMap<string, readonly string[]>): readonly (readonly [string, string])[] {
  const reaches = (from: string, to: string): boolean =>
    (graph.get(from) ?? []).some((next) => next === to || reaches(next, to));
  return [...graph].flatMap(([from, list]) =>
    list.filter((to) => !list.some((other) => other !== to && reaches(other, to))).map((to) => [from, to] as const),
  );
}
