/** A fleet of 300 on real servers, as the built job: read together it asks Prometheus a few times, decides each target as if it were alone, and does what it says. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { boundText, brokenBounds } from "../../bench/fleet/bounds.ts";
import { workloadName } from "../../bench/fleet/history.ts";
import { type FleetRun, measuredRun } from "../../bench/fleet/measure.ts";
import { decidedAlike } from "../../bench/fleet/same.ts";
import { type FleetServers, startFleet } from "../../bench/fleet/servers.ts";
import { missingControlPlane, missingPrometheus, skip } from "../cluster/available.ts";

const TARGETS = 300;
/** Of them with the counters of their pods. */
const RAW = 30;

describe.skipIf(skip(missingControlPlane() ?? missingPrometheus()))("a fleet of 300", () => {
  let servers: FleetServers;
  let [first, second]: FleetRun[] = [];
  beforeAll(async () => {
    servers = await startFleet(TARGETS, RAW);
    first = await measuredRun(servers, TARGETS, "grouped");
    second = await measuredRun(servers, TARGETS, "grouped");
  });
  afterAll(() => servers?.stop());

  test("each target is decided, and what was said to be done was done", async () => {
    expect(first!.result.targets.filter(({ action }) => action === "failed")).toEqual([]);
    expect(first!.result.targets.map(({ name }) => name)).toEqual(
      Array.from({ length: TARGETS }, (_, k) => workloadName(k)),
    );
    expect(first!.changes).toBeGreaterThan(20);
    const list = await servers.rig.cluster.kubectl(["-n", servers.rig.namespace, "get", "deployments", "-o", "json"]);
    const { items } = JSON.parse(list) as { items: { metadata: { name: string }; spec: { replicas: number } }[] };
    const there = new Map(items.map(({ metadata, spec }) => [metadata.name, spec.replicas]));
    for (const { name, to } of second!.result.targets) expect(there.get(name), name).toBe(to);
  });

  test("three queries for each 95 targets, and the clock; to the API server one call a target, one a change, and the state's", () => {
    for (const { queries, calls, changes } of [first!, second!]) {
      // two slices of 150, each in two parts
      expect(queries).toBeGreaterThanOrEqual(2 * (1 + 2 * 3));
      expect(queries).toBeLessThanOrEqual(2 * (1 + 2 * 3) + 3);
      expect(calls).toBeLessThanOrEqual(TARGETS + changes + 12);
    }
  });

  test("every one of a sample is decided as it is alone, by single queries over the counters of its pods", async () => {
    const sample = Array.from({ length: RAW }, (_, k) => k);
    expect(await decidedAlike(servers.prometheus.url, TARGETS, sample)).toEqual({
      sample: RAW,
      alike: RAW,
      other: null,
    });
  });

  // its times are for the bench
  test("it stays within the memory of the base manifests", () => {
    for (const run of [first!, second!]) {
      const broken = brokenBounds(run).filter(({ unit }) => unit === "MiB");
      expect(broken.map((bound) => boundText(bound, run))).toEqual([]);
    }
  });
});
