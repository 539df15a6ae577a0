/** Ports for runs without a cluster: replicas that are pretended, a state that is forgotten at exit. */
import type { JobState } from "../core/state/types.ts";
import type { TargetConfig } from "../core/target.ts";
import type { Replicas } from "../core/units.ts";
import type { Clock, Scaler, StateStore } from "../ports.ts";

/** A scaler that remembers what it was told, so that several ticks in one run follow each other. Starts at `replicas`, or at each minimum. */
export function pretendScaler(replicas: Replicas | null): Scaler {
  const now = new Map<string, Replicas>();
  const key = (target: TargetConfig) => `${target.namespace}/${target.name}`;
  const current = (target: TargetConfig) => now.get(key(target)) ?? replicas ?? target.minReplicas;
  return {
    read: async (target) => ({ replicas: current(target), conditions: {} }),
    scale: async (target, from, to) => {
      if (current(target) !== from) return "conflict";
      now.set(key(target), to);
      return "done";
    },
  };
}

/** A state store of this process only. */
export function memoryState(version: number): StateStore {
  let state: JobState = { version, targets: {} };
  let written = 0;
  return {
    read: async () => ({ state, version: String(written) }),
    claim: async (next, seen) => {
      if (seen !== String(written)) return "lost";
      state = next;
      written += 1;
      return "claimed";
    },
  };
}

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now() / 1000,
  tick: () => performance.now(),
  sleep: (seconds) => new Promise((done) => setTimeout(done, seconds * 1000)),
};
