/** Reads a CPU profile of the minified bundle and assigns each sample to a part of the program. */
import { existsSync, readFileSync } from "node:fs";
import { SourceMap } from "node:module";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import type { CpuProfile } from "./trace.ts";

/** The part of the program on which a sample of the profile was spent. */
export type ProfilePart =
  | "node"
  | "loader"
  | "tls"
  | "core"
  | "settings"
  | "axios"
  | "http"
  | "client-node"
  | "kubernetes"
  | "forecast"
  | "decide"
  | "report"
  | "garbage"
  | "native"
  | "idle";

/** A time span that one part had, in milliseconds of the monotonic clock. */
export interface ProfileSlice {
  readonly part: ProfilePart;
  /** Source file and file of the bundle of the innermost function of the bundle; empty where there is none. */
  readonly source: string;
  readonly from: number;
  readonly to: number;
}

/** Source file, and the file of the bundle that it is in -> part; the first that fits. */
const PARTS: readonly (readonly [RegExp, ProfilePart])[] = [
  [/job\/core\/forecast\//, "forecast"],
  [/job\/(core|run)\/|job\/run\.ts/, "decide"],
  [/job\/config\/|node_modules\/yaml\//, "settings"],
  [/job\/adapters\/(kubernetes|actuator|hpa|own-namespace)/, "kubernetes"],
  [/job\/adapters\/|required:http in/, "http"],
  [/required:https in/, "tls"],
  [/job\/(report|output)\//, "report"],
  [/node_modules\/@kubernetes\/| in (kubeconfig|providers)\.cjs/, "client-node"],
  [/node_modules\/axios\/|required:(zlib|crypto|stream|util|url|events) in/, "axios"],
  [/./, "core"],
];

type Frame = CpuProfile["nodes"][number]["callFrame"];

/** Says of a frame which source file it is in, and which file of the bundle; undefined outside of the bundle. */
function sourcesOf(): (frame: Frame) => string | undefined {
  const maps = new Map<string, SourceMap | null>();
  return ({ url, lineNumber, columnNumber }) => {
    if (!url.startsWith("file:") || !url.includes("/dist/")) return undefined;
    let map = maps.get(url);
    if (map === undefined) {
      const mapped = `${fileURLToPath(url)}.map`;
      map = existsSync(mapped) ? new SourceMap(JSON.parse(readFileSync(mapped, "utf8"))) : null;
      maps.set(url, map);
    }
    const file = basename(new URL(url).pathname);
    // the outermost code of a file is of many modules
    if (lineNumber === 0 && columnNumber === 0) return `outermost code in ${file}`;
    const entry = map?.findEntry(lineNumber, columnNumber) ?? {};
    // esbuild's own helpers have no source: they work for who calls them
    if (!("originalSource" in entry)) return undefined;
    return `${String(entry.originalSource).replace(/^(\.\.\/)+/, "")} in ${file}`;
  };
}

/** The slices of a profile in order of time. O(samples + nodes x depth). */
export function profileSlices(profile: CpuProfile): readonly ProfileSlice[] {
  const where = attribution(profile);
  const slices: ProfileSlice[] = [];
  let at = profile.startTime / 1000;
  profile.samples.forEach((id, i) => {
    at += profile.timeDeltas[i]! / 1000;
    const next = i + 1 < profile.samples.length ? at + profile.timeDeltas[i + 1]! / 1000 : profile.endTime / 1000;
    slices.push({ ...where.get(id)!, from: at, to: next });
  });
  return slices;
}

function attribution({ nodes }: CpuProfile): Map<number, { readonly part: ProfilePart; readonly source: string }> {
  const parents = new Map(nodes.flatMap((node) => (node.children ?? []).map((child) => [child, node.id] as const)));
  const frames = new Map(nodes.map((node) => [node.id, node.callFrame]));
  const source = sourcesOf();
  const stack = (id: number) => {
    const out: Frame[] = [];
    for (let at: number | undefined = id; at !== undefined; at = parents.get(at)) out.push(frames.get(at)!);
    return out;
  };
  return new Map(nodes.map(({ id }) => [id, place(stack(id), source)]));
}

/** Where a stack belongs; its innermost function is first. */
function place(
  stack: readonly Frame[],
  source: (frame: Frame) => string | undefined,
): { readonly part: ProfilePart; readonly source: string } {
  const { functionName } = stack[0]!;
  if (functionName === "(idle)") return { part: "idle", source: "" };
  if (functionName === "(garbage collector)") return { part: "garbage", source: "" };
  if (functionName === "(program)" || functionName === "(root)") return { part: "native", source: "" };
  const of = stack.map(source).find((found) => found !== undefined);
  // Node's own TLS, whoever asked for it
  if (stack.some(({ url }) => /^node:(internal\/tls|_tls|tls)/.test(url))) return { part: "tls", source: of ?? "" };
  if (of !== undefined) return { part: PARTS.find(([pattern]) => pattern.test(of))![1], source: of };
  return { part: stack.some(({ url }) => url.startsWith("node:internal/modules")) ? "loader" : "node", source: "" };
}
