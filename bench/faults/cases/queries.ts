/** Wrong queries over sound data, and what cadvisor's rows may look like, in a real Prometheus. */
import { failed, held, scaled } from "../fault-case.ts";
import { STEADY } from "../sound.ts";
import { casesOf, FEW, type Line } from "./lines.ts";

const rate = "rate($load[1m] $offset)";
const asked = (query: string): Line[2] => ({ load: STEADY, query });

const QUERIES: readonly Line[] = [
  ["a query that does not parse", failed(/400 bad_data.*parse error/), asked("sum(")],
  ["a function that is not there", failed(/unknown function/), asked(`summ(${rate})`)],
  ["a range vector for a value", failed(/400 bad_data|invalid expression type/), asked("$load[5m]")],
  ["a text for a value", failed(/400 bad_data|invalid expression type/), asked('"2.2"')],
  ["a placeholder that is not known", failed(/400 bad_data/), asked("sum($loud)")],
  ["a division by zero", held("NotFinite"), asked(`sum(${rate}) / 0`)],
  ["zero by zero", held("NotFinite"), asked(`0 * sum(${rate}) / 0`)],
  ["the sign turned", held("NegativeData"), asked(`-sum(${rate})`)],
  ["or vector(0) where nothing is measured", held("ZeroUsage"), asked("sum(no_such_metric) or vector(0)")],
  ["times zero", held("ZeroUsage"), asked(`0 * sum(${rate})`)],
  ["in milli-cores", held("AboveCapacity", /milli/), asked(`round(1000 * sum(${rate}))`)],
  ["the counter itself", held("AboveCapacity", /rate\(\)/), asked("sum($load $offset)")],
  ["increase() over an hour", held("AboveCapacity"), asked("sum(increase($load[30m] $offset))")],
  ["the time", held("AboveCapacity"), asked("time()")],
  ["timestamps of the samples", held("AboveCapacity"), asked("sum(timestamp($load $offset))")],
  ["a filter that nothing passes", held("NoData"), asked(`sum(${rate}) > 100`)],
  ["a filter that some pass", { exit: 0, outcomes: [{ action: "held" }] }, asked(`sum(${rate}) > 2.2`)],
  ["no sum over two series", held("SeveralSeries"), asked(`label_replace(${rate}, "a", "b", "", "") or vector(1)`)],
  ["a rate over one scrape", held("NoData"), asked("sum(rate($load[10s] $offset))")],
];

const pod = (name: string, namespace: string, container = "app"): string =>
  `namespace="${namespace}",pod="${name}",container="${container}"`;
const [A, B] = ["stress-app-5d4f8c9b7-x2x4z", "stress-app-5d4f8c9b7-bcdfg"] as const;
type Rows = readonly (readonly [string, number])[];
const cadvisor = (rows: (namespace: string) => Rows): Line[2] => ({ load: { cores: () => null, rows } });

const CADVISOR: readonly Line[] = [
  [
    "cadvisor's rows as they should be",
    scaled(5),
    cadvisor((ns) => [
      [pod(A, ns), 1.1],
      [pod(B, ns), 1.1],
    ]),
  ],
  [
    "rows of the pod's cgroup and of the pause container beside",
    scaled(5),
    cadvisor((ns) =>
      [A, B].flatMap(
        (name): Rows => [
          [pod(name, ns), 1.1],
          [pod(name, ns, ""), 1.1],
          [pod(name, ns, "POD"), 0.01],
        ],
      ),
    ),
  ],
  [
    "two replicas of Prometheus",
    scaled(5),
    cadvisor((ns) =>
      [A, B].flatMap(
        (name): Rows => [
          [`${pod(name, ns)},replica="0"`, 1.1],
          [`${pod(name, ns)},replica="1"`, 1.1],
        ],
      ),
    ),
  ],
  [
    "the kubelet's resource endpoint scraped beside cadvisor",
    scaled(5),
    cadvisor((ns) =>
      [A, B].flatMap(
        (name): Rows => [
          [`${pod(name, ns)},job="a"`, 1.1],
          [`${pod(name, ns)},job="b"`, 1.09],
        ],
      ),
    ),
  ],
  [
    "a row for each CPU",
    scaled(5),
    cadvisor((ns) =>
      [A, B].flatMap((name) =>
        ["00", "01", "02", "03"].map((cpu) => [`${pod(name, ns)},cpu="cpu${cpu}"`, 0.275] as const),
      ),
    ),
  ],
  [
    "pods of workloads whose names begin alike",
    scaled(5),
    cadvisor((ns) => [
      [pod(A, ns), 2.2],
      [pod("stress-app-api-5d4f8c9b7-x2x4z", ns), 30],
      [pod("stress-app-x2x4z", ns), 30],
      [pod("stress-app-0", ns), 30],
      [pod("my-stress-app-5d4f8c9b7-x2x4z", ns), 30],
    ]),
  ],
  [
    "pods of the same name in another namespace",
    scaled(5),
    cadvisor((ns) => [
      [pod(A, ns), 2.2],
      [pod(A, `other-${ns}`), 30],
    ]),
  ],
  ["only rows of another workload", held("NoData"), cadvisor((ns) => [[pod("other-5d4f8c9b7-x2x4z", ns), 2.2]])],
  ["counters of cadvisor that stand still", held("ZeroUsage"), cadvisor((ns) => [[pod(A, ns), 0]])],
  [
    "cadvisor's rows, too few replicas",
    scaled(5),
    {
      ...FEW,
      ...cadvisor((ns) => [
        [pod(A, ns), 1.1],
        [pod(B, ns), 1.1],
      ]),
    },
  ],
];

export const QUERY = casesOf("data", QUERIES, CADVISOR);
