/** The chart as Helm reads it, without a cluster: lint, the same objects as kustomize, values that are refused, the package. */
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { loadSettings } from "../../job/config/load.ts";
import { skip } from "../cluster/available.ts";
import {
  chart,
  type Helm,
  type KubeObject,
  kustomize,
  manifests,
  missingHelm,
  objectsOf,
  startHelm,
  valuesFile,
  valuesFiles,
} from "./helm-program.ts";

/** Labels that say who installed an object. */
const installers = ["helm.sh/chart", "app.kubernetes.io/managed-by"];

/**
 * Objects by kind, namespace and name, without the differences that are allowed:
 * - the labels of `installers`;
 * - the text of config.yaml (comments, order of keys), but not what it says;
 * - the Namespace of the demo: a release lives in its namespace and so cannot make it.
 */
function comparable(yaml: string): Record<string, unknown> {
  const entries = objectsOf(yaml)
    .filter((object) => object.kind !== "Namespace")
    .map((object) => {
      const { namespace, name } = object.metadata;
      const labels = Object.entries(object.metadata.labels ?? {}).filter(([key]) => !installers.includes(key));
      const metadata = { ...object.metadata, labels: Object.fromEntries(labels) };
      const config = object.data?.["config.yaml"];
      const data = config === undefined ? object.data : { ...object.data, "config.yaml": parse(config) };
      return [`${object.kind} ${namespace}/${name}`, { ...object, metadata, data }] as const;
    });
  const names = entries.map(([key]) => key);
  expect(names, "each object once").toEqual([...new Set(names)]);
  return Object.fromEntries(entries);
}

/** Values file, namespace of the release, and the folders of manifests that it renders. */
const same: readonly (readonly [string | null, string, readonly string[]])[] = [
  [null, "default", ["base"]],
  ["demo", "prophet-demo", ["overlays/demo"]],
  ["hpa-floor", "default", ["overlays/hpa-floor"]],
  ["multi-target", "default", ["overlays/multi-target"]],
  ["many-targets", "default", ["overlays/many-targets"]],
  ["sharded", "default", ["overlays/sharded"]],
  ["hourly", "default", ["overlays/hourly"]],
  ["openshift", "prophet-demo", ["overlays/openshift"]],
  ["monitoring", "default", ["base", "overlays/monitoring"]],
  ["operator", "default", ["base", "monitoring/operator"]],
];

/** Values that must be refused, with the place that the message names. */
const refused: readonly (readonly [string, object, RegExp])[] = [
  ["a misspelt field", { cronjob: { suspend: true } }, /'cronjob' not allowed/],
  ["a misspelt field of the job", { config: { reprot: { logFormat: "json" } } }, /\/config.*'reprot' not allowed/],
  ["a misspelt field of a target", { config: { targets: [target({ maxReplica: 3 })] } }, /'maxReplica' not allowed/],
  ["no targets", { config: { targets: [] } }, /\/config\/targets.*minItems/],
  ["a target without a workload", { config: { targets: [{ targetCpu: 0.1 }] } }, /'scaleTargetRef'/],
  ["a target without a name", { config: { targets: [{ targetCpu: 1, scaleTargetRef: {} }] } }, /'name'/],
  ["CPU in an unknown unit", { config: { targets: [target({ targetCpu: "400mcpu" })] } }, /\/targetCpu/],
  ["CPU in Mi", { config: { targets: [target({ targetCpu: "400Mi" })] } }, /\/targetCpu/],
  ["CPU of zero", { config: { targets: [target({ targetCpu: 0 })] } }, /\/targetCpu/],
  ["time in an unknown unit", { config: { targets: [target({ podStart: "30 sec" })] } }, /\/podStart/],
  ["negative time", { config: { targets: [target({ podStart: -1 })] } }, /\/podStart/],
  ["a quantile in percent without %", { config: { targets: [target({ quantile: 90 })] } }, /\/quantile/],
  ["half a replica", { config: { targets: [target({ minReplicas: 1.5 })] } }, /\/minReplicas/],
  ["a number as text", { config: { targets: [target({ maxReplicas: "ten" })] } }, /\/maxReplicas/],
  ["an unknown mode", { config: { targets: [target({ mode: "DryRun" })] } }, /\/mode/],
  [
    "a namespace for all",
    { config: { defaults: { namespace: "other" } } },
    /\/config\/defaults.*'namespace' not allowed/,
  ],
  ["a namespace that is none", { config: { targets: [target({ namespace: "a.b" })] } }, /\/targets\/0\/namespace/],
  ["a name with capitals", { config: { targets: [target({ scaleTargetRef: { name: "Web" } })] } }, /\/name/],
  ["a URL without http", { config: { prometheus: { url: "prometheus:9090" } } }, /\/prometheus\/url/],
  ["a password in the URL", { config: { prometheus: { url: "http://me:pw@prometheus" } } }, /\/prometheus\/url/],
  ["a token in the ConfigMap", { config: { prometheus: { bearerToken: "x" } } }, /'bearerToken' not allowed/],
  [
    "a password in the ConfigMap",
    { config: { prometheus: { basic: { username: "u", password: "x" } } } },
    /'password'/,
  ],
  ["shards of its own", { config: { shards: { count: 3 } } }, /'shards' not allowed/],
  ["no shard", { shards: { count: 0 } }, /\/shards\/count/],
  ["a state of its own", { config: { state: { configMap: { name: "mine" } } } }, /'state' not allowed/],
  ["a switch as text", { config: { kubernetes: { events: "yes" } } }, /\/kubernetes\/events/],
  ["a schedule of four fields", { cronJob: { schedule: "* * * *" } }, /\/cronJob\/schedule/],
  ["no limits", { cronJob: { resources: { limits: null } } }, /'limits'/],
  ["memory without a unit", { cronJob: { resources: { requests: { memory: 96 } } } }, /\/requests\/memory/],
  ["memory in MB", { cronJob: { resources: { requests: { memory: "96MB" } } } }, /\/requests\/memory/],
  ["CPU limit in cores spelt out", { cronJob: { resources: { limits: { cpu: "half" } } } }, /\/limits\/cpu/],
  ["a tag in the repository's digest", { image: { digest: "0.1.0" } }, /\/image\/digest/],
  ["an unknown pull policy", { image: { pullPolicy: "IfNeeded" } }, /\/image\/pullPolicy/],
  ["a number as tag", { image: { tag: 1.1 } }, /\/image\/tag/],
  ["a port that is none", { networkPolicy: { prometheus: { port: 90900 } } }, /\/prometheus\/port/],
  ["an address without its length", { networkPolicy: { apiServer: { cidrs: ["10.0.0.1"] } } }, /\/cidrs\/0/],
  ["a namespace that is none", { monitoring: { namespace: "Monitoring" } }, /\/monitoring\/namespace/],
  ["a label that is no text", { monitoring: { prometheusRule: { labels: { release: 1 } } } }, /\/labels\/release/],
];

function target(fields: object): object {
  return { scaleTargetRef: { kind: "Deployment", name: "web" }, targetCpu: "400m", ...fields };
}

describe.skipIf(skip(missingHelm()))("the chart", () => {
  let helm: Helm;
  beforeAll(async () => {
    helm = await startHelm();
  });
  afterAll(() => helm?.stop());

  const render = (values: string | null, namespace = "default", release = "prophet-autoscaler", from = chart) =>
    helm("template", release, from, "-n", namespace, ...(values === null ? [] : ["--values", values]));
  const withValues = (values: object): string => {
    const file = join(helm.dir, "values.json");
    writeFileSync(file, JSON.stringify(values));
    return file;
  };
  const find = (objects: readonly KubeObject[], kind: string, name: string) =>
    objects.find((object) => object.kind === kind && object.metadata.name === name);

  test.each([null, ...valuesFiles])("values %s pass `helm lint --strict`", async (name) => {
    await helm("lint", "--strict", chart, ...(name === null ? [] : ["--values", valuesFile(name)]));
  });

  test.each(same)("values %s in %s: the objects of %j", async (name, namespace, folders) => {
    const rendered = await render(name === null ? null : valuesFile(name), namespace);
    const expected = (await Promise.all(folders.map(kustomize))).join("\n---\n");
    // the operator's Prometheus is another Service than the base's; everything else is as it is
    const same = name === "operator" ? rendered.replace("kube-prometheus-stack-prometheus", "prometheus") : rendered;
    expect(comparable(same)).toEqual(comparable(expected));
  });

  test("each overlay has its values file", () => {
    const compared = same.flatMap(([, , folders]) => folders.filter((folder) => folder.startsWith("overlays/")));
    const overlays = execFileSync("ls", [join(manifests, "overlays")], { encoding: "utf8" })
      .trim()
      .split("\n");
    expect(compared.map((folder) => folder.slice(9)).sort()).toEqual(overlays.sort());
  });

  test.each([null, ...valuesFiles])("values %s: the job accepts its configuration", async (name) => {
    const objects = objectsOf(await render(name === null ? null : valuesFile(name), "shop"));
    const file = find(objects, "ConfigMap", "prophet-autoscaler")?.data?.["config.yaml"] ?? "";
    const settings = await loadSettings({
      flags: { config: "config.yaml" },
      env: { PROPHET_AUTOSCALER_NAMESPACE: "shop" },
      readFile: async () => file,
    });
    expect(settings.state.configMap).toMatchObject({ namespace: "shop", name: "prophet-autoscaler-state" });
  });

  test.each(refused)("refused: %s", async (_what, values, place) => {
    const said = await render(withValues(values)).catch((error: Error) => error.message);
    expect(said).toMatch(/values don't meet the specifications of the schema/);
    expect(said).toMatch(place);
  });

  test("a release of another name has names of its own, which the alerts still know", async () => {
    const objects = objectsOf(await render(null, "default", "checkout"));
    const own = objects.filter(({ metadata }) => metadata.name !== "stress-app");
    expect(own.map(({ metadata }) => metadata.name.replace(/-state$/, ""))).toEqual(
      own.map(() => "prophet-autoscaler-checkout"),
    );
    const longest = objectsOf(await render(null, "default", "x".repeat(53)));
    expect(longest.find(({ kind }) => kind === "CronJob")?.metadata.name).toHaveLength(52);
  });

  test("the Roles follow the targets: defaults, other kinds, the HPA's own name; no more rights than settings ask for", async () => {
    const values = withValues({
      config: {
        kubernetes: { detectScalers: false, events: true },
        defaults: { targetCpu: 0.1, actuator: "hpa" },
        targets: [
          { scaleTargetRef: { name: "a" }, hpaName: "a-hpa" },
          { scaleTargetRef: { name: "b" } },
          { actuator: "scale", scaleTargetRef: { apiVersion: "argoproj.io/v1alpha1", kind: "Rollout", name: "c" } },
          { actuator: "scale", scaleTargetRef: { apiVersion: "x.io/v1", kind: "Proxy", name: "d" } },
          { actuator: "scale", scaleTargetRef: { apiVersion: "x.io/v1", kind: "Ox", name: "e", resource: "oxen" } },
        ],
      },
    });
    const objects = objectsOf(await render(values));
    const verbs = ["get", "patch"];
    const hpas = { apiGroups: ["autoscaling"], resources: ["horizontalpodautoscalers"], verbs };
    expect(find(objects, "Role", "prophet-autoscaler")?.rules).toEqual([
      { ...hpas, resourceNames: ["a-hpa"] },
      { ...hpas, resourceNames: ["b"] },
      { apiGroups: ["argoproj.io"], resources: ["rollouts/scale"], resourceNames: ["c"], verbs },
      { apiGroups: ["x.io"], resources: ["proxies/scale"], resourceNames: ["d"], verbs },
      { apiGroups: ["x.io"], resources: ["oxen/scale"], resourceNames: ["e"], verbs },
      { apiGroups: [""], resources: ["configmaps"], resourceNames: ["prophet-autoscaler-state"], verbs },
    ]);
    expect(find(objects, "Role", "prophet-autoscaler-inspect")?.rules).toEqual([
      { apiGroups: [""], resources: ["events"], verbs: ["create", "patch"] },
    ]);
  });

  test("a digest, a private registry, a token from a Secret, suspension", async () => {
    const digest = `sha256:${"a".repeat(64)}`;
    const env = [{ name: "A", valueFrom: { secretKeyRef: { name: "prometheus", key: "token" } } }];
    const values = withValues({
      image: { repository: "registry.example.com/autoscaler", digest, pullSecrets: [{ name: "registry" }] },
      cronJob: {
        suspend: true,
        extraArgs: ["--dry-run"],
        env,
        volumes: [{ name: "ca", configMap: { name: "ca" } }],
        volumeMounts: [{ name: "ca", mountPath: "/ca" }],
      },
    });
    const { spec } = find(objectsOf(await render(values)), "CronJob", "prophet-autoscaler") as KubeObject;
    expect(spec).toMatchObject({
      suspend: true,
      jobTemplate: { spec: { template: { spec: { imagePullSecrets: [{ name: "registry" }] } } } },
    });
    const [container] = (spec as { jobTemplate: { spec: { template: { spec: { containers: object[] } } } } })
      .jobTemplate.spec.template.spec.containers;
    expect(container).toMatchObject({
      image: `registry.example.com/autoscaler@${digest}`,
      args: ["--once", "--config", "/etc/prophet-autoscaler/config.yaml", "--dry-run"],
      env: [{ name: "PROPHET_AUTOSCALER_NAMESPACE" }, ...env],
      volumeMounts: [{ name: "config" }, { name: "ca", mountPath: "/ca" }],
    });
  });

  test("the package holds files where the folder has links, and renders the same", async () => {
    const out = join(helm.dir, "package");
    mkdirSync(out);
    await helm("package", chart, "--destination", out);
    const { version } = parse(readFileSync(join(chart, "Chart.yaml"), "utf8")) as { version: string };
    const archive = join(out, `prophet-autoscaler-${version}.tgz`);
    execFileSync("tar", ["-xzf", archive, "-C", out]);
    for (const file of ["dashboard.json", "forecast-dashboard.json", "rules.yaml", "recording/recording-rules.yaml"])
      expect(readFileSync(join(out, "prophet-autoscaler/files", basename(file)), "utf8")).toBe(
        readFileSync(join(manifests, "monitoring", file), "utf8"),
      );
    const values = valuesFile("monitoring");
    expect(await render(values, "default", "a", archive)).toBe(await render(values, "default", "a"));
  });
});
