/** A fleet that may lose its load all at once, and its minutes, for the tests of the brake. */
import type { TargetConfig } from "../../job/core/target.ts";
import type { Outcome } from "../../job/ports.ts";
import type { FleetDrop } from "../../job/run/fleet-drop.ts";
import { runOnce } from "../../job/run.ts";
import { config } from "./config.ts";
import { last } from "./forecaster.ts";
import { type FakeWorld, fakePorts, fakeWorld } from "./ports.ts";

export const DROP: FleetDrop = { share: 0.5, targets: 10, hold: 600 };
const { behavior } = config();
/** No window of its own: each minute's demand is what is wanted. */
export const quick = { ...behavior, scaleDown: { ...behavior.scaleDown, stabilizationWindowSeconds: 0 } };
export const fleet = (count: number, more: Partial<TargetConfig> = {}) =>
  Array.from({ length: count }, (_, i) =>
    config({ name: `web-${i}`, suddenDropHold: 0, scaleDownCooldown: 0, behavior: quick, ...more }),
  );
export const indexOfName = (name: string) => Number(name.split("-")[1]);

/** Eight replicas each, which 4 cores need; `fallen` have a tenth of them. */
export function fleetWorld(targets: readonly TargetConfig[], fallen: (i: number) => boolean): FakeWorld {
  return fakeWorld({
    load: (name) => (fallen(indexOfName(name)) ? 0.4 : 4),
    replicas: Object.fromEntries(targets.map(({ name }) => [name, 8])),
  });
}

/** Runs with each minute's time; the memory of the first says that all was needed until now. */
export async function minutes(
  world: FakeWorld,
  targets: readonly TargetConfig[],
  count: number,
  drop: FleetDrop | undefined,
) {
  const runs: (readonly Outcome[])[] = [];
  for (let i = 0; i < count; i++) {
    const run = await runOnce(fakePorts(world), targets, { forecaster: last, ...(drop && { fleetDrop: drop }) });
    runs.push(run.targets);
    world.now += 60;
  }
  return runs;
}

export const scaledIn = (outcomes: readonly Outcome[]) =>
  outcomes.filter(({ action, from, to }) => action === "scaled" && to! < from!).map(({ name }) => name);
export const heldNames = (outcomes: readonly Outcome[]) =>
  outcomes.filter(({ reason }) => reason === "FleetDrop").map(({ name }) => name);
