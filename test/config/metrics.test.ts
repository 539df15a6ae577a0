/** Settings of several metrics: the short form, defaults of each, and what is refused. */
import { describe, expect, it } from "vitest";
import { ConfigError, loadSettings } from "../../job/config/load.ts";
import { resolveTarget } from "../../job/config/target-settings.ts";
import { metricsOf } from "../../job/core/target.ts";

const load = (target: string) =>
  loadSettings({
    flags: { config: "autoscaler.yaml", prometheus: "http://prometheus:9090" },
    env: {},
    readFile: async () => `targets:\n  - scaleTargetRef: { name: web }\n${target.replace(/^/gm, "    ")}\n`,
  });
async function refused(target: string): Promise<string> {
  const error = await load(target).then(
    () => new Error("nothing was refused"),
    (caught: unknown) => caught,
  );
  if (!(error instanceof ConfigError)) throw error;
  return error.message;
}

describe("metricsOf", () => {
  it("has the CPU first, in cores, and every other with its own levels or the target's", () => {
    const target = resolveTarget({
      scaleTargetRef: { name: "web" },
      targetCpu: 0.4,
      query: "sum(cpu)",
      metrics: [
        { name: "requests", query: "sum(rate(x[1m]))", averageValue: 50, unit: "requests/s", quantile: 0.9 },
        { name: "lag", query: "sum(lag)", averageValue: 1000, activation: 0 },
      ],
    });
    expect(metricsOf(target)).toEqual([
      {
        name: "cpu",
        unit: "cores",
        averageValue: 0.4,
        query: "sum(cpu)",
        ofPods: true,
      },
      {
        name: "requests",
        unit: "requests/s",
        averageValue: 50,
        query: "sum(rate(x[1m]))",
        quantile: 0.9,
        scaleDownQuantile: 0.99,
        ofPods: false,
      },
      {
        name: "lag",
        unit: "",
        averageValue: 1000,
        query: "sum(lag)",
        activation: 0,
        ofPods: false,
      },
    ]);
  });

  it("calibrates as long as the highest of the levels needs", () => {
    const metrics = [{ name: "requests", query: "x", averageValue: 50, quantile: 0.9 }];
    const of = (more: object) => resolveTarget({ scaleTargetRef: { name: "web" }, targetCpu: 1, ...more }).calibration;
    expect([of({}), of({ metrics })]).toEqual([7200, 21_600]);
  });
});

describe("a file", () => {
  it("takes quantities as Kubernetes writes them", async () => {
    const { targets } = await load(`
minReplicas: 0
metrics:
  - { name: bytes, query: sum(x), averageValue: 500Mi, activation: 100m }`);
    expect(targets[0]).toMatchObject({ minReplicas: 0, metrics: [{ averageValue: 500 * 2 ** 20, activation: 0.1 }] });
    expect(targets[0]?.targetCpu).toBeUndefined();
  });

  it.each<[string, string, RegExp]>([
    ["neither CPU nor metrics", "maxReplicas: 5", /targetCpu: is missing.*--target-cpu.*or give the target metrics/],
    ["no metric in the list", "metrics: []", /metrics.*at least 1|metrics.*has 0/],
    ["a metric without a query", "metrics: [{ name: a, averageValue: 1 }]", /metrics\[0\]\.query: is missing/],
    ["a metric without a value", "metrics: [{ name: a, query: x }]", /metrics\[0\]\.averageValue: is missing/],
    [
      "a name twice",
      "metrics: [{ name: a, query: x, averageValue: 1 }, { name: a, query: y, averageValue: 1 }]",
      /metrics\[1\]\.name: a appears twice/,
    ],
    ["the CPU's name", "metrics: [{ name: cpu, query: x, averageValue: 1 }]", /metrics\[0\]\.name/],
    ["a value of nothing", "metrics: [{ name: a, query: x, averageValue: 0 }]", /metrics\[0\]\.averageValue/],
    [
      "levels that cross",
      "metrics: [{ name: a, query: x, averageValue: 1, quantile: 0.9, scaleDownQuantile: 0.8 }]",
      /metrics\[0\]\.scaleDownQuantile: 0\.8 is below quantile/,
    ],
    [
      "0 with CPU alone",
      "targetCpu: 1\nminReplicas: 0",
      /minReplicas: 0 needs a metric in `metrics` with an `activation`/,
    ],
    [
      "0 without an activation",
      "minReplicas: 0\nmetrics: [{ name: a, query: x, averageValue: 1 }]",
      /minReplicas: 0 needs a metric with an `activation`/,
    ],
    [
      "0 as the floor of an HPA",
      "actuator: hpa\nminReplicas: 0\nmetrics: [{ name: a, query: x, averageValue: 1, activation: 0 }]",
      /minReplicas: 0 cannot be combined with actuator hpa/,
    ],
  ])("refuses %s, and says what to do", async (_, target, pattern) => {
    expect(await refused(target)).toMatch(pattern);
  });
});
