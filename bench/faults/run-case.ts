/** Runs one case in its lane: the world made sound, the fault put in, the job run, and everything looked at that an invariant asks for. */
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { encode, STATE_VERSION } from "../../job/core/state/codec.ts";
import { BLANK } from "../../job/core/state/memory.ts";
import type { JobState, TargetState } from "../../job/core/state/types.ts";
import type { FaultCase } from "./fault-case.ts";
import { queryOf, selector, steady } from "./load.ts";
import { type Ended, runProcess } from "./process.ts";
import type { Passed } from "./wire.ts";
import { CANARIES, FIRST, type Lane, onGrid, SECOND, STEP } from "./world.ts";

/** A target of the job's JSON, as far as it is looked at. */
export interface Told {
  readonly name: string;
  readonly action: string;
  readonly from: number | null;
  readonly to: number | null;
  readonly reason: string;
  readonly message: string;
}

/** What was seen of a case. */
export interface Observation {
  readonly ended: Ended;
  /** The slowest and the largest of its runs. */
  readonly milliseconds: number;
  readonly mebibytes: number;
  /** null: stdout held no JSON. */
  readonly told: readonly Told[] | null;
  /** Replicas by workload: as others last set them, and at the end. */
  readonly before: ReadonlyMap<string, number>;
  readonly after: ReadonlyMap<string, number>;
  readonly stateBefore: string | null;
  readonly stateAfter: string | null;
  /** Calls of the last run that reached the API server. */
  readonly calls: readonly Passed[];
  /** Of every target, the bounds of its settings; of the settings the time of a run. */
  readonly bounds: readonly [min: number, max: number];
  readonly timeout: number;
  /** Everything that was written anywhere: both streams, Events, state, files. */
  readonly written: string;
  /** Epoch seconds at the start. */
  readonly now: number;
}

/** Seconds of a run, in the bench's settings. */
const TIMEOUT = 10;

/** Sound data. */
export const STEADY = { cores: steady };

/** Runs a case. Rejects only where the servers themselves fail. */
export async function runCase(fault: FaultCase, lane: Lane): Promise<Observation> {
  const now = Math.floor(Date.now() / 1000);
  const stateBefore = stateOf(fault, lane, now);
  lane.prometheus.fault = undefined;
  lane.api.fault = undefined;
  await Promise.all([
    lane.setReplicas(fault.from ?? 8),
    lane.setReplicas(3, SECOND),
    lane.setState(stateBefore),
    lane.clearEvents(),
  ]);
  const out = outOf(lane);
  rmSync(out, { recursive: true, force: true });
  await mkdir(out);
  const undo = await fault.prepare?.(lane);
  lane.prometheus.fault = fault.prometheus;
  lane.api.fault = fault.api;
  try {
    const all = await runs(fault, lane, out);
    const ended = all.at(-1)!;
    const settings = settingsOf(fault, lane, now);
    const stateAfter = await lane.state().catch(() => null);
    const files = readdirSync(out, { withFileTypes: true }).flatMap((file) =>
      file.isFile() ? [readFileSync(join(out, file.name), "utf8")] : [],
    );
    const said = all.flatMap(({ stdout, stderr }) => [stdout, stderr]);
    return {
      ended,
      milliseconds: Math.max(...all.map(({ milliseconds }) => milliseconds)),
      mebibytes: all.some(({ mebibytes }) => mebibytes === 0) ? 0 : Math.max(...all.map(({ mebibytes }) => mebibytes)),
      told: toldBy(ended.stdout),
      before: new Map(lane.set),
      after: new Map(
        await Promise.all([FIRST, SECOND].map(async (name) => [name, await replicasOf(lane, name)] as const)),
      ),
      stateBefore,
      stateAfter,
      calls: lane.api.passed.slice(),
      bounds: boundsOf(settings),
      timeout: (settings as { timeout?: number }).timeout ?? TIMEOUT,
      written: [...said, await lane.events(), stateAfter ?? "", ...files].join("\n"),
      now,
    };
  } finally {
    lane.prometheus.fault = undefined;
    lane.api.fault = undefined;
    await undo?.();
  }
}

/** The folder of a case's files, `$out` in its arguments; empty before each case. */
export function outOf({ folder, namespace }: Lane): string {
  return join(folder, `${namespace}-out`);
}

/** A Deployment that the fault has taken away has the replicas that were set. */
async function replicasOf(lane: Lane, name: string): Promise<number> {
  return lane.replicas(name).catch(() => lane.set.get(name) ?? 0);
}

async function runs(fault: FaultCase, lane: Lane, out: string): Promise<readonly Ended[]> {
  const config = join(lane.folder, `${lane.namespace}.yaml`);
  const all: Ended[] = [];
  for (let i = 0; i < (fault.runs ?? 1); i++) {
    if (fault.kind === "data") await clearOfTheGrid();
    const now = Math.floor(Date.now() / 1000);
    const text =
      fault.file?.replaceAll("$prometheus", lane.prometheus.url) ?? JSON.stringify(settingsOf(fault, lane, now));
    writeFileSync(config, text);
    lane.prometheus.passed = [];
    lane.api.passed = [];
    const args = (fault.args ?? ["--once", "--json"]).map((arg) => arg.replace("$out", out));
    const env = {
      PATH: process.env.PATH ?? "",
      NODE_COMPILE_CACHE: join(lane.folder, "compiled"),
      KUBECONFIG: lane.kubeconfig,
      PROPHET_AUTOSCALER_NAMESPACE: lane.namespace,
      ...(fault.clock === undefined ? {} : { CLOCK_AHEAD: String(fault.clock) }),
      ...fault.env,
    };
    const { stdout, stderr } = fault;
    const streams = { ...(stdout && { stdout }), ...(stderr && { stderr }) };
    const named = args.includes("--config") ? args : [...args, "--config", config];
    all.push(await runProcess(lane.folder, [lane.job, ...named], env, streams));
  }
  return all;
}

/** Waits where the next point of the queries' grid is so near that the run may see it: its data would be a point older. */
async function clearOfTheGrid(): Promise<void> {
  const left = STEP - ((Date.now() / 1000) % STEP);
  if (left < 2.5) await new Promise((resolve) => setTimeout(resolve, left * 1000 + 50));
}

/** The JSON of the last run; with `--every` in text there is none. */
function toldBy(stdout: string): readonly Told[] | null {
  try {
    const { targets } = JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as { targets?: readonly Told[] };
    return targets ?? null;
  } catch {
    return null;
  }
}

type Tree = Readonly<Record<string, unknown>>;

/** Settings of a target for which 2.2 cores are 5 pods. */
export function target(name: string = FIRST, more: object = {}): object {
  const scaleTargetRef = { apiVersion: "apps/v1", kind: "Deployment", name };
  return { scaleTargetRef, targetCpu: 0.5, minReplicas: 2, maxReplicas: 20, ...more };
}

/** The settings of a case, with what it changes in them. */
function settingsOf({ name, load = STEADY, query, settings = {} }: FaultCase, lane: Lane, now: number): Tree {
  const own = load === STEADY ? SOUND : name;
  const offset = `offset ${onGrid(now) - lane.end}s`;
  const text = (query ?? queryOf(own, load)).replaceAll("$load", selector(own, load)).replaceAll("$offset", offset);
  const read = load.rows === undefined || query !== undefined ? { query: text } : { matchers: { case: name } };
  const { bearer, header } = CANARIES;
  const base = {
    timeout: TIMEOUT,
    prometheus: {
      url: lane.prometheus.url,
      timeout: 2,
      retries: 1,
      bearerToken: bearer,
      headers: { "X-Api-Key": header },
      ...read,
    },
    kubernetes: { timeout: 2, detectScalers: true, events: true },
    targets: [target()],
  };
  return merged(base, JSON.parse(filled(JSON.stringify(settings), lane, offset)) as Tree);
}

/** What a case's settings can only name. */
function filled(text: string, { folder, namespace, prometheus }: Lane, offset: string): string {
  const words = { offset, folder, namespace, host: new URL(prometheus.url).host };
  return Object.entries(words).reduce((made, [word, value]) => made.replaceAll(`$${word}`, value), text);
}

/** The name of the load that every case has which brings none of its own. */
export const SOUND = "sound data";

function merged(base: Tree, change: Tree): Tree {
  const isTree = (value: unknown): value is Tree =>
    typeof value === "object" && value !== null && !Array.isArray(value);
  const entries = Object.entries(change).map(([key, value]) => {
    const old = base[key];
    return [key, isTree(old) && isTree(value) ? merged(old, value) : value];
  });
  return { ...base, ...Object.fromEntries(entries) };
}

function boundsOf({ targets }: Tree): readonly [number, number] {
  const all = (Array.isArray(targets) ? targets : []) as readonly { minReplicas?: unknown; maxReplicas?: unknown }[];
  return [numberOr(all[0]?.minReplicas, 2), numberOr(all[0]?.maxReplicas, 20)];
}

function numberOr(value: unknown, otherwise: number): number {
  return typeof value === "number" && Number.isFinite(value) ? value : otherwise;
}

/** The annotation before the run. */
function stateOf({ state }: FaultCase, lane: Lane, now: number): string | null {
  if (state === null || typeof state === "string") return state;
  const sound = soundState(lane.namespace, now);
  return state === undefined ? encode(sound) : state(sound, now);
}

/** The memory of a job that has run for some minutes on sound data, and beside it that of another job with the same store. */
export function soundState(namespace: string, now: number): JobState {
  const recommendations = [{ at: now - 55, replicas: 5 }];
  const forecast = { at: now - 55, expires: now + 65, max: 2.3, quantile: 2.25, level: 0.7, mean: 2.2, method: "auto" };
  const cpu = { lastForecast: forecast, lastGoodData: now - 55, missingSince: null };
  const memory: TargetState = { ...BLANK, recommendations, metrics: { cpu } };
  return {
    version: STATE_VERSION,
    targets: { [`${namespace}/${FIRST}`]: memory, [NEIGHBOUR]: memory },
  };
}

/** The state with the memory of the case's own target changed. */
export function remembering(state: JobState, change: (memory: TargetState) => TargetState): JobState {
  const entries = Object.entries(state.targets).map(([key, memory]): [string, TargetState] => [
    key,
    key === NEIGHBOUR ? memory : change(memory),
  ]);
  return { ...state, targets: Object.fromEntries(entries) };
}

/** A target of another job that keeps its memory in the same object. */
export const NEIGHBOUR = "faults/neighbour";
