/** Three shards as three processes, against a real API server and a real Prometheus: each target once, one that is killed costs the others nothing, and memory moves along. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { stateObjects } from "../../job/adapters/state-store.ts";
import { readState } from "../../job/adapters/state-text.ts";
import { placeOf } from "../../job/core/state/rendezvous.ts";
import { missingControlPlane, missingPrometheus, skip } from "../cluster/available.ts";
import { startPrometheus, type TestPrometheus } from "../cluster/prometheus.ts";
import { fleetNames, makeFleet, replicasOf } from "./fleet.ts";
import { annotation, type Rig, type RigRunResult, startRig } from "./rig.ts";

const NAMESPACE = "fleet";
const NAMES = fleetNames(12);
const STATE = "prophet-autoscaler-state";

/** Two pods of each workload with 0.115 cores, 5 replicas of 0.05, for an hour around now. */
function counters(): string {
  const end = Math.floor(Date.now() / 1000) + 900;
  const lines = ["# TYPE container_cpu_usage_seconds counter"];
  for (const name of NAMES)
    for (const pod of ["x2x4z", "bcdfg"])
      for (let t = -3600; t <= 0; t += 15) {
        const labels = `namespace="${NAMESPACE}",pod="${name}-5d4f8c9b7-${pod}",container="web"`;
        lines.push(`container_cpu_usage_seconds_total{${labels}} ${((t + 3600) * 0.115).toFixed(3)} ${end + t}`);
      }
  return `${lines.join("\n")}\n# EOF\n`;
}

describe.skipIf(skip(missingControlPlane() ?? missingPrometheus()))("three shards", () => {
  let rig: Rig;
  let prometheus: TestPrometheus;
  const kubectl = (...args: string[]) => rig.cluster.kubectl(["-n", NAMESPACE, ...args]);

  beforeAll(async () => {
    prometheus = await startPrometheus({ history: counters() });
    rig = await startRig(NAMESPACE, "manifests/overlays/sharded");
    await makeFleet(rig, NAMES, 2);
  });
  afterAll(async () => {
    await rig?.stop();
    await prometheus?.stop();
  });
  beforeEach(async () => {
    await kubectl("scale", "deployment", ...NAMES, "--replicas=2");
    for (const name of names(3)) await kubectl("annotate", "configmap", name, `${annotation}-`);
  });

  const names = (count: number) => stateObjects({ namespace: NAMESPACE, name: STATE, count });
  const config = (count: number) => ({
    prometheus: { url: prometheus.url, timeout: 20, measurePodStart: false },
    kubernetes: { timeout: 20, detectScalers: false, events: false },
    shards: { count },
    targets: NAMES.map((name) => ({ scaleTargetRef: { name }, targetCpu: 0.05, maxReplicas: 10 })),
  });
  const shard = (index: number, count: number, kill = false): Promise<RigRunResult> =>
    rig.run(config(count), {
      env: { JOB_COMPLETION_INDEX: `${index}` },
      ...(kill && { started: (child) => void child.kill("SIGKILL") }),
    });
  const minute = (count: number, lost?: number) =>
    Promise.all(Array.from({ length: count }, (_, index) => shard(index, count, index === lost)));
  const own = (index: number, count: number) =>
    NAMES.filter((name) => placeOf(`${NAMESPACE}/${name}`, count) === index).sort();
  const scaled = ({ targets }: RigRunResult) =>
    targets.filter(({ action }) => action === "scaled").map(({ name }) => name);
  const replicas = () => replicasOf(rig, NAMES);
  const memory = async (index: number) => {
    const map = JSON.parse(await kubectl("get", "configmap", names(3)[index]!, "-o", "json")) as {
      metadata: { annotations?: Record<string, string> };
    };
    return readState(map.metadata.annotations?.[annotation]).state.targets;
  };

  test("each target is scaled once, by its own shard, and no two write the same object", async () => {
    await rig.mark();
    const runs = await minute(3);
    for (const [index, run] of runs.entries()) {
      expect(run.code, run.stderr).toBe(0);
      expect(run.targets.map(({ name }) => name).sort()).toEqual(own(index, 3));
      expect(scaled(run).sort()).toEqual(own(index, 3));
      expect(Object.keys(await memory(index)).sort()).toEqual(own(index, 3).map((name) => `${NAMESPACE}/${name}`));
    }
    expect(await replicas()).toEqual(NAMES.map(() => 5));
    const writes = (await rig.calls()).filter(({ verb }) => verb === "patch");
    expect(writes.filter(({ objectRef }) => objectRef?.resource === "configmaps")).toHaveLength(3);
    expect(writes).toHaveLength(3 + NAMES.length);
  });

  test("one that is killed costs its targets one minute, and the others nothing", async () => {
    const runs = await minute(3, 1);
    expect(runs.map(({ code, signal }) => [code, signal])).toEqual([
      [0, null],
      [null, "SIGKILL"],
      [0, null],
    ]);
    const late = new Set(own(1, 3));
    expect(await replicas()).toEqual(NAMES.map((name) => (late.has(name) ? 2 : 5)));
    const next = await minute(3);
    expect(next.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(next.flatMap(scaled).sort()).toEqual([...late]);
    expect(await replicas()).toEqual(NAMES.map(() => 5));
  });

  test("another number of shards: what moves is remembered where it comes to be", async () => {
    await minute(2);
    const before = Object.assign({}, ...(await Promise.all([0, 1].map(memory)))) as Awaited<ReturnType<typeof memory>>;
    const moved = own(2, 3);
    expect(moved.length).toBeGreaterThan(0);
    const [, , third] = await minute(3);
    expect(third).toMatchObject({ code: 0 });
    const after = await memory(2);
    for (const name of moved) {
      const key = `${NAMESPACE}/${name}`;
      // what it recommended in the shard before is still there
      expect(after[key]!.recommendations).toContainEqual(before[key]!.recommendations[0]);
      expect(after[key]!.changes).toEqual(before[key]!.changes);
    }
  });

  test("a pod that does not know which shard it is does nothing, and says what is missing", async () => {
    await expect(rig.run(config(3))).rejects.toThrow(/exit 2.*shards\.index: is not given, and shards\.count is 3/s);
    expect(await replicas()).toEqual(NAMES.map(() => 2));
    const dry = await rig.run(config(3), { args: ["--once", "--dry-run"] });
    expect(dry.targets).toHaveLength(NAMES.length);
  });
});
