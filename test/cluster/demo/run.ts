/** One demo run: a world, the same load on both workloads, samples and decisions until the end. */
import { EMPTY_MEMORY } from "../../../job/replay/hpa/defaults.ts";
import type { HpaMemory } from "../../../job/replay/hpa/types.ts";
import { demandAt, type RunningLoad, type Served } from "./load.ts";
import { reactiveSync, SYNC_EVERY } from "./reactive.ts";
import type { DemoRun } from "./runs.ts";
import type { DemoSample } from "./waves.ts";
import type { DemoWorkload } from "./workload.ts";
import type { DemoOptions, DemoWorld } from "./world.ts";

/** One policy's side of a demo. */
export interface Side {
  readonly title: string;
  readonly samples: readonly DemoSample[];
  /** Null: the generator broke off. */
  readonly served: Served | null;
}

/** Both sides, and the runs of the autoscaler with their decisions. */
export interface DemoResult {
  readonly ours: Side;
  readonly other: Side;
  readonly runs: readonly DemoRun[];
  /** When the load began, epoch seconds. */
  readonly began: number;
}

/** Seconds between two looks, and between two lines of the log. */
const SAMPLE_EVERY = 5;
const SAY_EVERY = 30;

/** Runs the demo in `world` to its end and ends the world, also when it fails. */
export async function runDemo(world: DemoWorld, options: DemoOptions): Promise<DemoResult> {
  let loads: readonly RunningLoad[] = [];
  try {
    await nextSlot(world.every, options);
    const began = Date.now();
    // runs from before the load are not part of it
    await world.runs(began / 1000);
    options.log(`load: waves of ${options.period} s for ${options.seconds} s on both workloads (${world.what})`);
    loads = world.load(options);
    const seen = await watch(world, began, options);
    const [ours, other] = await Promise.all(loads.map((load) => load.end()));
    loads = [];
    return {
      ours: { title: "prophet-autoscaler", samples: seen.ours, served: ours ?? null },
      other: { title: "HPA-like", samples: seen.other, served: other ?? null },
      runs: seen.runs,
      began: began / 1000,
    };
  } finally {
    await Promise.all(loads.map((load) => load.end()));
    await world.stop();
  }
}

/** The load begins with a run of the autoscaler: the same phase in every demo, so that two of them can be compared. */
async function nextSlot(every: number, { log }: DemoOptions): Promise<void> {
  const slot = every * 1000;
  const wait = slot - (Date.now() % slot);
  log(`ready; the load begins in ${Math.round(wait / 1000)} s`);
  // the runs start by the clock, as those of a CronJob
  await new Promise((resolve) => setTimeout(resolve, wait));
}

interface DemoRecords {
  readonly ours: DemoSample[];
  readonly other: DemoSample[];
  readonly runs: DemoRun[];
}

async function watch(world: DemoWorld, began: number, { seconds, period, log }: DemoOptions): Promise<DemoRecords> {
  const seen: DemoRecords = { ours: [], other: [], runs: [] };
  let memory: HpaMemory = EMPTY_MEMORY;
  let synced = Number.NEGATIVE_INFINITY;
  let said = Number.NEGATIVE_INFINITY;
  for (;;) {
    const t = (Date.now() - began) / 1000;
    if (t > seconds) break;
    // a second of grace: looks are on a grid of 5 s, give or take
    if (t >= synced + SYNC_EVERY - 1) {
      synced = t;
      memory = await reactiveSync(world.other, memory).catch(() => memory);
    }
    const demand = demandAt(t, period);
    const [ours, other, runs] = await Promise.all([
      look(world.ours, t, demand, seen.ours.at(-1)),
      look(world.other, t, demand, seen.other.at(-1)),
      world.runs(began / 1000).catch(() => []),
    ]);
    seen.ours.push(ours);
    seen.other.push(other);
    seen.runs.push(...runs);
    for (const run of runs) log(`        decision at ${run.t.toFixed(0)} s: ${run.from} -> ${run.to}, ${run.message}`);
    if (t >= said + SAY_EVERY - 1) {
      said = t;
      const cores = (v: number) => (Number.isNaN(v) ? "cores not measured yet" : `${v.toFixed(3)} cores`);
      const word = (s: DemoSample) => `${s.replicas} replicas, ${s.ready} ready, ${cores(s.measured)}`;
      log(`${t.toFixed(0).padStart(5)} s  load ${demand.toFixed(2)}  ours: ${word(ours)}  HPA-like: ${word(other)}`);
    }
    // on the grid: a slow look costs a sample, never a shift
    const next = Math.floor((Date.now() - began) / 1000 / SAMPLE_EVERY + 1) * SAMPLE_EVERY;
    // the demo is played in real time
    await new Promise((resolve) => setTimeout(resolve, began + next * 1000 - Date.now()));
  }
  seen.runs.push(...(await world.runs(began / 1000).catch(() => [])));
  return seen;
}

/** One look; what cannot be read is as it was at the last look. */
async function look(
  workload: DemoWorkload,
  t: number,
  demand: number,
  last: DemoSample | undefined,
): Promise<DemoSample> {
  const before = { replicas: last?.replicas ?? 1, ready: last?.ready ?? 0 };
  const [{ replicas, ready }, measured] = await Promise.all([
    workload.scale().catch(() => before),
    workload.cpu().catch(() => Number.NaN),
  ]);
  return { t, demand, measured, replicas, ready };
}
