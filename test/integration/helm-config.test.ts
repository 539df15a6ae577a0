/** The job's configuration in the chart: the README's can be pasted, a target elsewhere gets its Role there, and what contradicts itself is refused as the job refuses it. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { ConfigError, loadSettings } from "../../job/config/load.ts";
import { skip } from "../cluster/available.ts";
import { chart, type Helm, type KubeObject, manifests, missingHelm, objectsOf, startHelm } from "./helm-program.ts";

type Fields = Readonly<Record<string, unknown>>;
const prometheus = { url: "http://prometheus:9090" };

/** Places that the job finds wrong, without their messages. */
async function refusedByJob(config: Fields): Promise<string[]> {
  // a password comes from there in a cluster: the chart does not take one
  const env = { PROPHET_AUTOSCALER_NAMESPACE: "shop", PROPHET_AUTOSCALER_PROMETHEUS_BASIC_PASSWORD: "p" };
  const { basic } = (config.prometheus ?? {}) as Fields;
  const { PROPHET_AUTOSCALER_PROMETHEUS_BASIC_PASSWORD: _, ...plain } = env;
  try {
    const readFile = async () => stringify(config);
    await loadSettings({ flags: { config: "config.yaml" }, env: basic === undefined ? plain : env, readFile });
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.issues.map(({ path }) => path);
  }
}

describe.skipIf(skip(missingHelm()))("the job's configuration in the chart", () => {
  let helm: Helm;
  beforeAll(async () => {
    helm = await startHelm();
  });
  afterAll(() => helm?.stop());

  let files = 0;
  const render = (config: Fields, ...args: string[]): Promise<string> => {
    const file = join(helm.dir, `${files++}.json`);
    writeFileSync(file, JSON.stringify({ config, demo: { stressApp: false } }));
    return helm("template", "prophet-autoscaler", chart, "-n", "shop", "--values", file, ...args);
  };
  /** Places that the chart finds wrong. */
  const refusedByChart = async (config: Fields): Promise<string[]> => {
    const said = await render(config).then(
      () => "",
      (refusal: Error) => refusal.message,
    );
    expect(said).toMatch(/^$|execution error at .*config.yaml/);
    return [...said.matchAll(/^config\.(\S+): /gm)].map(([, place]) => place!);
  };
  const distinct = (places: readonly string[]) => [...new Set(places)].sort();

  test("the README's, pasted", async () => {
    const readme = readFileSync(join(manifests, "../README.md"), "utf8");
    const [, pasted] = /^## Your own workload\n[\s\S]*?^```yaml\n([\s\S]*?)^```/m.exec(readme)!;
    const objects = objectsOf(await render(parse(pasted!)));
    expect(new Set(objects.map(({ metadata }) => metadata.namespace))).toEqual(new Set(["shop"]));
    const file = objects.find(({ data }) => data?.["config.yaml"] !== undefined)!.data!["config.yaml"]!;
    expect(parse(file)).toMatchObject(parse(pasted!));
    expect(await refusedByJob(parse(file))).toEqual([]);
  });

  test("targets in three namespaces: the rights are where the targets are, the state with the release", async () => {
    const at = (name: string, namespace?: string) => ({
      scaleTargetRef: { name },
      targetCpu: 1,
      ...(namespace === undefined ? {} : { namespace }),
    });
    const targets = [at("a"), at("b", "pay"), at("c", "pay"), at("d", "shop"), at("e", "web")];
    const objects = objectsOf(
      await render({ prometheus, kubernetes: { detectScalers: true, events: false }, targets }),
    );
    const of = (kind: string) => objects.filter((object) => object.kind === kind);
    const named = ({ metadata, rules }: KubeObject) =>
      `${metadata.namespace}/${metadata.name}: ${(rules as { resources: string[]; resourceNames?: string[] }[])
        .map(({ resources, resourceNames }) => `${resources[0]} ${resourceNames?.[0] ?? "*"}`)
        .join()}`;
    expect(of("Role").map(named).sort()).toEqual([
      "pay/prophet-autoscaler-inspect.shop: deployments b,deployments c,horizontalpodautoscalers *",
      "pay/prophet-autoscaler.shop: deployments/scale b,deployments/scale c",
      "shop/prophet-autoscaler-inspect: deployments a,deployments d,horizontalpodautoscalers *",
      "shop/prophet-autoscaler: deployments/scale a,deployments/scale d,configmaps prophet-autoscaler-state",
      "web/prophet-autoscaler-inspect.shop: deployments e,horizontalpodautoscalers *",
      "web/prophet-autoscaler.shop: deployments/scale e",
    ]);
    for (const binding of of("RoleBinding"))
      expect(binding).toMatchObject({
        roleRef: { name: binding.metadata.name },
        subjects: [{ name: "prophet-autoscaler", namespace: "shop" }],
      });
    const elsewhere = await render({
      prometheus,
      kubernetes: { detectScalers: true, events: false },
      targets: [at("b", "pay")],
    });
    expect(
      objectsOf(elsewhere)
        .filter(({ kind }) => kind === "Role")
        .map(named),
    ).toContain("shop/prophet-autoscaler: configmaps prophet-autoscaler-state");
  });

  const target = (fields: Fields, name = "web") => ({ scaleTargetRef: { name }, targetCpu: "400m", ...fields });
  const days = { days: ["Mon"], from: "08:00", to: "18:00" };

  test("one workload in two entries is refused by both", async () => {
    const twice = {
      prometheus,
      targets: [target({}), target({}, "other"), target({ namespace: "shop", targetCpu: 1 })],
    };
    expect(distinct(await refusedByJob(twice))).toEqual(["targets[2]"]);
    expect(await refusedByChart(twice)).toEqual(["targets[2]"]);
    await render({ prometheus, targets: [target({}), target({ namespace: "other" })] });
  });

  test("any settings: refused by the chart just where the job refuses them", async () => {
    const replicas = fc.option(fc.integer({ min: 1, max: 20 }), { nil: undefined });
    const cores = fc.option(
      fc.oneof(
        fc.integer({ min: 1, max: 3000 }).map((milli) => `${milli}m`),
        fc.integer({ min: 1, max: 100 }),
        fc.constantFrom(0.25, 1.5),
      ),
      { nil: undefined },
    );
    const seconds = fc.oneof(
      fc.integer({ min: 15, max: 3600 }),
      fc.integer({ min: 15, max: 600 }).map((s) => `${s}s`),
      fc.constantFrom("1m", "2m30s", "1h", "0.5h", "90"),
    );
    const ratio = fc.option(
      fc.oneof(
        fc.constantFrom(0.5, 0.7, 0.995),
        fc.integer({ min: 50, max: 99 }).map((p) => `${p}%`),
      ),
      {
        nil: undefined,
      },
    );
    const fields = fc.record({
      minReplicas: replicas,
      maxReplicas: replicas,
      targetCpu: cores.map((c) => c ?? 1),
      podCpuLimit: cores,
      quantile: ratio,
      scaleDownQuantile: ratio,
      horizon: seconds,
      history: seconds.map((s) => (typeof s === "number" && s < 60 ? s + 60 : s === "90" ? 90 : s)),
      step: seconds,
      schedule: fc.array(
        fc.record({
          name: fc.constant("x"),
          recurring: fc.constant(days),
          minReplicas: replicas,
          maxReplicas: replicas,
        }),
        {
          maxLength: 2,
        },
      ),
    });
    const plain = (value: Fields): Fields => JSON.parse(JSON.stringify(value));
    await fc.assert(
      fc.asyncProperty(fields, fields, async (defaults, own) => {
        // what a single field may be is the schema's to say
        const config = plain({ prometheus, defaults, targets: [target(plain(own))] });
        const byJob = await refusedByJob(config);
        fc.pre(byJob.every((path) => path.startsWith("targets")));
        expect(distinct(await refusedByChart(config))).toEqual(distinct(byJob));
      }),
      { numRuns: 60, seed: 7 },
    );
  });
});
