/** The targets of a process: found anew each time, those of one shard, and a run whose lists failed ends with 1. */
import { expect, it } from "vitest";
import { DiscoveryError, type DiscoveryResult } from "../../job/adapters/kubernetes-discovery.ts";
import type { Io } from "../../job/cli/io.ts";
import { targetSource, targetsNow } from "../../job/cli/target-source.ts";
import type { World } from "../../job/cli/world.ts";
import { loadSettings } from "../../job/config/load.ts";
import { placeOf } from "../../job/core/state/rendezvous.ts";

const workload = (name: string) => ({
  namespace: "shop",
  apiVersion: "apps/v1",
  kind: "Deployment",
  name,
  annotations: { "prophet-autoscaler/target-cpu": "1" },
});

async function source(
  findings: readonly Partial<DiscoveryResult>[],
  flags: object = {},
  file: object = { discover: [{}] },
) {
  const readFile = async () => JSON.stringify(file);
  const settings = await loadSettings({ flags: { config: "a", ...flags }, env: {}, readFile });
  const left = [...findings];
  const world = {
    discovery: { find: async () => ({ workloads: [], failures: [], lists: 1, ...left.shift() }) },
    clock: { after: () => new AbortController().signal, sleep: async () => {} },
  } as unknown as World;
  return targetSource(settings, world, { redactor: (text: string) => text } as unknown as Io, () => {});
}

it("finds anew each time; a run whose lists failed ends with 1, and the next that has all of them does not", async () => {
  const failure = new DiscoveryError("Deployment", "pay", new Error("timeout"));
  const own = await source([{ workloads: [workload("web")], failures: [failure] }, { workloads: [workload("api")] }]);
  expect((await targetsNow(own)).map(({ name }) => name)).toEqual(["web"]);
  expect(own.summary()?.failures).toHaveLength(1);
  expect([own.exitCode({ exitCode: 0 }), own.exitCode({ exitCode: 1 })]).toEqual([1, 1]);
  expect((await targetsNow(own)).map(({ name }) => name)).toEqual(["api"]);
  expect(own.targets().map(({ name }) => name)).toEqual(["api"]);
  expect([own.exitCode({ exitCode: 0 }), own.exitCode({ exitCode: 1 })]).toEqual([0, 1]);
});

it("gives a shard its own of those that are found", async () => {
  const workloads = Array.from({ length: 30 }, (_, i) => workload(`web-${i}`));
  const own = await source([{ workloads }], { "shard-index": "1" }, { discover: [{}], shards: { count: 3 } });
  const names = (await targetsNow(own)).map(({ name }) => name);
  const expected = workloads.filter(({ name }) => placeOf(`shop/${name}`, 3) === 1).map(({ name }) => name);
  expect(names.sort()).toEqual(expected.sort());
  expect(names.length).toBeGreaterThan(3);
});

it("is the list alone where nothing is to be found", async () => {
  const targets = [{ namespace: "shop", scaleTargetRef: { name: "web" }, targetCpu: 1 }];
  const own = await source([], {}, { targets });
  expect((await targetsNow(own)).map(({ name }) => name)).toEqual(["web"]);
  expect([own.summary(), own.exitCode({ exitCode: 0 })]).toEqual([null, 0]);
});
