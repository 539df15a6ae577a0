/** Cases with one faulty target or metric among several: the others continue. */
import type { ExpectedResult } from "../fault-case.ts";
import { hang, on, reset, status } from "../wire.ts";
import { casesOf, FEW, type Line } from "./lines.ts";

const bounds = { minReplicas: 2, maxReplicas: 20 };
/** The load's query, with a mark by which the proxy knows it. */
const query = (mark: string) =>
  `sum(rate(load_cpu_seconds_total{case="sound data"}[1m] $offset)) + 0 * vector(${mark})`;
const target = (name: string, more: object = {}) => ({ scaleTargetRef: { name }, targetCpu: 0.5, ...bounds, ...more });
const targets = (...all: readonly object[]): Line[2] => ({ settings: { targets: all } });
const [first, second] = [target("stress-app"), target("second")];
const actions = (
  exit: 0 | 1,
  a: "scaled" | "held" | "failed",
  b: "scaled" | "held" | "failed",
  says?: RegExp,
): ExpectedResult => ({
  exit,
  outcomes: [{ action: a }, { action: b }],
  ...(a === "scaled" && { replicas: 5 }),
  ...(says && { says }),
});
/** Calls about the second workload. */
const about = /\/second(\/| |\?|$)/;

const TARGETS: readonly Line[] = [
  ["two sound targets", actions(0, "scaled", "scaled"), targets(first, second)],
  ["one is not there", actions(1, "scaled", "failed", /404/), targets(first, target("gone"))],
  ["one may not be scaled", actions(1, "scaled", "failed", /403/), targets(first, target("unnamed"))],
  [
    "one has no data",
    actions(0, "scaled", "held", /no sample/),
    targets(first, target("second", { query: "sum(none)" })),
  ],
  ["one has a wrong query", actions(1, "scaled", "failed", /400/), targets(first, target("second", { query: "sum(" }))],
  [
    "the first has a wrong query",
    actions(1, "failed", "scaled", /400/),
    targets(target("stress-app", { query: "sum(" }), second),
  ],
  [
    "the query of one hangs",
    actions(1, "scaled", "failed", /time of the run|no answer/),
    { ...targets(first, target("second", { query: query("7") })), prometheus: on(/vector\(7\)/, hang) },
  ],
  [
    "the query of one is refused",
    actions(1, "scaled", "failed", /403/),
    { ...targets(first, target("second", { query: query("7") })), prometheus: on(/vector\(7\)/, status(403, "")) },
  ],
  [
    "reading one hangs",
    actions(1, "scaled", "failed", /no answer|time of the run/),
    { ...targets(first, second), api: on(about, hang) },
  ],
  [
    "reading one is reset",
    actions(1, "scaled", "failed", /ECONNRESET|hang up/),
    { ...targets(first, second), api: on(about, reset) },
  ],
  [
    "writing one is refused",
    actions(1, "scaled", "failed", /403/),
    {
      ...targets(first, second),
      api: on(/^PATCH .*\/second\/scale/, status(403, '{"reason":"Forbidden","message":"no"}')),
    },
  ],
  [
    "writing one hangs",
    actions(1, "scaled", "failed", /no answer|time of the run/),
    { ...targets(first, second), api: on(/^PATCH .*\/second\/scale/, hang) },
  ],
  [
    "one reads impossible data",
    actions(0, "scaled", "held", /in all|carry|can use/),
    targets(first, target("second", { query: `1000000 * ${query("1")}` })),
  ],
  [
    "one is Off",
    { exit: 0, outcomes: [{ action: "scaled" }, { action: "held", reason: "ModeOff" }], replicas: 5 },
    targets(first, target("second", { mode: "Off" })),
  ],
  [
    "one only forecasts",
    { exit: 0, outcomes: [{ action: "scaled" }, { action: "held", reason: "ForecastOnlyMode" }], replicas: 5 },
    targets(first, target("second", { mode: "ForecastOnly" })),
  ],
  [
    "all queries hang",
    actions(1, "failed", "failed", /no answer|time of the run/),
    {
      ...targets(first, second),
      prometheus: on(/query_range/, hang),
      settings: { targets: [first, second], timeout: 4 },
    },
  ],
];

const metric = (name: string, text: string, more: object = {}) => ({ name, query: text, averageValue: 0.5, ...more });
const metrics = (...all: readonly object[]): Line[2] =>
  targets({ scaleTargetRef: { name: "stress-app" }, ...bounds, metrics: all });
const sound = metric("requests", query("1"));
const held = (says: RegExp): ExpectedResult => ({ exit: 0, outcomes: [{ action: "held" }], says });
const out: ExpectedResult = { exit: 0, outcomes: [{ action: "scaled" }], replicas: 5 };

const METRICS: readonly Line[] = [
  ["two sound metrics", out, metrics(sound, metric("queue", query("2")))],
  ["one of two metrics has no data", held(/queue/), metrics(sound, metric("queue", "sum(none)"))],
  [
    "one of two metrics has no data, too few replicas",
    out,
    { ...FEW, ...metrics(sound, metric("queue", "sum(none)")) },
  ],
  ["one of two metrics has a wrong query", held(/queue/), metrics(sound, metric("queue", "sum("))],
  [
    "one of two metrics has a wrong query, too few replicas",
    out,
    { ...FEW, ...metrics(sound, metric("queue", "sum(")) },
  ],
  [
    "the query of one of two metrics hangs",
    held(/queue/),
    { ...metrics(sound, metric("queue", query("7"))), prometheus: on(/vector\(7\)/, hang) },
  ],
  ["one of two metrics is NaN", held(/queue/), metrics(sound, metric("queue", `${query("1")} / 0`))],
  ["one of two metrics is negative", held(/queue/), metrics(sound, metric("queue", `-(${query("1")})`))],
  ["one of two metrics is several series", held(/queue/), metrics(sound, metric("queue", '{__name__=~"load_.*|up"}'))],
  [
    "one of two metrics is stale",
    held(/queue/),
    metrics(sound, metric("queue", `${query("1")} and (time() % 1e9 < -1)`)),
  ],
  ["both metrics are missing", held(/./), metrics(metric("a", "sum(none)"), metric("b", "sum(none)"))],
  [
    "both metrics have wrong queries",
    { exit: 1, outcomes: [{ action: "failed" }], says: /400/ },
    metrics(metric("a", "sum("), metric("b", "sum(")),
  ],
  ["a metric at zero, which may be true of a queue", out, metrics(sound, metric("queue", "vector(0)"))],
  ["a metric twice", { exit: 2, says: /name/ }, metrics(sound, sound)],
];

/** The cases of the kind `several`: one of several targets or metrics is faulty. */
export const SEVERAL = casesOf("several", TARGETS, METRICS);
