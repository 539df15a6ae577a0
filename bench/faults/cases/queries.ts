/** Cases with wrong queries over sound data, and with unusual cadvisor rows, in a real Prometheus. */
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
/** The eight pods that run. */
const PODS = Array.from("bcdfghjk", (letter) => `stress-app-5d4f8c9b7-x2x4${letter}`);
/** What each uses: 2.2 cores together. */
const SHARE = 0.275;
type Rows = readonly (readonly [string, number])[];
const cadvisor = (rows: (namespace: string) => Rows): Line[2] => ({ load: { cores: () => null, rows } });
/** The same rows for each pod. */
const pods = (rows: (name: string, namespace: string) => Rows, of: readonly string[] = PODS): Line[2] =>
  cadvisor((ns) => of.flatMap((name) => rows(name, ns)));
const plain = (name: string, ns: string): Rows => [[pod(name, ns), SHARE]];

const CADVISOR: readonly Line[] = [
  ["cadvisor's rows as they should be", scaled(5), pods(plain)],
  ["cadvisor's rows, too few replicas", scaled(5), { ...FEW, ...pods(plain) }],
  [
    "rows of the pod's cgroup and of the pause container beside",
    scaled(5),
    pods((name, ns) => [...plain(name, ns), [pod(name, ns, ""), SHARE], [pod(name, ns, "POD"), 0.01]]),
  ],
  [
    "two replicas of Prometheus",
    scaled(5),
    pods((name, ns) => ["0", "1"].map((replica) => [`${pod(name, ns)},replica="${replica}"`, SHARE])),
  ],
  [
    "the kubelet's resource endpoint scraped beside cadvisor",
    scaled(5),
    pods((name, ns) => [...plain(name, ns), [`${pod(name, ns)},job="resource"`, SHARE - 0.002]]),
  ],
  [
    "a row for each CPU",
    scaled(5),
    pods((name, ns) => ["00", "01", "02", "03"].map((cpu) => [`${pod(name, ns)},cpu="cpu${cpu}"`, SHARE / 4])),
  ],
  [
    "pods of workloads whose names begin alike",
    scaled(5),
    cadvisor((ns) => [
      ...PODS.flatMap((name) => plain(name, ns)),
      [pod("stress-app-api-5d4f8c9b7-x2x4z", ns), 30],
      [pod("stress-app-x2x4z", ns), 30],
      [pod("stress-app-0", ns), 30],
      [pod("my-stress-app-5d4f8c9b7-x2x4z", ns), 30],
    ]),
  ],
  [
    "pods of the same name in another namespace",
    scaled(5),
    cadvisor((ns) => PODS.flatMap((name): Rows => [...plain(name, ns), [pod(name, `other-${ns}`), 30]])),
  ],
  ["half of the pods are missing: each counts at its full target", scaled(7), pods(plain, PODS.slice(4))],
  ["one pod of eight is left", held("MissingPods"), pods(plain, PODS.slice(7))],
  ["only rows of another workload", held("NoData"), cadvisor((ns) => [[pod("other-5d4f8c9b7-x2x4z", ns), 2.2]])],
  ["counters of cadvisor that stand still", held("ZeroUsage"), pods((name, ns) => [[pod(name, ns), 0]])],
];

/** The cases of the kind `data` whose query is wrong, or whose series of cadvisor are unusual. */
export const QUERY = casesOf("data", QUERIES, CADVISOR);
