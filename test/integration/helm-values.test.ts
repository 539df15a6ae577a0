/** The chart's own values: each does something, what contradicts itself is refused, and the notes say what will happen. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { skip } from "../cluster/available.ts";
import { SCHEDULES } from "../fakes/schedules.ts";
import { everyValue } from "./every-value.ts";
import { chart, type Helm, type KubeObject, missingHelm, objectsOf, podsOf, startHelm } from "./helm-program.ts";

type Values = Record<string, unknown>;
const presets = parse(readFileSync(join(chart, "values.yaml"), "utf8")) as Values;

/** Paths of what a person sets: not into what is passed on whole, nor into the job's own file. */
function leavesOf(value: unknown, path: readonly string[] = []): string[][] {
  const name = path.join(".");
  const whole =
    /^config$|ecurityContext$|\.resources$|\.labels$|annotations$|odLabels$|odAnnotations$|nodeSelector$|affinity$/i;
  if (value === null || typeof value !== "object" || Array.isArray(value) || whole.test(name)) return [[...path]];
  return Object.entries(value).flatMap(([key, field]) => leavesOf(field, [...path, key]));
}

/** The same values with the field of a path as it is by default. */
function reset(values: Values, [first, ...rest]: readonly string[], preset: Values): Values {
  const own = preset[first!];
  const next = rest.length === 0 ? own : reset(values[first!] as Values, rest, own as Values);
  return { ...values, [first!]: next };
}

/** All words and numbers of a value, the names of its fields among them. */
function wordsOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(wordsOf);
  if (value === null || typeof value !== "object") return typeof value === "boolean" ? [] : [String(value)];
  return Object.entries(value).flatMap(([key, field]) => [key, ...wordsOf(field)]);
}

describe.skipIf(skip(missingHelm()))("the chart's values", () => {
  let helm: Helm;
  beforeAll(async () => {
    helm = await startHelm();
  });
  afterAll(() => helm?.stop());

  let files = 0;
  const fileOf = (values: object): string => {
    const file = join(helm.dir, `${files++}.json`);
    writeFileSync(file, JSON.stringify(values));
    return file;
  };
  const render = async (values: object, release = "prophet-autoscaler") =>
    helm("template", release, chart, "-n", "shop", "--values", fileOf(values));
  const objects = async (values: object, release?: string) => objectsOf(await render(values, release));
  const find = (all: readonly KubeObject[], kind: string) => all.find((object) => object.kind === kind);
  const configOf = (all: readonly KubeObject[]) =>
    parse(all.find(({ data }) => data?.["config.yaml"] !== undefined)!.data!["config.yaml"]!) as {
      defaults?: { interval?: number };
    };
  const jobPod = (all: readonly KubeObject[]) => podsOf(all).find(([owner]) => owner.startsWith("CronJob"))![1];
  const argsOf = (all: readonly KubeObject[]) => (jobPod(all).spec.containers[0] as { args?: string[] }).args;

  const leaves = leavesOf(presets).map((path) => path.join("."));
  /** Fields that count only together with another. */
  const together: Readonly<Record<string, object>> = {
    "image.digest": { image: { ...everyValue.image, digest: `sha256:${"a".repeat(64)}` } },
    "shards.count": { shards: { count: 2 } },
    "serviceAccount.annotations": { serviceAccount: { ...everyValue.serviceAccount, create: true } },
  };
  test.each(leaves)("%s does something", async (name) => {
    const all = { ...everyValue, ...together[name] };
    // a contradiction with the others is something too
    const alone = await render(reset(all, name.split("."), presets)).catch((refusal: Error) => refusal.message);
    const why = `${name} changes nothing: is it in a template, and has it another value in every-value.ts?`;
    const told = await render(all);
    expect(alone === told, why).toBe(false);
    const given = name.split(".").reduce((at: unknown, key) => (at as Values)[key], all);
    for (const word of wordsOf(given)) expect(told).toContain(word);
    expect(alone).toMatch(/kind: CronJob|^cronJob\.\w+ /m);
  });

  test("names: the release's own by default, overridden in part or whole, at most 52 letters", async () => {
    const namesOf = async (values: object, release: string) => {
      const all = await objects({ demo: { stressApp: false }, ...values }, release);
      return [...new Set(all.map(({ metadata }) => metadata.name.replace(/-state$/, "")))];
    };
    expect(await namesOf({}, "prophet-autoscaler-shop")).toEqual(["prophet-autoscaler-shop"]);
    expect(await namesOf({}, "shop")).toEqual(["prophet-autoscaler-shop"]);
    expect(await namesOf({ nameOverride: "scaler" }, "shop")).toEqual(["scaler-shop"]);
    expect(await namesOf({ fullnameOverride: "mine" }, "shop")).toEqual(["mine"]);
    expect((await namesOf({}, "x".repeat(53)))[0]).toHaveLength(52);
  });

  test("two releases in one namespace: each NetworkPolicy is of its own pods only", async () => {
    for (const release of ["a", "b"]) {
      const labels = { "app.kubernetes.io/name": "web", "app.kubernetes.io/instance": "c" };
      const all = await objects({ networkPolicy: { enabled: true }, cronJob: { podLabels: labels } }, release);
      const selector = { "app.kubernetes.io/name": "prophet-autoscaler", "app.kubernetes.io/instance": release };
      expect(find(all, "NetworkPolicy")?.spec).toMatchObject({ podSelector: { matchLabels: selector } });
      expect(jobPod(all).metadata.labels).toMatchObject(selector);
    }
  });

  test("the alerts know objects of another name, and are silent as long as another schedule is", async () => {
    const on = { monitoring: { prometheusRule: { enabled: true } } };
    const rules = async (values: object) => JSON.stringify(find(await objects({ ...on, ...values }), "PrometheusRule"));
    expect(await rules({})).toMatch(/cronjob=~\\"prophet-autoscaler\.\*\\"}\) > 300\b/);
    const other = await rules({ fullnameOverride: "mine", cronJob: { schedule: "*/5 * * * *" } });
    expect(other).toMatch(/cronjob=~\\"mine\.\*\\"}\) > 1500\b/);
    expect(other).toMatch(/job_name=~\\"mine\(/);
    expect(other).not.toMatch(/=~\\"prophet-autoscaler/);
  });

  test("an account and rights that somebody else makes", async () => {
    const all = await objects({ rbac: { create: false }, serviceAccount: { create: false, name: "given" } });
    expect(all.map(({ kind }) => kind)).not.toContain("Role");
    expect(all.map(({ kind }) => kind)).not.toContain("ServiceAccount");
    expect(jobPod(all).spec).toMatchObject({
      serviceAccountName: "given",
    });
    const bound = await objects({ serviceAccount: { create: false, name: "given" } });
    expect(find(bound, "RoleBinding")).toMatchObject({ subjects: [{ name: "given", namespace: "shop" }] });
  });

  test.each(SCHEDULES)("schedule %j: the job plans for %j seconds", async (schedule, seconds) => {
    // a minute is the default, and need not be said
    const told = seconds === 60 ? undefined : seconds;
    expect(configOf(await objects({ cronJob: { schedule } })).defaults?.interval).toBe(told);
  });

  test("several decisions in one run: the flags, and the time between two of them", async () => {
    const all = await objects({
      cronJob: { every: "15s", for: "50s", activeDeadlineSeconds: 56, extraArgs: ["--dry-run"] },
    });
    const config = ["--config", "/etc/prophet-autoscaler/config.yaml"];
    expect(argsOf(all)).toEqual(["--every", "15s", "--for", "50s", ...config, "--dry-run"]);
    expect(configOf(all).defaults?.interval).toBe(15);
    expect(argsOf(await objects({}))).toEqual(["--once", ...config]);
  });

  const to = (name: string, fields: object) => ({
    scaleTargetRef: { kind: "Deployment", name },
    targetCpu: 1,
    ...fields,
  });
  const target = (fields: object) => ({ config: { targets: [to("web", fields)] } });
  const contradictions: readonly (readonly [string, object, RegExp])[] = [
    ["`every` without `for`", { cronJob: { every: "15s" } }, /cronJob.every and cronJob.for need each other/],
    ["`for` without `every`", { cronJob: { for: "50s" } }, /cronJob.every and cronJob.for need each other/],
    [
      "`every` not shorter than `for`",
      { cronJob: { every: "1m", for: 50, activeDeadlineSeconds: 56 } },
      /cronJob.every 1m is not shorter than cronJob.for 50/,
    ],
    [
      "a run as long as its deadline",
      { cronJob: { every: "15s", for: "50s" } },
      /less than 5 s of cronJob.activeDeadlineSeconds 50/,
    ],
    [
      "a run with a hole after it",
      { cronJob: { every: "15s", for: "40s" } },
      /cronJob.for 40s ends too early.*Raise for to 48s/,
    ],
    ["a deadline past the next slot", { cronJob: { activeDeadlineSeconds: 60 } }, /is not shorter than the 60 s/],
    [
      "a run's own time past its deadline",
      { config: { timeout: "50s" } },
      /config.timeout 50s is not shorter than cronJob.activeDeadlineSeconds 50/,
    ],
    [
      "an interval that is not the schedule's",
      target({ interval: "2m" }),
      /config.targets\[0\].interval 2m .* 60 s by cronJob.schedule/,
    ],
    [
      "an interval that is not `every`",
      { config: { defaults: { interval: 60 } }, cronJob: { every: 15, for: "50s", activeDeadlineSeconds: 56 } },
      /config.defaults.interval 60 .* 15 s by cronJob.every/,
    ],
    [
      "another number of ConfigMaps than of shards",
      { shards: { count: 3 }, state: { configMaps: 2 } },
      /state.configMaps 2 is not shards.count 3: each shard has a ConfigMap of its own/,
    ],
    [
      "a name that leaves no room for the number of a shard",
      { shards: { count: 11 }, fullnameOverride: "a".repeat(52) },
      /has 52 characters, and pods that count their shards leave room for 51/,
    ],
    [
      "more targets than a run takes",
      { config: { targets: Array.from({ length: 10_001 }, (_, i) => to(`web-${i}`, {})) } },
      /config\/targets': maxItems: got 10,001, want 10,000/,
    ],
    [
      "a webhook from two places",
      { webhook: { existingSecret: "chat" }, config: { webhook: { urlFile: "/chat/url" } } },
      /webhook.existingSecret: config.webhook.urlFile names a webhook too/,
    ],
  ];
  test.each(contradictions)("refused: %s", async (_what, values, message) => {
    await expect(render(values)).rejects.toThrow(message);
  });

  test("shards: a pod for each, their ConfigMaps, and a doctor that is one pod", async () => {
    const values = { shards: { count: 3 }, fullnameOverride: "a".repeat(52) };
    const all = await objects(values);
    const names = ["", "-1", "-2"].map((end) => `${values.fullnameOverride}-state${end}`);
    const states = all.filter(({ kind, metadata }) => kind === "ConfigMap" && metadata.name.includes("-state"));
    expect(states.map(({ metadata }) => metadata.name)).toEqual(names);
    expect(configOf(all)).toMatchObject({ shards: { count: 3 }, state: { configMap: { name: names[0] } } });
    expect(find(all, "CronJob")).toMatchObject({
      spec: { jobTemplate: { spec: { completionMode: "Indexed", completions: 3, parallelism: 3 } } },
    });
    expect(await notes(values)).toContain('"path": "/spec/completions", "value": 1');
    expect(await notes({})).not.toContain("/spec/completions");
  });

  test("an interval that is the schedule's is taken as it is written", async () => {
    const config = configOf(await objects({ ...target({ interval: "5m" }), cronJob: { schedule: "*/5 * * * *" } }));
    expect(config).toMatchObject({ defaults: { interval: 300 }, targets: [{ interval: "5m" }] });
  });

  const notes = async (values: object) => {
    const file = fileOf(values);
    return helm("install", "prophet-autoscaler", chart, "-n", "shop", "--values", file, "--dry-run=client");
  };
  test("the notes say what each mode does", async () => {
    const said = await notes({
      config: {
        targets: [
          to("a", {}),
          to("b", { mode: "ForecastOnly" }),
          to("c", { mode: "Off" }),
          to("d", { actuator: "hpa", hpaName: "d-hpa" }),
        ],
      },
    });
    expect(said).toContain("Deployment a (Active): sets its replicas");
    expect(said).toContain("Deployment b (ForecastOnly): decides and reports, and changes nothing");
    expect(said).toContain("Deployment c (Off): is left alone");
    expect(said).toContain("Deployment d (Active): sets minReplicas of the HPA d-hpa");
    expect(said).toContain("set mode: Active for the target");
    expect(await notes({})).not.toContain("set mode: Active");
  });

  test("the notes say when it runs, that it is suspended, and that rights are missing", async () => {
    const said = await notes({
      cronJob: { timeZone: "Europe/Berlin", suspend: true, every: "15s", for: "50s", activeDeadlineSeconds: 56 },
      rbac: { create: false },
    });
    expect(said).toContain(
      'runs by the schedule "* * * * *" (Europe/Berlin), and decides every 15s for 50s each time.',
    );
    expect(said).toContain("It is suspended");
    expect(said).toContain("Give the ServiceAccount prophet-autoscaler the rights");
  });
});
