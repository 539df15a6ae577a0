/** Builds the ports of a run from the settings: Prometheus or a file, a cluster or pretended replicas; each loaded only when it is used. */
import type { Kubernetes } from "../adapters/kubernetes-http.ts";
import type { Settings } from "../config/types.ts";
import { EMPTY_STATE } from "../core/state/codec.ts";
import type { JobState } from "../core/state/types.ts";
import type { TargetConfig } from "../core/target.ts";
import type { EpochSeconds, Replicas } from "../core/units.ts";
import type { Clock, History, Outcome, Scaler, StateStore } from "../ports.ts";
import type { Log } from "../report/log.ts";
import type { Io } from "./io.ts";

/** Which history and which cluster a run uses. */
export interface Choice {
  readonly historyFile: string | null;
  /** No cluster: replicas are pretended, null meaning each target's minimum. */
  readonly pretend: { readonly replicas: Replicas | null } | null;
}

/** Ports beside the reporter, and what a command does with them at the end. */
export interface World {
  readonly history: History;
  readonly scaler: Scaler;
  readonly state: StateStore;
  readonly clock: Clock;
  /** The API server, for the preflight; null without a cluster. */
  readonly api: (() => Promise<Kubernetes>) | null;
  /** Tells the cluster of changes, where events are wanted; never rejects. */
  announce(target: TargetConfig, outcome: Outcome, now: EpochSeconds): Promise<void>;
  close(): void;
}

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now() / 1000,
  tick: () => performance.now(),
  sleep: (seconds) => new Promise((done) => setTimeout(done, seconds * 1000)),
};

/** Replicas that are pretended; several ticks in one run follow each other. */
export function pretendScaler(replicas: Replicas | null): Scaler {
  const held = new Map<string, Replicas>();
  const key = (t: TargetConfig) => `${t.namespace}/${t.name}`;
  const current = (t: TargetConfig) => held.get(key(t)) ?? replicas ?? t.minReplicas;
  return {
    read: async (target) => ({ replicas: current(target), conditions: {} }),
    scale: async (target, from, to) => {
      if (current(target) !== from) return "conflict";
      held.set(key(target), to);
      return "done";
    },
  };
}

/** State of this process only. */
export function forgetfulState(): StateStore {
  let state: JobState = EMPTY_STATE;
  let version = 0;
  return {
    read: async () => ({ state, version: String(version) }),
    claim: async (next, seen) => {
      if (seen !== String(version)) return "lost";
      state = next;
      version += 1;
      return "claimed";
    },
  };
}

/** Opens the ports. Nothing is connected before the first call. */
export async function openWorld(settings: Settings, choice: Choice, io: Io, log: Log): Promise<World> {
  const adapterLog = (level: "debug" | "warn", message: string) => log(level, message);
  const closers: (() => void)[] = [];
  let history: History;
  if (choice.historyFile !== null) {
    const { fileHistory } = await import("../adapters/history-file.ts");
    history = fileHistory(choice.historyFile, { longHistory: settings.prometheus?.longHistory });
  } else {
    const { prometheusHistory } = await import("../adapters/prometheus.ts");
    const opened = prometheusHistory(settings.prometheus!, { env: io.env, log: adapterLog });
    closers.push(opened.close);
    history = opened;
  }
  const close = () => {
    for (const closer of closers) closer();
  };
  if (choice.pretend !== null) {
    const scaler = pretendScaler(choice.pretend.replicas);
    return { history, scaler, state: forgetfulState(), clock: systemClock, api: null, announce: async () => {}, close };
  }
  const { kubernetesPorts } = await import("../adapters/kubernetes.ts");
  const cluster = kubernetesPorts(settings.kubernetes, settings.state, { env: io.env, log: adapterLog });
  closers.push(cluster.close);
  const announce: World["announce"] = async (target, outcome, now) => cluster.events?.write(target, outcome, now);
  const { scaler, state, api } = cluster;
  return { history, scaler, state, clock: systemClock, api, announce, close };
}

/** The clock of a file ended when it was recorded; the machine's would only warn about that. */
export function clockFor(world: World, choice: Choice, now: EpochSeconds | null): Clock {
  return choice.historyFile === null || now === null ? world.clock : { ...world.clock, now: () => now };
}

/** The log of a command, on stderr, with the secrets of the settings taken out. */
export async function openLog(settings: Settings, io: Io): Promise<Log> {
  const { createLog } = await import("../report/log.ts");
  const { logLevel, logFormat } = settings.report;
  const log = createLog({
    level: logLevel,
    format: logFormat,
    now: systemClock.now,
    write: io.err,
    secrets: secretsOf(settings),
  });
  for (const note of settings.notes ?? []) log("debug", note);
  return log;
}

/** Everything in the settings that nobody may read in a log. */
export function secretsOf({ prometheus }: Settings): readonly string[] {
  if (prometheus === null) return [];
  const { bearerToken, basic, headers } = prometheus;
  return [bearerToken, basic?.password, ...Object.values(headers)].filter((s) => s !== undefined);
}
