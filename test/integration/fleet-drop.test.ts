/** Most of a fleet loses scrape targets at once, in a real Prometheus: the real job holds those scale-ins by name, makes the others, and follows when the drop lasts. */
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { missingControlPlane, missingPrometheus, skip } from "../cluster/available.ts";
import { startPrometheus, type TestPrometheus } from "../cluster/prometheus.ts";
import { fleetNames, makeFleet, replicasOf } from "./fleet.ts";
import { type Rig, type RigRunResult, startRig } from "./rig.ts";

const NAMES = fleetNames(12);
/** Eight lose three of their four pods' metrics; one of the others needs a quarter less. */
const LOST = NAMES.slice(0, 8);
const CALMER = NAMES[8]!;
/** Longer than the 5 minutes for which Prometheus repeats a gauge that is gone. */
const GONE = 420;

/** A gauge of four pods a workload, which are 0.4 cores together. */
function gauges(): string {
  const now = Math.floor(Date.now() / 1000);
  const lines = ["# TYPE load gauge"];
  for (const name of NAMES)
    for (let pod = 0; pod < 4; pod++)
      for (let t = -3600; t <= 900; t += 15) {
        if (LOST.includes(name) && pod > 0 && t > -GONE) continue;
        const cores = name === CALMER && t > -GONE ? 0.07 : 0.1;
        lines.push(`load{workload="${name}",pod="${pod}"} ${cores} ${now + t}`);
      }
  return `${lines.join("\n")}\n# EOF\n`;
}

describe.skipIf(skip(missingControlPlane() ?? missingPrometheus()))("a drop of most of the fleet", () => {
  let rig: Rig;
  let prometheus: TestPrometheus;
  const kubectl = (...args: string[]) => rig.cluster.kubectl(["-n", rig.namespace, ...args]);
  const events = async () =>
    (await kubectl("get", "events", "-o", "jsonpath={range .items[*]}{.involvedObject.name} {.reason}{'\\n'}{end}"))
      .split("\n")
      .filter((line) => line.endsWith(" FleetDrop"))
      .sort();
  const config = (hold: number) => ({
    prometheus: { url: prometheus.url, timeout: 15, measurePodStart: false },
    kubernetes: { timeout: 15, detectScalers: false, events: true },
    state: { configMap: { count: 3 } },
    fleetDrop: { hold },
    defaults: {
      maxReplicas: 10,
      suddenDropHold: 0,
      scaleDownCooldown: 0,
      behavior: { scaleDown: { stabilizationWindowSeconds: 0 } },
    },
    targets: NAMES.map((name) => ({
      scaleTargetRef: { name },
      targetCpu: 0.05,
      query: `sum(load{workload="${name}"})`,
    })),
  });
  const of = ({ targets }: RigRunResult, names: readonly string[]) =>
    targets.filter(({ name }) => names.includes(name));

  beforeAll(async () => {
    prometheus = await startPrometheus({ history: gauges() });
    rig = await startRig("fleet", "manifests/overlays/many-targets");
    await makeFleet(rig, NAMES, 8);
    const rule = { apiGroups: [""], resources: ["events"], verbs: ["create", "patch"] };
    const more = JSON.stringify([{ op: "add", path: "/rules/-", value: rule }]);
    await kubectl("patch", "role", "prophet-autoscaler", "--type=json", "-p", more);
  });
  afterAll(async () => {
    await rig?.stop();
    await prometheus?.stop();
  });

  test("is held and told by name; who wants less than half away is scaled in", async () => {
    const run = await rig.run(config(600));
    expect(run.code).toBe(0);
    for (const target of of(run, LOST)) expect(target).toMatchObject({ action: "held", reason: "FleetDrop", to: 8 });
    expect(of(run, LOST)[0]!.message).toMatch(/^8 of 12 targets want to shrink by more than half at once/);
    expect(of(run, [CALMER])).toMatchObject([{ action: "scaled", from: 8, to: 6 }]);
    expect(await replicasOf(rig, NAMES)).toEqual(NAMES.map((name) => (name === CALMER ? 6 : 8)));
    expect(run.stderr).toContain("8 of 12 targets want to shrink by more than half at once");
    expect(await events()).toEqual(LOST.map((name) => `${name} FleetDrop`).sort());
  });

  test("that lasts is followed once the hold is over, and was told once", async () => {
    // since when is remembered in whole seconds: a hold of one second is over after two
    await setTimeout(2000);
    const run = await rig.run(config(1));
    for (const target of of(run, LOST)) expect(target).toMatchObject({ action: "scaled", from: 8, to: 2 });
    expect(await events()).toHaveLength(LOST.length);
  });
});
