/** The CPU that a pod asks for and may use, from the templates that people write. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Workload } from "../../job/adapters/kubernetes-objects.ts";
import { cpuQuantity, podResourcesOf } from "../../job/adapters/kubernetes-resources.ts";

const workload = (pod: object) => ({ spec: { template: { spec: pod } } }) as Workload;
const one = (requests: object | undefined, limits?: object, more: object = {}) => ({
  name: "app",
  resources: { ...(requests && { requests }), ...(limits && { limits }) },
  ...more,
});

describe("cpuQuantity", () => {
  it.each<[unknown, number | undefined]>([
    ["500m", 0.5],
    ["1", 1],
    [2, 2],
    ["0.25", 0.25],
    [".5", 0.5],
    ["1500000u", 1.5],
    ["250000000n", 0.25],
    ["1k", 1000],
    ["64Mi", undefined],
    ["lots", undefined],
    ["", undefined],
    [undefined, undefined],
    ["-1", undefined],
  ])("reads %j as %j", (text, cores) => {
    if (cores === undefined) expect(cpuQuantity(text)).toBeUndefined();
    else expect(cpuQuantity(text)).toBeCloseTo(cores, 12);
  });

  it("reads any milli-cores", () => {
    fc.assert(fc.property(fc.nat(1e6), (n) => Math.abs(cpuQuantity(`${n}m`)! - n / 1000) < 1e-9));
  });
});

describe("podResourcesOf", () => {
  it.each<[string, object, object]>([
    ["one container", { containers: [one({ cpu: "100m" }, { cpu: "200m" })] }, { request: 0.1, limit: 0.2 }],
    [
      "a sidecar beside it",
      { containers: [one({ cpu: "100m" }, { cpu: 1 }), one({ cpu: "50m" }, { cpu: 1 })] },
      { request: 0.15, limit: 2 },
    ],
    [
      "an init container that goes on, and one that ends",
      {
        containers: [one({ cpu: "100m" })],
        initContainers: [one({ cpu: "50m" }, undefined, { restartPolicy: "Always" }), one({ cpu: "5" })],
      },
      { request: 0.15 },
    ],
    [
      "a limit alone, which is the request as well",
      { containers: [one(undefined, { cpu: 1 })] },
      { request: 1, limit: 1 },
    ],
    [
      "one that asks for nothing",
      { containers: [one({ cpu: 1 }), one({ memory: "1Gi" }, undefined, { name: "proxy" })] },
      { withoutRequest: "proxy" },
    ],
    [
      "what the whole pod asks for",
      { containers: [one(undefined)], resources: { requests: { cpu: "300m" }, limits: { cpu: 1 } } },
      { request: 0.3, limit: 1 },
    ],
  ])("%s", (_, pod, expected) => {
    const { request, limit, ...rest } = podResourcesOf(workload(pod))!;
    const round = (n: number | undefined) => (n === undefined ? {} : Number(n.toFixed(9)));
    const found = {
      ...rest,
      ...(request === undefined ? {} : { request: round(request) }),
      ...(limit === undefined ? {} : { limit: round(limit) }),
    };
    expect(found).toEqual(expected);
  });

  it("knows nothing of an object without a template", () => {
    expect(podResourcesOf({} as Workload)).toBeUndefined();
    expect(podResourcesOf({ spec: { replicas: 3 } } as Workload)).toBeUndefined();
  });
});
