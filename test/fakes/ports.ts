/** Ports in memory: a cluster of replica counts, a store with versions, histories by function; every call can be watched or broken. */
import { decode, EMPTY_STATE, encode, encodeWithin } from "../../job/core/state/codec.ts";
import type { JobState } from "../../job/core/state/types.ts";
import type { HistoryReading, Outcome, Ports, ScaleReading } from "../../job/ports.ts";
import { NOW } from "./config.ts";
import { samplesOf } from "./series.ts";

export interface FakeWorld {
  now: number;
  /** The value at a time, by the target's name, of other metrics than the CPU by `target/metric`. */
  load: (name: string, time: number) => number;
  replicas: Record<string, number>;
  state: { text: string | null; version: number };
  /** Called with the name of each port call before it takes effect; may throw. */
  onCall: (call: string) => void;
  /** Replaces readings, by the same names. */
  history?: (name: string) => HistoryReading | Error;
  conditions?: ScaleReading["conditions"];
  floor?: Record<string, number>;
  calls: string[];
  logs: string[];
  outcomes: Outcome[];
  milliseconds: number;
}

export function fakeWorld(overrides: Partial<FakeWorld> = {}): FakeWorld {
  return {
    now: NOW,
    load: () => 1,
    replicas: { web: 2 },
    state: { text: null, version: 1 },
    onCall: () => {},
    calls: [],
    logs: [],
    outcomes: [],
    milliseconds: 0,
    ...overrides,
  };
}

export function reading(value: (time: number) => number, now: number, points = 120): HistoryReading {
  const end = Math.floor(now / 15) * 15;
  const samples = samplesOf((i) => value(end - (points - 1 - i) * 15), { end, points });
  return { samples, partial: false, seriesCount: 1, source: "fake" };
}

export function stateOf(world: FakeWorld): JobState {
  const decoded = world.state.text === null ? null : decode(world.state.text);
  return decoded?.ok === true ? decoded.value : EMPTY_STATE;
}

export function fakePorts(world: FakeWorld): Ports {
  const call = (name: string) => {
    world.calls.push(name);
    world.milliseconds += 1;
    world.onCall(name);
  };
  return {
    clock: {
      now: () => world.now,
      tick: () => world.milliseconds,
      sleep: async (seconds) => {
        world.milliseconds += seconds * 1000;
        world.now += seconds;
      },
      after: () => new AbortController().signal,
    },
    history: {
      now: async () => {
        call("now");
        return world.now;
      },
      read: async (queries, now) => {
        call("history");
        return queries.map(({ target: { name }, metric }) => {
          const key = metric.ofPods ? name : `${name}/${metric.name}`;
          return world.history?.(key) ?? reading((time) => world.load(key, time), now);
        });
      },
    },
    scaler: {
      read: async ({ name }) => {
        call(`read ${name}`);
        const replicas = world.replicas[name];
        if (replicas === undefined) throw Object.assign(new Error(`GET ${name}/scale: 404`), { name: "ScaleError" });
        const floor = world.floor?.[name];
        return { replicas, conditions: world.conditions ?? {}, ...(floor === undefined ? {} : { floor }) };
      },
      scale: async ({ name, actuator }, from, to) => {
        call(`scale ${name} ${from} ${to}`);
        const counts = actuator === "hpa" ? (world.floor ?? {}) : world.replicas;
        if (counts[name] !== from) return "conflict";
        counts[name] = to;
        return "done";
      },
    },
    state: {
      read: async () => {
        call("state");
        return { state: stateOf(world), version: String(world.state.version) };
      },
      claim: async (state, version) => {
        call("claim");
        if (version !== String(world.state.version)) return "lost";
        world.state = { text: encode(state), version: world.state.version + 1 };
        return "claimed";
      },
      leftOut: (state) => encodeWithin(state, undefined, stateOf(world)).leftOut,
    },
    reporter: {
      tick: (_target, _record, outcome) => {
        world.outcomes.push(outcome);
      },
      log: (level, message) => {
        world.logs.push(`${level}: ${message}`);
      },
    },
  };
}
