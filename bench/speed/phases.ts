/** The phases of a traced run: what the program computed and what it waited for, and when. */
import type { ProfileSlice } from "./profile.ts";
import type { Trace, TracedCall } from "./trace.ts";

/** The rows of the waterfall, in their order. */
export const PHASES = [
  "node start",
  "core",
  "settings",
  "http",
  "tls",
  "prometheus read",
  "kubernetes read",
  "first forecast",
  "decide",
  "claim",
  "scale",
  "exit",
  "garbage",
] as const;
/** The name of a phase. */
export type Phase = (typeof PHASES)[number];

/** A time span in milliseconds since the process was asked for. */
export interface PhaseSpan {
  readonly from: number;
  readonly to: number;
}

/** One row of the waterfall: when the process computes (`busy`), and when it waits for a server (`waits`). */
export interface PhaseRow {
  readonly phase: Phase;
  readonly busy: readonly PhaseSpan[];
  readonly waits: readonly PhaseSpan[];
}

/** Slices nearer to each other than this are one bar, ms: five samples. */
const GAP = 1;

const OF_PART: Readonly<Record<ProfileSlice["part"], Phase | undefined>> = {
  core: "core",
  loader: "core",
  report: "core",
  settings: "settings",
  axios: "http",
  http: "http",
  "client-node": "http",
  kubernetes: "http",
  tls: "tls",
  forecast: "first forecast",
  decide: "decide",
  // often while the process would wait
  garbage: "garbage",
  // whose work it is, the code before says
  node: undefined,
  native: undefined,
  idle: undefined,
};

const OF_CALL: readonly (readonly [RegExp, Phase])[] = [
  [/^POST .*\/api\/v1\/query/, "prometheus read"],
  [/^GET .*\/namespaces\//, "kubernetes read"],
  [/^PATCH .*\/configmaps\//, "claim"],
  [/^PATCH .*\/scale$/, "scale"],
];

/**
 * The rows of a run that read, claimed and scaled. Throws where a call is missing, or is none of a plain run.
 * `teardown` is the milliseconds from the end of the program to the end of the process. It is measured without the profiler, which
 * writes its file there.
 */
export function phasesOf(trace: Trace, slices: readonly ProfileSlice[], teardown: number): readonly PhaseRow[] {
  const at = (time: number) => time - trace.spawned;
  const busy = new Map<Phase, PhaseSpan[]>(PHASES.map((phase) => [phase, []]));
  const waits = new Map<Phase, PhaseSpan[]>(PHASES.map((phase) => [phase, []]));
  for (const call of trace.calls) waits.get(phaseOf(call))!.push({ from: at(call.began), to: at(call.ended) });
  for (const [, phase] of OF_CALL) {
    if (waits.get(phase)!.length === 0) throw new Error(`the traced run made no call of the phase ${phase}`);
  }
  const last = Math.max(...trace.calls.map((call) => call.ended));
  const first = slices.find(({ part }) => OF_PART[part] !== undefined)?.from ?? trace.begun;
  busy.get("node start")!.push({ from: 0, to: at(first) });
  let phase: Phase = "core";
  for (const slice of slices.filter(({ from }) => from >= first)) {
    if (slice.part === "idle" || slice.from >= last) continue;
    if (slice.part !== "garbage") phase = OF_PART[slice.part] ?? phase;
    add(busy.get(OF_PART[slice.part] ?? phase)!, { from: at(slice.from), to: at(slice.to) });
  }
  busy.get("exit")!.push({ from: at(last), to: at(trace.exit) + teardown });
  return PHASES.map((name) => ({ phase: name, busy: busy.get(name)!, waits: waits.get(name)! }));
}

/** The rows as JSON to store, one a line, in tenths of a millisecond. */
export function phasesJson(rows: readonly PhaseRow[]): string {
  const short = (_key: string, value: unknown) => (typeof value === "number" ? Math.round(value * 10) / 10 : value);
  return `[\n${rows.map((row) => JSON.stringify(row, short)).join(",\n")}\n]\n`;
}

function phaseOf({ method, path }: TracedCall): Phase {
  const found = OF_CALL.find(([pattern]) => pattern.test(`${method} ${path}`));
  if (found === undefined) throw new Error(`a plain run makes no call ${method} ${path}`);
  return found[1];
}

function add(spans: PhaseSpan[], span: PhaseSpan): void {
  const before = spans.at(-1);
  if (before !== undefined && span.from - before.to < GAP) spans[spans.length - 1] = { from: before.from, to: span.to };
  else spans.push(span);
}
