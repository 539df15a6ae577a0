/** The worked examples of docs/any-metric.md on a real Prometheus that holds the metrics their projects document. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { runCli } from "../../job/cli/program.ts";
import type { Outcome } from "../../job/ports.ts";
import { missingPrometheus, skip } from "../cluster/available.ts";
import { startPrometheus, type TestPrometheus } from "../cluster/prometheus.ts";
import { QUIET } from "../fakes/io.ts";

const NOW = Math.floor(Date.now() / 15_000) * 15;
const MINUTES = 40;
/** Minutes for which the samples go on beyond now: however long the tests take, none is missing. */
const AHEAD = 10;

/** Series that stand for a project's own: its documented labels, and others beside it that must not count. */
interface Family {
  readonly type: "counter" | "gauge";
  /** Labels, and the growth a second of a counter or the value of a gauge. */
  readonly rows: readonly (readonly [string, number])[];
}

const nginx = (namespace: string, ingress: string, status: string) =>
  `controller_class="k8s.io/ingress-nginx",controller_namespace="ingress-nginx",controller_pod="c-1",exported_namespace="${namespace}",exported_service="web",host="shop.example",ingress="${ingress}",method="GET",path="/",status="${status}",canary=""`;
const istio = (reporter: string, workload: string, source: string) =>
  `reporter="${reporter}",source_workload="${source}",source_workload_namespace="shop",destination_workload="${workload}",destination_workload_namespace="shop",request_protocol="http",response_code="200",response_flags="-",connection_security_policy="mutual_tls"`;

/** By the name as Prometheus stores it. */
const FAMILIES: Readonly<Record<string, Family>> = {
  container_cpu_usage_seconds_total: {
    type: "counter",
    rows: [
      ['namespace="shop",pod="web-5d4f8c9b7-x2x4z",container="web"', 0.3],
      ['namespace="shop",pod="web-api-5d4f8c9b7-x2x4z",container="web"', 9],
    ],
  },
  http_requests_total: { type: "counter", rows: [['namespace="shop",code="200"', 120]] },
  nginx_ingress_controller_requests: {
    type: "counter",
    rows: [
      [nginx("shop", "web", "200"), 90],
      [nginx("shop", "web", "404"), 10],
      [nginx("shop", "web-api", "200"), 500],
      [nginx("other", "web", "200"), 500],
    ],
  },
  istio_requests_total: {
    type: "counter",
    rows: [
      [istio("source", "web", "gateway"), 60],
      [istio("source", "web", "cart"), 20],
      [istio("destination", "web", "gateway"), 80],
      [istio("source", "web-api", "gateway"), 500],
    ],
  },
  envoy_cluster_upstream_rq_total: {
    type: "counter",
    rows: [
      ['envoy_cluster_name="web"', 75],
      ['envoy_cluster_name="api"', 500],
    ],
  },
  envoy_cluster_upstream_rq_active: {
    type: "gauge",
    rows: [
      ['envoy_cluster_name="web"', 31],
      ['envoy_cluster_name="api"', 99],
    ],
  },
  kminion_kafka_topic_high_water_mark_sum: {
    type: "gauge",
    rows: [
      ['topic_name="orders"', Number.NaN],
      ['topic_name="mail"', 5],
    ],
  },
  kminion_kafka_consumer_group_topic_lag: {
    type: "gauge",
    rows: [
      ['group_id="orders",topic_name="orders"', 12_000],
      ['group_id="audit",topic_name="orders"', 900_000],
    ],
  },
  kafka_burrow_total_lag: {
    type: "gauge",
    rows: [
      ['cluster="kafka",group="orders"', 21_000],
      ['cluster="kafka",group="audit"', 9e6],
    ],
  },
  rabbitmq_queue_messages_ready: {
    type: "gauge",
    rows: [
      ['vhost="/",queue="worker"', 240],
      ['vhost="/",queue="mail"', 9_000],
    ],
  },
  jobs_waiting: { type: "gauge", rows: [['namespace="shop",queue="worker"', 55]] },
};
/** Of the topic that is produced to, messages a second. */
const PRODUCED = 900;

/** What each metric of the page must read, by the name of its family. */
const EXPECTED: Readonly<Record<string, number>> = {
  container_cpu_usage_seconds_total: 0.3,
  http_requests_total: 120,
  nginx_ingress_controller_requests: 100,
  istio_requests_total: 80,
  envoy_cluster_upstream_rq_total: 75,
  envoy_cluster_upstream_rq_active: 31,
  kminion_kafka_topic_high_water_mark_sum: PRODUCED,
  kminion_kafka_consumer_group_topic_lag: 12_000,
  kafka_burrow_total_lag: 21_000,
  rabbitmq_queue_messages_ready: 240,
  jobs_waiting: 55,
};

function samplesOf(name: string, { type, rows }: Family): string {
  const family = type === "counter" ? name.replace(/_total$/, "") : name;
  // a counter whose name has no _total is none for OpenMetrics; Prometheus does not mind
  const kind = type === "counter" && !name.endsWith("_total") ? "unknown" : type;
  const lines = rows.flatMap(([labels, value]) =>
    Array.from({ length: (MINUTES + AHEAD) * 4 + 1 }, (_, i) => {
      const grown = type === "counter" || Number.isNaN(value);
      const at = grown ? 1000 + (Number.isNaN(value) ? PRODUCED : value) * 15 * i : value;
      return `${name}{${labels}} ${at} ${NOW - MINUTES * 60 + 15 * i}`;
    }),
  );
  return [`# TYPE ${family} ${kind}`, ...lines].join("\n");
}

const page = await readFile("docs/any-metric.md", "utf8");
/** The page's examples by the heading above them. */
const EXAMPLES = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map((match, i) => {
  const heading = [...page.slice(0, match.index).matchAll(/^#+ (.*)$/gm)].at(-1)![1]!;
  return [`${i + 1}: ${heading}`, match[1]!] as const;
});

describe.skipIf(skip(missingPrometheus()))("docs/any-metric.md", () => {
  let prometheus: TestPrometheus;
  let dir = "";
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), "any-metric-"));
    const past = Object.entries(FAMILIES).map(([name, family]) => samplesOf(name, family));
    prometheus = await startPrometheus({ history: `${past.join("\n")}\n# EOF\n` });
  });
  afterAll(async () => {
    await prometheus?.stop();
    await rm(dir, { recursive: true });
  });

  async function once(yaml: string, replicas: number): Promise<Outcome> {
    const file = join(dir, "autoscaler.yaml");
    await writeFile(file, stringify({ prometheus: { url: prometheus.url }, ...(parse(yaml) as object) }));
    let [out, err] = ["", ""];
    const write = (text: string) => {
      out += text;
    };
    const fail = (text: string) => {
      err += text;
    };
    const argv = ["--once", "--config", file, "--replicas", String(replicas), "--dry-run", "--json"];
    const code = await runCli({ argv, env: {}, version: "0", out: write, err: fail, ...QUIET });
    expect(code, err).toBe(0);
    return (JSON.parse(out) as { targets: [Outcome] }).targets[0];
  }

  test("has an example for each of these families, and no other", () => {
    expect(EXAMPLES.length).toBeGreaterThanOrEqual(8);
    const used = Object.keys(FAMILIES).filter((name) => page.includes(`${name}{`));
    expect([...used, "container_cpu_usage_seconds_total"].sort()).toEqual(Object.keys(EXPECTED).sort());
  });

  test.each(EXAMPLES)("example %s reads its metrics, whole and alone, and scales by the largest", async (_, yaml) => {
    const { metrics, ...outcome } = await once(yaml, 1);
    const target = (parse(yaml) as { targets: { metrics: { query: string }[]; targetCpu?: string }[] }).targets[0]!;
    const queries = [
      ...(target.targetCpu === undefined ? [] : ["container_cpu_usage_seconds_total{"]),
      ...target.metrics.map(({ query }) => query),
    ];
    expect(metrics.length).toBe(queries.length);
    metrics.forEach((metric, i) => {
      const family = Object.keys(EXPECTED).find((name) => queries[i]!.includes(`${name}{`))!;
      expect([family, metric.data.verdict]).toEqual([family, "act"]);
      expect(metric.demand! / EXPECTED[family]!, family).toBeCloseTo(1, 2);
      expect(metric.replicas).toBeGreaterThanOrEqual(Math.ceil(EXPECTED[family]! / metric.averageValue - 0.02));
    });
    expect(outcome.to).toBe(Math.max(1, ...metrics.map(({ replicas }) => replicas)));
  });

  test("those that may go to 0 come back from it", async () => {
    const zeros = EXAMPLES.filter(([, yaml]) => yaml.includes("minReplicas: 0"));
    expect(zeros.length).toBe(3);
    for (const [name, yaml] of zeros) expect([name, (await once(yaml, 0)).to]).toEqual([name, expect.any(Number)]);
    for (const [name, yaml] of zeros) expect((await once(yaml, 0)).to, name).toBeGreaterThan(0);
  });
});
