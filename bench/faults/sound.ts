/** The sound state of a case: settings, query and memory, each with the case's changes. */
import { encode, STATE_VERSION } from "../../job/core/state/codec.ts";
import { BLANK, BLANK_METRIC } from "../../job/core/state/memory.ts";
import type { JobState, TargetState } from "../../job/core/state/types.ts";
import type { FaultCase } from "./fault-case.ts";
import { loadQuery, loadSelector, steadyCores } from "./load.ts";
import { CANARIES, FIRST, type Lane, onGrid } from "./world.ts";

/** The timeout of a run in the bench's settings, in seconds. */
export const TIMEOUT = 10;

/** The load of sound data. */
export const STEADY = { cores: steadyCores };

type Tree = Readonly<Record<string, unknown>>;

/** Settings of a target for which 2.2 cores are 5 pods. */
function target(name: string = FIRST, more: object = {}): object {
  const scaleTargetRef = { apiVersion: "apps/v1", kind: "Deployment", name };
  return { scaleTargetRef, targetCpu: 0.5, minReplicas: 2, maxReplicas: 20, ...more };
}

/** The settings of a case: the sound ones with its changes merged in. `now` is in seconds since 1970. */
export function caseSettings({ name, load = STEADY, query, settings = {} }: FaultCase, lane: Lane, now: number): Tree {
  const own = load === STEADY ? SOUND : name;
  const offset = `offset ${onGrid(now) - lane.end}s`;
  const text = (query ?? loadQuery(own, load))
    .replaceAll("$load", loadSelector(own, load))
    .replaceAll("$offset", offset);
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

/** The name of the load that cases share which bring none of their own. */
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

/** The bounds of the first target of some settings: minReplicas, maxReplicas. Where they are no numbers: 2 and 20. */
export function replicaBoundsOf({ targets }: Tree): readonly [number, number] {
  const all = (Array.isArray(targets) ? targets : []) as readonly { minReplicas?: unknown; maxReplicas?: unknown }[];
  return [numberOr(all[0]?.minReplicas, 2), numberOr(all[0]?.maxReplicas, 20)];
}

function numberOr(value: unknown, otherwise: number): number {
  return typeof value === "number" && Number.isFinite(value) ? value : otherwise;
}

/** The state's annotation before the run: the case's own text, or sound state with its changes. Null: none. */
export function caseState({ state }: FaultCase, lane: Lane, now: number): string | null {
  if (state === null || typeof state === "string") return state;
  const sound = soundState(lane.namespace, now);
  return state === undefined ? encode(sound) : state(sound, now);
}

/** The memory of a job that has run for some minutes on sound data, and beside it that of another job with the same store. */
function soundState(namespace: string, now: number): JobState {
  const recommendations = [{ at: now - 55, replicas: 5 }];
  const forecast = { at: now - 55, expires: now + 65, max: 2.3, quantile: 2.25, level: 0.7, mean: 2.2, method: "auto" };
  const cpu = { ...BLANK_METRIC, lastForecast: forecast, lastGoodData: now - 55 };
  const memory: TargetState = { ...BLANK, recommendations, metrics: { cpu } };
  return {
    version: STATE_VERSION,
    targets: { [`${namespace}/${FIRST}`]: memory, [NEIGHBOUR]: memory },
  };
}

/** The state with the memory of the case's own target changed. That of NEIGHBOUR stays. */
export function withChangedMemory(state: JobState, change: (memory: TargetState) => TargetState): JobState {
  const entries = Object.entries(state.targets).map(([key, memory]): [string, TargetState] => [
    key,
    key === NEIGHBOUR ? memory : change(memory),
  ]);
  return { ...state, targets: Object.fromEntries(entries) };
}

/** A target of another job whose memory is in the same ConfigMap. No case may change it. */
export const NEIGHBOUR = "faults/neighbour";
