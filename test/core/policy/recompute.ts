/** An oracle for the trail: computes each entry's replicas again from its numbers alone, written without a look at the stages. */
import type { TrailEntry } from "../../../job/core/policy/types.ts";

type Numbers = Record<string, number>;

const pods = (cores: number, each: number) => Math.max(0, Math.ceil(cores / each - 1e-9));

const STAGES: Record<string, (from: number, n: Numbers, entry: TrailEntry) => number> = {
  data: (from) => from,
  writer: (_, n) => n.current!,
  forecast: (_, n) => pods(n.cores!, n.targetCpu!),
  trust: (from, n, entry) => (entry.reason === "ForecastNotTrusted" ? pods(n.cores!, n.targetCpu!) : from),
  factor: (from, n, entry) => (entry.reason === "ScheduleFactor" ? pods(n.cores! * n.factor!, n.targetCpu!) : from),
  surge: (from, n) => ("ahead" in n ? Math.max(from, pods(n.ahead!, n.targetCpu!)) : from),
  reactive: (from, n) => Math.max(from, pods(n.demand!, n.targetCpu!)),
  band: (from, n) => (from < n.current! ? Math.min(n.current!, Math.max(from, n.least!)) : from),
  partial: (from, n, entry) => (entry.detail?.verdict === "act" ? from : Math.max(from, n.current!)),
  rollout: (from, n, entry) => {
    if (entry.detail?.rollout !== true) return from;
    return from > n.current! ? Math.max(n.current!, Math.min(from, n.reactive!)) : n.current!;
  },
  drop: (from, n, entry) => (entry.detail?.until !== null && n.now! < n.until! ? Math.max(from, n.current!) : from),
  stabilise: (_, n) => Math.min(Math.max(n.current!, n.low!), n.high!),
  tolerance: (from, n) => {
    const within = Math.abs(from - n.current!) <= (n.tolerance! + 1e-9) * n.current!;
    return within ? Math.max(n.current!, Math.min(from, n.urgent!)) : from;
  },
  rate: (from, n, entry) => {
    const limit = entry.detail?.limit;
    if (from === n.current || typeof limit !== "number") return from;
    return from > n.current! ? Math.min(from, limit) : Math.max(from, limit);
  },
  cooldown: (from, n, entry) => {
    if (entry.detail?.left === null || n.left! <= 0) return from;
    return from > n.current! && n.urgent! > n.current! ? from : n.current!;
  },
  fallback: (from, n, entry) =>
    entry.detail?.after !== null && n.missing! >= n.after! ? Math.max(n.current!, n.replicas!) : from,
  schedule: (from, _, { detail }) => {
    const [floor, ceiling] = [(detail?.floor ?? 0) as number, (detail?.ceiling ?? Number.POSITIVE_INFINITY) as number];
    return Math.max(Math.min(from, Math.max(ceiling, floor)), floor);
  },
  bounds: (from, n) => Math.min(Math.max(from, n.min!), n.max!),
  gate: (from, n, entry) => (entry.reason === "DesiredWithinRange" ? from : n.current!),
};

/** The replicas that the entry's own numbers give. */
export function recompute(entry: TrailEntry): number {
  const stage = STAGES[entry.stage];
  if (stage === undefined) throw new Error(`no oracle for stage ${entry.stage}`);
  return stage(entry.from, (entry.detail ?? {}) as Numbers, entry);
}
