/** Any memory of a target, with times to the millisecond as the codec keeps them. */
import fc from "fast-check";
import { CONDITIONS, type MetricState, type TargetState } from "../../job/core/state/types.ts";
import { NOW } from "./config.ts";

const time = fc.integer({ min: (NOW - 5000) * 1000, max: NOW * 1000 }).map((ms) => ms / 1000);
const replicas = fc.nat(10_000);
const cores = fc.double({ min: 0, max: 1000, noNaN: true }).map((value) => Number(value.toPrecision(6)));
const byTime = <T extends { readonly at: number }>(items: readonly T[]) => [...items].sort((a, b) => a.at - b.at);

const spans = fc.array(
  fc.tuple(time, time).map(([a, b]): readonly [number, number] => [Math.min(a, b), Math.max(a, b)]),
  { maxLength: 3 },
);

const metric = fc.record({
  lastForecast: fc.option(
    fc.record({
      at: time,
      expires: time,
      max: cores,
      quantile: cores,
      level: fc.constantFrom(0.8, 0.9),
      mean: cores,
      method: fc.constantFrom("auto", "prophet", "größe"),
    }),
  ),
  lastGoodData: fc.option(time),
  missingSince: fc.option(time),
  incomplete: spans,
});
const isKnown = ({ incomplete, ...state }: MetricState) =>
  incomplete.length > 0 || Object.values(state).some((value) => value !== null);

const standing = fc.record(
  { Blind: time, OtherScaler: time, Paused: time, FleetDrop: time },
  { requiredKeys: [], noNullPrototype: true },
);

const whole = fc.record({
  recommendations: fc.array(fc.record({ at: time, replicas }), { maxLength: 60 }).map(byTime),
  changes: fc.array(fc.record({ at: time, from: replicas, to: replicas }), { maxLength: 20 }).map(byTime),
  metrics: fc.dictionary(fc.constantFrom("cpu", "requests", "constructor", "größe"), metric.filter(isKnown), {
    noNullPrototype: true,
  }),
  rollouts: spans,
  dropHoldUntil: fc.option(time),
  service: fc.option(
    fc.record({ at: time, below: fc.nat(1000), more: fc.nat(40_000) }).map(({ at, below, more }) => ({
      at,
      below,
      seen: below + more,
    })),
  ),
  lastWritten: fc.option(
    fc.oneof(
      fc.record({ at: time, replicas, overruled: fc.nat(5) }),
      fc.record({ at: time, replicas, overruled: fc.nat(5), foreign: fc.constant(true) }),
      fc.record({ at: time, replicas, overruled: fc.nat(5), floor: fc.constant(true) }),
    ),
  ),
});

const condition = fc.record({ since: time, told: time, gone: fc.option(time) });
const notified = fc.dictionary(fc.constantFrom(...CONDITIONS), condition, { noNullPrototype: true });

/** Any memory that a tick or a notifier may leave. */
export const anyMemory: fc.Arbitrary<TargetState> = fc
  .tuple(whole, standing, notified, fc.option(time), fc.constantFrom(undefined, "StatefulSet", "Rollout"))
  .map(([memory, stands, told, held, kind]) => ({
    ...memory,
    ...(held !== null && { heldSince: held }),
    ...(kind !== undefined && { kind }),
    ...(Object.keys(stands).length > 0 && { standing: stands }),
    ...(Object.keys(told).length > 0 && { notified: told }),
  }));
