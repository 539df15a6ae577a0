/** Whether `targetCpu` fits what the pods ask for and may use. */
import { describe, expect, it } from "vitest";
import { misfitsOf, type PodResources } from "../../../job/core/policy/pod-resources.ts";

describe("misfitsOf", () => {
  it.each<[string, { targetCpu?: number; podCpuLimit?: number }, PodResources, readonly RegExp[]]>([
    ["below both", { targetCpu: 0.07 }, { request: 0.1, limit: 0.2 }, []],
    ["as much as both", { targetCpu: 0.1 + 0.2 }, { request: 0.3, limit: 0.3 }, []],
    ["nothing known", { targetCpu: 9 }, {}, []],
    ["no targetCpu", {}, { request: 0.1, limit: 0.2 }, []],
    [
      "above the limit",
      { targetCpu: 0.4 },
      { request: 0.1, limit: 0.2 },
      [/^targetCpu 400m is above the pod's own limit, 200m/],
    ],
    ["above the request", { targetCpu: 1.5 }, { request: 1 }, [/^targetCpu 1.5 is above what the pod requests, 1:/]],
    [
      "podCpuLimit below the limit",
      { targetCpu: 0.1, podCpuLimit: 0.2 },
      { request: 0.1, limit: 0.5 },
      [/^podCpuLimit 200m is below .*500m/],
    ],
    ["podCpuLimit above it", { targetCpu: 0.1, podCpuLimit: 0.6 }, { request: 0.1, limit: 0.5 }, []],
    ["podCpuLimit without any limit", { targetCpu: 0.1, podCpuLimit: 0.2 }, { request: 0.1 }, []],
  ])("%s", (_, settings, resources, expected) => {
    const found = misfitsOf(settings, resources);
    expect(found).toHaveLength(expected.length);
    for (const [i, words] of expected.entries()) expect(found[i]?.message).toMatch(words);
    for (const { todo } of found) expect(todo).not.toBe("");
  });
});
