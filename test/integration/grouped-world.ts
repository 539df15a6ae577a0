/** A past of many kinds of workloads for the tests of grouped reading: raw counters, and kube-state-metrics for some of them; as OpenMetrics. */

/** One pod, while it ran. */
interface Pod {
  readonly namespace: string;
  readonly name: string;
  readonly owner?: readonly [kind: string, name: string];
  readonly from?: number;
  readonly until?: number;
  readonly cluster?: string;
  /** Two rows, one for each CPU. */
  readonly byCpu?: boolean;
}

/** ReplicaSets whose owner kube-state-metrics knows. */
interface Owned {
  readonly namespace: string;
  readonly replicaSet: string;
  readonly owner: readonly [kind: string, name: string];
}

/** The moment at which `roll` and `web` change their pods, seconds before the end. */
const CHANGE = 1803;

const LONG = "a-deployment-whose-name-is-so-long-that-its-hash-is-cut";
const deployment = (namespace: string, name: string, hash: string, more: Partial<Pod> = {}): readonly Pod[] =>
  ["x2x4z", "b2c4d", "24567"].map((suffix) => ({ namespace, name: `${name}-${hash}-${suffix}`, ...more }));
const owned = (pods: readonly Pod[], kind: string, name: string) =>
  pods.map((pod) => ({ ...pod, owner: [kind, name] as const }));

const PODS: readonly Pod[] = [
  // by kube-state-metrics; a rollout in the middle
  ...owned(deployment("shop", "web", "5d4f8c9b7", { until: CHANGE }), "ReplicaSet", "web-5d4f8c9b7"),
  ...owned(deployment("shop", "web", "6b7c8d9f8", { from: CHANGE }), "ReplicaSet", "web-6b7c8d9f8"),
  ...owned(deployment("shop", "roll", "7d4f8c9b7"), "ReplicaSet", "roll-7d4f8c9b7"),
  ...owned(
    [0, 1].map((n) => ({ namespace: "shop", name: `queue-${n}` })),
    "StatefulSet",
    "queue",
  ),
  ...owned(
    [0, 1].map((n) => ({ namespace: "shop", name: `agent-x2x4${n + 5}` })),
    "ReplicationController",
    "agent",
  ),
  // the name of its pods fits no pattern of a short name
  ...owned(
    ["cdfgh", "x2x4z"].map((s) => ({ namespace: "shop", name: `${LONG}-7d`.slice(0, 58) + s })),
    "ReplicaSet",
    `${LONG}-7d4f8c9b7`,
  ),
  // by their names
  ...deployment("shop", "web-api", "5d4f8c9b7", { byCpu: true }),
  ...deployment("shop", "shrunk", "5d4f8c9b7").map((pod, i) => ({ ...pod, ...(i === 2 && { until: 120 }) })),
  ...[0, 1, 2].map((n) => ({ namespace: "shop", name: `db-${n}` })),
  ...deployment("other", "web", "5d4f8c9b7"),
  // nobody's
  ...owned([{ namespace: "shop", name: "web-5d4f8c9b7-job44" }], "Job", "web-5d4f8c9b7"),
  // of two clusters
  ...["eu", "us"].flatMap((cluster) => deployment("both", "web", "5d4f8c9b7", { cluster })),
  ...["hole", "ended", "gone", "young", "uncounted", "coarse"].flatMap((name) =>
    deployment("faulty", name, "5d4f8c9b7"),
  ),
  // two scrape targets lost half an hour ago
  ...deployment("shop", "lost", "5d4f8c9b7").map((pod, i) => ({ ...pod, ...(i < 2 && { until: CHANGE }) })),
];

const REPLICA_SETS: readonly Owned[] = [
  { namespace: "shop", replicaSet: "web-5d4f8c9b7", owner: ["Deployment", "web"] },
  { namespace: "shop", replicaSet: "web-6b7c8d9f8", owner: ["Deployment", "web"] },
  { namespace: "shop", replicaSet: "roll-7d4f8c9b7", owner: ["Rollout", "roll"] },
  { namespace: "shop", replicaSet: `${LONG}-7d4f8c9b7`, owner: ["Deployment", LONG] },
];

/** Every workload of it, as the settings name it. */
export const WORKLOADS = {
  whole: [
    ["shop", "Deployment", "web"],
    ["shop", "Rollout", "roll"],
    ["shop", "StatefulSet", "queue"],
    ["shop", "ReplicationController", "agent"],
    ["shop", "Deployment", LONG],
    ["shop", "Deployment", "web-api"],
    ["shop", "Deployment", "shrunk"],
    ["shop", "Deployment", "lost"],
    ["shop", "StatefulSet", "db"],
    ["other", "Deployment", "web"],
  ],
  faulty: ["hole", "ended", "gone", "young", "uncounted", "coarse"].map(
    (name) => ["faulty", "Deployment", name] as const,
  ),
} as const;

const labelled = (name: string, labels: Readonly<Record<string, string | undefined>>) =>
  `${name}{${Object.entries(labels)
    .filter(([, value]) => value !== undefined)
    .map(([label, value]) => `${label}="${value}"`)
    .join(",")}}`;

/** The raw series from start to end, a sample in 15 s. */
export function rawPast(start: number, end: number): string {
  const times = Array.from({ length: Math.floor((end - start) / 15) + 1 }, (_, i) => start + 15 * i);
  const during = ({ from, until }: Pod) =>
    times.filter((time) => (from === undefined || time > end - from) && (until === undefined || time <= end - until));
  const counters = PODS.flatMap((pod, k) => {
    const { namespace, name, cluster, byCpu } = pod;
    const rows = (container: string, weight: number, cpu?: string) =>
      during(pod).map((time) => {
        const used = 0.3 * time + 90 * Math.sin(time / 900 + k) + 2 * Math.sin(time * 12.9898 + k);
        const row = labelled("container_cpu_usage_seconds_total", { namespace, pod: name, container, cpu, cluster });
        return `${row} ${(weight * (used - 0.3 * start + 200)).toFixed(4)} ${time}`;
      });
    const own = byCpu ? [...rows("app", 0.5, "cpu00"), ...rows("app", 0.5, "cpu01")] : rows("app", 1);
    return [...own, ...rows("sidecar", 0.1), ...rows("POD", 0.01), ...rows("", 1.11)];
  });
  const known = PODS.filter(({ owner }) => owner !== undefined);
  const state = (name: string, rows: (pod: Pod, time: number) => string) =>
    [`# TYPE ${name} gauge`, ...known.flatMap((pod) => during(pod).map((time) => `${rows(pod, time)} ${time}`))].join(
      "\n",
    );
  const of = ({ namespace, name: pod }: Pod) => ({ namespace, pod, uid: `u-${pod}`, instance: "ksm:8080" });
  const born = ({ from }: Pod) => (from === undefined ? start - 600 : end - from);
  return `${[
    "# TYPE container_cpu_usage_seconds counter",
    ...counters,
    state("kube_pod_owner", (pod) => {
      const [owner_kind, owner_name] = pod.owner!;
      return `${labelled("kube_pod_owner", { ...of(pod), owner_kind, owner_name, owner_is_controller: "true" })} 1`;
    }),
    state("kube_pod_created", (pod) => `${labelled("kube_pod_created", of(pod))} ${born(pod)}`),
    state(
      "kube_pod_status_ready_time",
      (pod) => `${labelled("kube_pod_status_ready_time", of(pod))} ${born(pod) + 21 + pod.name.length}`,
    ),
    "# TYPE kube_replicaset_owner gauge",
    ...REPLICA_SETS.flatMap(({ namespace, replicaSet, owner: [owner_kind, owner_name] }) => {
      const row = labelled("kube_replicaset_owner", {
        namespace,
        replicaset: replicaSet,
        owner_kind,
        owner_name,
        owner_is_controller: "true",
      });
      return times.map((time) => `${row} 1 ${time}`);
    }),
  ].join("\n")}\n`;
}
