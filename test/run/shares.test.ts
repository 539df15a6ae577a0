/** A `targetCpu` that is a share of the request: cores where the workload is read, else a failure that says what to do; the other targets go on. */
import { describe, expect, it } from "vitest";
import type { PodResources } from "../../job/core/policy/pod-resources.ts";
import { resourcesText } from "../../job/run/shares.ts";
import { runFor, runOnce } from "../../job/run.ts";
import { config } from "../fakes/config.ts";
import { last } from "../fakes/forecaster.ts";
import { type FakeWorld, fakePorts, fakeWorld } from "../fakes/ports.ts";

/** Ports whose scaler knows these resources, by the target's name. */
function portsWith(world: FakeWorld, resources: Record<string, PodResources>) {
  const ports = fakePorts(world);
  const read: typeof ports.scaler.read = async (target, signal) => {
    const known = resources[target.name];
    return { ...(await ports.scaler.read(target, signal)), ...(known && { resources: known }) };
  };
  return { ...ports, scaler: { ...ports.scaler, read } };
}

const { targetCpu: _, ...shared } = config({ name: "web", scaleDownCooldown: 0 });
const share = (averageUtilization: number, name = "web") => ({ ...shared, name, averageUtilization });

describe("a share of the request", () => {
  it("is cores once the request is read", async () => {
    const world = fakeWorld({ load: () => 3.5, replicas: { web: 2 } });
    const ports = portsWith(world, { web: { request: 1 } });
    const { targets, exitCode } = await runOnce(ports, [share(0.7)], { forecaster: last });
    expect(targets[0]).toMatchObject({ action: "scaled", to: 5 });
    expect(targets[0]?.metrics[0]?.averageValue).toBe(0.7);
    expect(exitCode).toBe(0);
  });

  it("is read again in every run", async () => {
    const world = fakeWorld({ load: () => 3.5, replicas: { web: 2 } });
    const resources: Record<string, PodResources> = { web: { request: 1 } };
    const seen: (number | null)[] = [];
    const after = async ({ targets }: { targets: readonly { to: number | null }[] }) => {
      seen.push(targets[0]!.to);
      resources.web = { request: 0.5 };
      world.now += 60;
    };
    await runFor(portsWith(world, resources), [share(0.7)], { forecaster: last, every: 60, for: 61, after });
    expect(seen).toEqual([5, 10]);
  });

  it.each<[string, Record<string, PodResources>, RegExp]>([
    [
      "the workload may not be read",
      {},
      /targetCpu is 70% .*could not be read: grant get on it .*write targetCpu in cores/,
    ],
    ["a container asks for nothing", { web: { withoutRequest: "proxy" } }, /its container proxy requests no CPU/],
    ["the request is 0", { web: { request: 0 } }, /but it requests no CPU/],
  ])("fails by name where %s, writes nothing for it, and the others go on", async (_, resources, words) => {
    const world = fakeWorld({ load: () => 3.5, replicas: { web: 2, api: 2 } });
    const ports = portsWith(world, { ...resources, api: { request: 1 } });
    const { targets, exitCode } = await runOnce(ports, [share(0.7), share(0.7, "api")], { forecaster: last });
    expect(targets[0]).toMatchObject({ action: "failed", message: expect.stringMatching(words) });
    expect(targets[1]).toMatchObject({ action: "scaled", to: 5 });
    expect([world.replicas.web, exitCode]).toEqual([2, 1]);
  });
});

describe("a share beside others", () => {
  it("is read where another target has cores, which stay what they are", async () => {
    const world = fakeWorld({ load: () => 3.5, replicas: { web: 2, api: 2 } });
    const ports = portsWith(world, { web: { request: 1 }, api: { request: 9 } });
    const cores = config({ name: "api", targetCpu: 0.5 });
    const { targets } = await runOnce(ports, [cores, share(0.7)], { forecaster: last });
    expect(targets.map(({ metrics, to }) => [metrics[0]?.averageValue, to])).toEqual([
      [0.5, 7],
      [0.7, 5],
    ]);
  });

  it("of a target that cannot be read keeps the words of that", async () => {
    const world = fakeWorld({ load: () => 3.5, replicas: { web: 2 } });
    const { targets } = await runOnce(portsWith(world, {}), [share(0.7, "gone")], { forecaster: last });
    expect(targets[0]).toMatchObject({ action: "failed", reason: "ScaleError" });
    expect(targets[0]?.message).toContain("GET gone/scale: 404");
  });
});

it("resources are told in words, also where there are none", () => {
  expect(resourcesText({ request: 0.5, limit: 1 })).toBe("a pod requests 500m and may use 1");
  expect(resourcesText({ request: 0.5 })).toBe("a pod requests 500m and has no limit");
  expect(resourcesText({ limit: 1 })).toBe("a pod requests no CPU and may use 1");
});

describe("cores that do not fit the pods", () => {
  it("are told in every run that sees it, and change nothing of what is done", async () => {
    const world = fakeWorld({ load: () => 3.5, replicas: { web: 2 } });
    const target = config({ name: "web", targetCpu: 0.7 });
    const ports = portsWith(world, { web: { request: 0.2, limit: 0.5 } });
    const { targets } = await runOnce(ports, [target], { forecaster: last });
    expect(targets[0]).toMatchObject({ action: "scaled", to: 5 });
    expect(world.logs.filter((line) => /above the pod's own limit, 500m/.test(line))).toHaveLength(1);
    const fits = fakeWorld({ load: () => 3.5, replicas: { web: 2 } });
    await runOnce(portsWith(fits, { web: { request: 0.2, limit: 1 } }), [target], { forecaster: last });
    expect(fits.logs).toEqual([]);
  });
});
