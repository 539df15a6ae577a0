/** Settings in annotations: which ones there are, what is wrong with one, and that they make the same target as a listed one. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  annotationOf,
  annotationSettings,
  BY_ANNOTATION,
  fromAnnotations,
  ownAnnotations,
  ANNOTATION_PREFIX as P,
} from "../../job/config/annotations.ts";
import { foundTarget, issuesText } from "../../job/config/found-target.ts";
import { loadSettings } from "../../job/config/load.ts";
import type { Node } from "../../job/config/schema.ts";
import type { Setting } from "../../job/config/settings.ts";
import { TABLE } from "../../job/config/table.ts";
import { formatUnit } from "../../job/config/units.ts";

const workload = (annotations: Record<string, string>) => ({
  namespace: "shop",
  apiVersion: "apps/v1",
  kind: "Deployment",
  name: "web",
  annotations: Object.fromEntries(Object.entries(annotations).map(([key, value]) => [P + key, value])),
});
const found = (annotations: Record<string, string>, below: object = {}, above: object = {}) =>
  foundTarget(workload(annotations), { below, above });
async function wrong(annotations: Record<string, string>, below: object = {}) {
  const made = await found(annotations, below);
  return "issues" in made ? issuesText(made.issues) : "nothing";
}
async function made(...given: Parameters<typeof found>) {
  const one = await found(...given);
  if (!("target" in one)) throw new Error(issuesText(one.issues));
  return one.target;
}

describe("the annotations of settings", () => {
  it("has decided about every field of a target, and about no other", () => {
    expect(Object.keys(BY_ANNOTATION).sort()).toEqual(Object.keys(TABLE.target.fields).sort());
  });

  it("names each as the settings do, within what Kubernetes takes as a name", () => {
    const names = [...annotationSettings().keys()];
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) {
      expect(name).toMatch(/^prophet-autoscaler\/[a-z]([-.a-z]*[a-z])?$/);
      expect(name.length - P.length).toBeLessThanOrEqual(63);
    }
    expect(annotationOf(["behavior", "scaleDown", "stabilizationWindowSeconds"])).toBe(
      `${P}behavior.scale-down.stabilization-window-seconds`,
    );
    expect(names).toContain(`${P}target-cpu`);
  });

  it("lets nothing through that asks the metric source, computes more, or says that it is another workload", async () => {
    const refused = [
      "query", "metrics", "name", "namespace", "scale-target-ref.name", "scale-target-ref.kind", "actuator", "history",
      "calibration", "step", "method", "prophet.growth", "horizon", "interval", "metric-lag", "max-age", "min-coverage",
      "schedule", "blind-after",
    ]; // biome-ignore format: one list
    for (const name of refused) {
      expect(annotationSettings().has(P + name), name).toBe(false);
      expect(await wrong({ "target-cpu": "1", [name]: "1" }), name).toMatch(
        new RegExp(`^${P}${name} cannot be set by an annotation: .*Ask the operator`),
      );
    }
    // no free text at all, but for the name of an HPA
    const texts = [...annotationSettings()].filter(([, { node }]) => node.kind === "text").map(([name]) => name);
    expect(texts).toEqual([`${P}hpa-name`]);
  });
});

describe("a wrong annotation", () => {
  it.each<[string, Record<string, string>, RegExp]>([
    [
      "a misspelt name",
      { "max-replica": "3" },
      /max-replica is not a known annotation\. Did you mean .*max-replicas\?/,
    ],
    ["a name of the settings", { targetCpu: "1" }, /targetCpu is not a known annotation\. Did you mean .*target-cpu/],
    ["a part of a group", { behavior: "x" }, /behavior is not a known annotation/],
    ["a unit that is none", { "target-cpu": "400mcpu" }, /target-cpu must be cores .*got "400mcpu"/],
    ["an empty value", { "target-cpu": "" }, /target-cpu must be cores .*got ""/],
    ["a value out of range", { "target-cpu": "1", "min-replicas": "-1" }, /min-replicas must be .*got "-1"/],
    ["a word that is none", { "target-cpu": "1", mode: "Actve" }, /mode must be one of .*Did you mean Active/],
    ["no number", { "target-cpu": "1", "max-replicas": "ten" }, /max-replicas must be/],
    ["a long value", { "target-cpu": "x".repeat(5000) }, /target-cpu has more than 253 characters/],
    ["control characters", { "target-cpu": "1\n\u001b[31m" }, /got "1\\n\\u001b\[31m"/],
    ["no CPU", {}, /target-cpu is missing\. Give the workload this annotation/],
    [
      "a minimum above the maximum",
      { "target-cpu": "1", "min-replicas": "11" },
      /min-replicas 11 is above maxReplicas, which is 10/,
    ],
    ["a maximum below the minimum of all", { "target-cpu": "1" }, /min-replicas 11 is above maxReplicas/],
    ["0 replicas of the CPU alone", { "target-cpu": "1", "min-replicas": "0" }, /min-replicas 0 needs a metric/],
    ["milli-cores without their unit", { "target-cpu": "400" }, /target-cpu 400 means 400 cores for each pod/],
    [
      "a fallback without its replicas",
      { "target-cpu": "1", "fallback.after": "10m" },
      /fallback\.replicas is missing/,
    ],
    ["the label as an annotation", { "target-cpu": "1", enabled: "true" }, /enabled is a label and no annotation/],
  ])("%s is refused, with its name and what it takes", async (what, annotations, message) => {
    const below = what === "a maximum below the minimum of all" ? { minReplicas: 11 } : {};
    expect(await wrong(annotations, below)).toMatch(message);
  });

  it("is told with all others at once", async () => {
    expect(await wrong({ "target-cpu": "x", "max-replica": "1" })).toMatch(
      /target-cpu must be .*; .*max-replica is not/,
    );
  });

  it("of the operator is not called the owner's", async () => {
    expect(await wrong({ "target-cpu": "1" }, { history: 60, step: 60 })).toMatch(
      /^defaults\.history 1m is less than two/,
    );
  });

  it("is told where it does not fit the metrics of the operator", async () => {
    const metrics = [{ name: "queue", query: "q", averageValue: 5 }];
    expect(await wrong({ "min-replicas": "0" }, { metrics })).toMatch(
      /min-replicas 0 needs a metric with an `activation`/,
    );
  });

  it("never breaks what reads it, whatever it holds", () => {
    const key = fc.oneof(
      fc.constantFrom(...annotationSettings().keys()),
      fc.string().map((text) => P + text),
    );
    fc.assert(
      fc.asyncProperty(fc.dictionary(key, fc.string({ unit: "binary" })), async (annotations) => {
        const one = await foundTarget({ ...workload({}), annotations }, { below: {}, above: {} });
        // no target without a CPU
        expect(
          "issues" in one || one.target.targetCpu !== undefined || one.target.averageUtilization !== undefined,
        ).toBe(true);
      }),
    );
  });
});

describe("precedence", () => {
  it("is: defaults, then the annotation, then flags and environment", async () => {
    const below = { targetCpu: 1, maxReplicas: 5, minReplicas: 2 };
    const target = await made({ "max-replicas": "7", mode: "Active" }, below, { mode: "ForecastOnly" });
    expect(target).toMatchObject({ targetCpu: 1, minReplicas: 2, maxReplicas: 7, mode: "ForecastOnly" });
  });

  it("is one question for slo and quantile: an annotation with one goes before the other of the defaults", async () => {
    const target = await made({ "target-cpu": "1", slo: "1%" }, { quantile: 0.9, scaleDownQuantile: 0.95 });
    expect(target).toMatchObject({ slo: 0.01 });
    expect(target).not.toHaveProperty("quantile");
  });

  it("leaves which workload it is to the workload", async () => {
    const below = { namespace: "other", scaleTargetRef: { kind: "Rollout", name: "x" }, targetCpu: 1 };
    expect(await made({}, below)).toMatchObject({
      namespace: "shop",
      name: "web",
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "web" },
    });
  });

  it("takes what an operator asks of a metric source for all of them", async () => {
    const metrics = [{ name: "rps", query: 'sum(rate(http{namespace="$namespace"}[1m]))', averageValue: 10 }];
    expect(await made({}, { metrics })).toMatchObject({ metrics });
  });
});

it("takes from an object only what is ours, and only texts", () => {
  expect(ownAnnotations({ [`${P}a`]: "1", [`${P}b`]: 2, "other/c": "3" })).toEqual({ [`${P}a`]: "1" });
  for (const none of [null, undefined, "x", 3]) expect(ownAnnotations(none)).toEqual({});
  const issues: never[] = [];
  expect(fromAnnotations({ [`${P}paused`]: "true", "other/target-cpu": "x" }, issues)).toEqual({});
  expect(issues).toEqual([]);
});

/** A value of a setting as a person writes it, in the file and in an annotation. */
function written(node: Node): fc.Arbitrary<string> {
  if (node.kind === "quantity") {
    const whole = ["replicas", "count", "seconds"].includes(node.unit);
    const { min, max } = node;
    const number = whole
      ? fc.integer({ min: Math.ceil(min), max: Math.floor(Math.min(max, 3600)) })
      : fc.double({ min, max: Math.min(max, 3), noNaN: true }).map((value) => Number(value.toFixed(3)) || min);
    return number.map((value) => formatUnit(node.unit, Math.min(max, Math.max(min, value))));
  }
  if (node.kind === "choice") return fc.constantFrom(...node.values);
  if (node.kind === "toggle") return fc.constantFrom("true", "false");
  return fc.constant("web-hpa");
}

it("annotations make the same target, or the same mistakes, as the same settings in the list", async () => {
  const one = ([name, { node, path }]: readonly [string, Setting]) =>
    written(node).map((value) => ({ name, path, value }));
  // a few at a time: of all together hardly any fit each other
  const entries = fc
    .subarray([...annotationSettings()], { maxLength: 5 })
    .chain((some) => fc.tuple(...[...some].map(one)))
    .map((some) => [{ name: `${P}target-cpu`, path: ["targetCpu"], value: "500m" }, ...some]);
  const place = (root: Record<string, unknown>, [key = "", ...rest]: readonly string[], value: string): void => {
    if (rest.length === 0) root[key] = value;
    else {
      root[key] ??= {};
      place(root[key] as Record<string, unknown>, rest, value);
    }
  };
  let targets = 0;
  await fc.assert(
    fc.asyncProperty(entries, async (given) => {
      const annotations = Object.fromEntries(given.map(({ name, value }) => [name, value]));
      const listed: Record<string, unknown> = { namespace: "shop", scaleTargetRef: { name: "web" } };
      for (const { path, value } of given) place(listed, path, value);
      const one = await foundTarget({ ...workload({}), annotations }, { below: {}, above: {} });
      const file = JSON.stringify({ kubernetes: { detectScalers: true }, targets: [listed] });
      const loaded = await loadSettings({ flags: { config: "a.yaml" }, env: {}, readFile: async () => file }).catch(
        (error: unknown) => error as { issues: readonly { path: string }[] },
      );
      if ("issues" in loaded) expect(one).toHaveProperty("issues");
      else {
        targets += 1;
        expect(one).toHaveProperty("target", loaded.targets[0]);
      }
    }),
    { numRuns: 300 },
  );
  // not only mistakes were compared
  expect(targets).toBeGreaterThan(50);
});
