/** The recording rules, unit-tested by promtool: whose each pod is, from each of the sources of that, and what is recorded of a workload. */
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { RECORDS } from "../../job/adapters/prometheus-records.ts";
import { missingPrometheus, promtool, skip } from "../cluster/available.ts";
import { RULES } from "./recorded-rules.ts";

/** Series by name with labels; values in promtool's notation, one in 15 s. */
type Series = Readonly<Record<string, string>>;

/** CPU of a pod: so many cores in each of two containers, and the rows that count everything twice. */
function cpu(pod: string, cores: number, more = ""): Series {
  const row = (container: string, part: number) => ({
    [`container_cpu_usage_seconds_total{namespace="shop",pod="${pod}",container="${container}"${more}}`]: `0+${15 * cores * part}x40`,
  });
  return { ...row("app", 0.5), ...row("sidecar", 0.5), ...row("POD", 1), ...row("", 2) };
}
const owner = (pod: string, kind: string, name: string, more = 'instance="ksm"'): Series => ({
  [`kube_pod_owner{namespace="shop",pod="${pod}",owner_kind="${kind}",owner_name="${name}",owner_is_controller="true",${more}}`]:
    "1x40",
});
const replicaSet = (name: string, kind: string, of: string, more = 'instance="ksm"'): Series => ({
  [`kube_replicaset_owner{namespace="shop",replicaset="${name}",owner_kind="${kind}",owner_name="${of}",owner_is_controller="true",${more}}`]:
    "1x40",
});
const mixin = (pod: string, type: string, name: string): Series => ({
  [`namespace_workload_pod:kube_pod_owner:relabel{cluster="",namespace="shop",pod="${pod}",workload_type="${type}",workload="${name}"}`]:
    "1x40",
});
const web = "web-5d4f8c9b7-x2x4z";

/** A world, and the cores that are recorded in it after five minutes, by workload. */
const cases: readonly (readonly [what: string, series: Series, cores: Readonly<Record<string, number>>])[] = [
  [
    "a Deployment by the names of its pods",
    { ...cpu(web, 1), ...cpu("web-5d4f8c9b7-b2c4d", 2) },
    { "shop/Deployment/web": 3 },
  ],
  ["a StatefulSet by the names of its pods", { ...cpu("db-0", 1), ...cpu("db-12", 2) }, { "shop/StatefulSet/db": 3 }],
  [
    "names that look alike are others' own",
    { ...cpu(web, 1), ...cpu("web-api-5d4f8c9b7-x2x4z", 2), ...cpu("web-0", 4) },
    { "shop/Deployment/web": 1, "shop/Deployment/web-api": 2, "shop/StatefulSet/web": 4 },
  ],
  ["a suffix of five digits is no ordinal", cpu("web-5d4f8c9b7-24567", 1), { "shop/Deployment/web": 1 }],
  [
    "by kube-state-metrics, whatever the names are",
    {
      ...cpu("a-1", 1),
      ...cpu("b-2", 2),
      ...owner("a-1", "ReplicaSet", "x"),
      ...owner("b-2", "StatefulSet", "y"),
      ...replicaSet("x", "Deployment", "shop"),
    },
    { "shop/Deployment/shop": 1, "shop/StatefulSet/y": 2 },
  ],
  [
    "a Rollout's, where its owner says so",
    { ...cpu(web, 1), ...owner(web, "ReplicaSet", "web-5d4f8c9b7"), ...replicaSet("web-5d4f8c9b7", "Rollout", "web") },
    { "shop/Rollout/web": 1 },
  ],
  [
    "a pod of a Job is no Deployment's, whatever its name",
    { ...cpu(web, 1), ...owner(web, "Job", "web-5d4f8c9b7") },
    {},
  ],
  [
    "what has no scale is not recorded: pods of a Job, a DaemonSet, a node, and of an owner that nobody knows",
    {
      ...cpu(web, 1),
      ...cpu("import-0-x2x4z", 2),
      ...cpu("agent-x2x4z", 3),
      ...cpu("etcd-node-1", 4),
      ...cpu("db-0", 5),
      ...owner("import-0-x2x4z", "Job", "import-0"),
      ...owner("agent-x2x4z", "DaemonSet", "agent"),
      ...owner("etcd-node-1", "Node", "node-1"),
      ...owner("db-0", "Elsewhere", "db"),
    },
    { "shop/Deployment/web": 1 },
  ],
  [
    "a ReplicationController, by kube-state-metrics",
    { ...cpu("old-x2x4z", 1), ...owner("old-x2x4z", "ReplicationController", "old") },
    { "shop/ReplicationController/old": 1 },
  ],
  [
    "a ReplicaSet whose owner is not known: by the names",
    { ...cpu(web, 1), ...owner(web, "ReplicaSet", "web-5d4f8c9b7") },
    { "shop/Deployment/web": 1 },
  ],
  [
    "pods that kube-state-metrics has not seen yet count with those it has",
    {
      ...cpu(web, 1),
      ...cpu("web-5d4f8c9b7-b2c4d", 2),
      ...owner(web, "ReplicaSet", "web-5d4f8c9b7"),
      ...replicaSet("web-5d4f8c9b7", "Deployment", "web"),
    },
    { "shop/Deployment/web": 3 },
  ],
  [
    "by the rule of kubernetes-mixin",
    { ...cpu("a-1", 1), ...cpu("b-2", 2), ...mixin("a-1", "deployment", "shop"), ...mixin("b-2", "statefulset", "y") },
    { "shop/Deployment/shop": 1, "shop/StatefulSet/y": 2 },
  ],
  [
    "a container that is scraped twice, and rows of single CPUs",
    {
      ...cpu(web, 1),
      ...cpu(web, 1, ',instance="other"'),
      'container_cpu_usage_seconds_total{namespace="shop",pod="db-0",container="db",cpu="cpu00"}': "0+15x40",
      'container_cpu_usage_seconds_total{namespace="shop",pod="db-0",container="db",cpu="cpu01"}': "0+30x40",
    },
    { "shop/Deployment/web": 1, "shop/StatefulSet/db": 3 },
  ],
];

describe.skipIf(skip(missingPrometheus()))("the recording rules, by promtool", () => {
  let dir: string;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), "recording-"));
  });
  afterAll(() => rm(dir, { recursive: true, force: true }));

  /** Runs promtool: what each expression must give after so long, by the label scale_target. */
  async function check(
    series: Series,
    expected: readonly (readonly [string, string, Readonly<Record<string, number>>])[],
  ) {
    const tests = expected.map(([expr, eval_time, values]) => ({
      // Prometheus 3 adds rates up in another order than 2: 2.9999999999999996 is 3
      expr: `round(sum by (scale_target) (${expr}), 1e-6)`,
      eval_time,
      exp_samples: Object.entries(values).map(([name, value]) => ({ labels: `{scale_target="${name}"}`, value })),
    }));
    const input_series = Object.entries(series).map(([name, values]) => ({ series: name, values }));
    const file = join(dir, "test.json");
    const text = {
      rule_files: [RULES],
      evaluation_interval: "15s",
      tests: [{ interval: "15s", input_series, promql_expr_test: tests }],
    };
    await writeFile(file, JSON.stringify(text));
    return (await promisify(execFile)(promtool()!, ["test", "rules", file])).stdout;
  }

  test.each(cases)("%s", async (_what, series, cores) => {
    expect(await check(series, [[RECORDS.cores, "5m", cores]])).toMatch(/SUCCESS/);
  });

  test("two servers of kube-state-metrics, and two owners of one pod: each counts once, and the others as before", async () => {
    const twice = (pod: string, of: string) => ({
      ...owner(pod, "ReplicaSet", "x"),
      ...owner(pod, "ReplicaSet", "x", `instance="${of}"`),
      ...replicaSet("x", "Deployment", "web"),
      ...replicaSet("x", "Deployment", "web", `instance="${of}"`),
    });
    const torn = { ...owner("db-0", "StatefulSet", "db"), ...owner("db-0", "ReplicationController", "db") };
    await check({ ...cpu(web, 1), ...twice(web, "other"), ...cpu("db-0", 2), ...torn }, [
      [`${RECORDS.cores}{workload="web"}`, "5m", { "shop/Deployment/web": 1 }],
      [
        `label_replace(${RECORDS.cores}{workload="db"}, "scale_target", "one of the two", "", "")`,
        "5m",
        { "one of the two": 2 },
      ],
    ]);
  });

  test("the count of pods: those that burn and are whole, and 0 where there is none", async () => {
    const lost = Object.fromEntries(Object.keys(cpu(web, 1)).map((row) => [row, "0+15x20 _x20"]));
    const idle = Object.fromEntries(Object.keys(cpu("idle-5d4f8c9b7-x2x4z", 1)).map((row) => [row, "7x40"]));
    const series = { ...lost, ...cpu("web-5d4f8c9b7-b2c4d", 1), ...idle };
    const counts = (web: number) => ({ "shop/Deployment/web": web, "shop/Deployment/idle": 0 });
    await check(series, [
      [RECORDS.pods, "5m", counts(2)],
      [RECORDS.pods, "6m", counts(1)],
    ]);
  });

  test("the pod start: of 9 in 10 pods it takes no longer; those that became ready again do not count", async () => {
    const start = (pod: string, created: number, ready: number): Series => ({
      [`kube_pod_created{namespace="shop",pod="${pod}"}`]: `${created}x40`,
      [`kube_pod_status_ready_time{namespace="shop",pod="${pod}"}`]: `${ready}x40`,
    });
    const pods = elevenPods("web-5d4f8c9b7-").map((pod, i) => ({
      ...cpu(pod, 1),
      ...start(pod, 100, i === 10 ? 9000 : 110 + i),
    }));
    await check(Object.assign({}, ...pods), [[RECORDS.podStart, "5m", { "shop/Deployment/web": 18.1 }]]);
  });

  test("promtool would say if it were otherwise", async () => {
    await expect(check(cpu(web, 1), [[RECORDS.cores, "5m", { "shop/Deployment/web": 2 }]])).rejects.toThrow(/FAILED/);
  });
});

/** Names of eleven pods. */
function elevenPods(base: string): readonly string[] {
  return [..."bcdfghjklmn"].map((letter) => `${base}${letter}2x4z`);
}
