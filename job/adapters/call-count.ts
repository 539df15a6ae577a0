/** Counts the calls of a run, so that an Event, the one call that nothing depends on, is left out where it would be one too many. */
import type { TargetConfig } from "../core/target.ts";
import { MOST_CALLS, type Scaler, type StateStore } from "../ports.ts";
import type { EventWriter } from "./kubernetes-events.ts";
import { objectPath } from "./kubernetes-path.ts";

/** The same ports, counted. A run begins with the first full reading of a target. */
export function counted<P extends { scaler: Scaler; state: StateStore; events: EventWriter | null }>(
  ports: P,
  log: (level: "debug", message: string) => void,
): P {
  const { scaler, state, events } = ports;
  const own = new Map<string, number>();
  let shared = 0;
  let claims = 0;
  const add = (target: TargetConfig, calls: number) => {
    const key = keyOf(target);
    own.set(key, (own.get(key) ?? 0) + calls);
  };
  return {
    ...ports,
    scaler: {
      otherWriter: async (target, replicas) => {
        add(target, 1);
        return scaler.otherWriter?.(target, replicas);
      },
      read: async (target, known) => {
        if (known === undefined) {
          own.set(keyOf(target), 0);
          [shared, claims] = [1, 0]; // the first reading of the state, whichever of the two comes first
        }
        const reading = await scaler.read(target, known);
        add(target, reading.calls ?? 1);
        return reading;
      },
      scale: (target, from, to) => {
        add(target, 1);
        return scaler.scale(target, from, to);
      },
    },
    state: {
      ...state,
      read: () => {
        if (claims > 0) shared += 1;
        return state.read();
      },
      claim: (next, version) => {
        claims += 1;
        shared += 1;
        return state.claim(next, version);
      },
    },
    events: events && {
      write: async (target, outcome, now) => {
        const calls = (own.get(keyOf(target)) ?? 0) + shared;
        if (calls < MOST_CALLS) return events.write(target, outcome, now);
        log("debug", `no event about ${target.name}: the run has made ${calls} calls`);
      },
    },
  };
}

function keyOf(target: TargetConfig): string {
  return objectPath(target.namespace, target.scaleTargetRef);
}
