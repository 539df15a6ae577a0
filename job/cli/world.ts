/** Builds the ports of a run from the settings: Prometheus or a file, a cluster or pretended replicas. Each is loaded only when used. */
import type { Discovery } from "../adapters/kubernetes-discovery.ts";
import type { Kubernetes } from "../adapters/kubernetes-http.ts";
import { metricsSinkOf } from "../adapters/metrics.ts";
import { notifierOf } from "../adapters/notifiers.ts";
import type { MetricSource, OpenSource } from "../adapters/source.ts";
import { sourceOf } from "../adapters/sources.ts";
import type { Settings } from "../config/types.ts";
import { EMPTY_STATE } from "../core/state/codec.ts";
import type { JobState } from "../core/state/types.ts";
import type { TargetConfig } from "../core/target.ts";
import type { EpochSeconds, Replicas } from "../core/units.ts";
import type { Clock, History, MetricsSink, Notifier, Outcome, Scaler, StateStore } from "../ports.ts";
import { createLog, type Log } from "../report/log.ts";
import {
  cleanApi,
  cleanChecks,
  cleaner,
  cleanHistory,
  cleanMetrics,
  cleanNotifier,
  cleanScaler,
  cleanState,
} from "./clean-ports.ts";
import type { Io } from "./io.ts";
import type { RunInputs } from "./run-inputs.ts";

/** Ports besides the reporter, and how a command closes them. */
export interface World {
  readonly history: History;
  readonly scaler: Scaler;
  readonly state: StateStore;
  readonly clock: Clock;
  /** The metric source. */
  readonly source: MetricSource;
  /** The doctor's checks beside the data. */
  readonly sourceChecks: NonNullable<OpenSource["checks"]>;
  /** The API server, for the preflight; null without a cluster. */
  readonly api: (() => Promise<Kubernetes>) | null;
  /** Finds targets by their label; null without a cluster. */
  readonly discovery: Discovery | null;
  /** Writes Events about changes, where the settings want them; never rejects. */
  announce(target: TargetConfig, outcome: Outcome, now: EpochSeconds, signal?: AbortSignal): Promise<void>;
  /** Notifies people, where the settings ask for it and a cluster is used. */
  readonly notifier: Notifier | null;
  /** Sends the metrics of each run, under the same conditions. */
  readonly metrics: MetricsSink | null;
  close(): void;
}

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now() / 1000,
  tick: () => performance.now(),
  sleep: (seconds) => new Promise((done) => setTimeout(done, seconds * 1000)),
  after: (seconds, why) => {
    const end = new AbortController();
    // it must not hold a process that is done
    setTimeout(() => end.abort(new Error(why)), seconds * 1000).unref();
    return end.signal;
  },
};

/** A Scaler with pretended replicas; several ticks of one process follow each other. */
export function pretendScaler(replicas: Replicas | null): Scaler {
  const held = new Map<string, Replicas>();
  const key = (t: TargetConfig) => `${t.namespace}/${t.name}`;
  const current = (t: TargetConfig) => held.get(key(t)) ?? replicas ?? t.minReplicas;
  return {
    pretended: true,
    read: async (target) => ({ replicas: current(target), conditions: {} }),
    scale: async (target, from, to) => {
      if (current(target) !== from) return "conflict";
      held.set(key(target), to);
      return "done";
    },
  };
}

/** A state store in this process's memory. */
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
export async function openWorld(settings: Settings, inputs: RunInputs, io: Io, log: Log): Promise<World> {
  const adapterLog = (level: "debug" | "warn", message: string) => log(level, message);
  const source = sourceOf({ settings, historyFile: inputs.historyFile })!;
  const tools = { log: adapterLog, redactor: io.redactor, env: io.env };
  const opened = await source.open({ settings, ...inputs }, tools);
  const clean = cleaner(io.redactor);
  const history = cleanHistory(opened.history, clean);
  const sourceChecks = cleanChecks(opened.checks ?? (async () => []), clean);
  const closers: (() => void)[] = [opened.close];
  const close = () => {
    for (const closer of closers) closer();
  };
  if (inputs.pretend !== null) {
    const scaler = pretendScaler(inputs.pretend.replicas);
    const ports = { history, scaler, state: forgetfulState(), clock: systemClock };
    const silent = { announce: async () => {}, notifier: null, metrics: null };
    return { ...ports, source, sourceChecks, api: null, discovery: null, ...silent, close };
  }
  const [{ kubernetesPorts }, { stateObjects }] = await Promise.all([
    import("../adapters/kubernetes.ts"),
    import("../adapters/state-store.ts"),
  ]);
  const { above, below } = settings.discovery ?? {};
  const found = above?.interval ?? below?.interval ?? 0;
  const interval = settings.targets.reduce((longest, target) => Math.max(longest, target.interval), found);
  const place = { ...settings.state, ...(interval > 0 && { interval }) };
  const cluster = kubernetesPorts(settings.kubernetes, place, tools);
  closers.push(cluster.close);
  const announce: World["announce"] = async (...event) => cluster.events?.write(...event);
  const scaler = cleanScaler(cluster.scaler, clean);
  const state = cleanState(cluster.state, clean);
  const api = cleanApi(cluster.api, clean);
  const notifier = cleanNotifier(notifierOf(settings, tools), clean);
  const { configMap } = settings.state;
  // of a shard by its own object: a Pushgateway keeps one set of metrics for each instance
  const name = stateObjects(configMap)[settings.shards.index ?? 0]!;
  const job = { instance: `${configMap.namespace}/${name}`, version: io.version };
  const metrics = cleanMetrics(metricsSinkOf(settings, { ...tools, ...job }), clean);
  const ports = { history, scaler, state, clock: systemClock };
  const { discovery } = cluster;
  return { ...ports, source, sourceChecks, api, discovery, announce, notifier, metrics, close };
}

/** The clock of a run. A recording's clock ended when it was made; comparing the machine's with it would only warn about that. */
export function clockFor(world: World, now: EpochSeconds | null): Clock {
  return world.source.live || now === null ? world.clock : { ...world.clock, now: () => now };
}

/** The log of a command, on stderr. */
export function openLog(settings: Settings, io: Io): Log {
  const { logLevel, logFormat } = settings.report;
  const log = createLog({
    level: logLevel,
    format: logFormat,
    now: systemClock.now,
    write: io.err,
    redact: io.redactor,
  });
  for (const note of settings.notes) log("debug", note);
  for (const warning of settings.warnings) log("warn", warning);
  return log;
}
