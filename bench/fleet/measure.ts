/** Measures one run of the built job over a fleet: its resources, and its requests by both servers' own counters. */
import { loadavg } from "node:os";
import type { AuditEvent } from "../../test/cluster/controlplane.ts";
import type { RigRunResult } from "../../test/integration/rig.ts";
import { NAMESPACE } from "./history.ts";
import { figuresIn, type ProcessFigures } from "./process.ts";
import type { FleetServers } from "./servers.ts";

/** What one run took. */
export interface FleetRun extends ProcessFigures {
  readonly targets: number;
  /** How the histories were read. */
  readonly read: "grouped" | "single";
  /** Whether the targets were found by their label, so that lists told their scales. */
  readonly found: boolean;
  readonly wallSeconds: number;
  /** From its start to the first change of a scale; null: nothing was changed. */
  readonly firstChange: number | null;
  /** To Prometheus, and what it answered in all. */
  readonly queries: number;
  readonly queryMb: number;
  /** CPU that Prometheus took meanwhile. */
  readonly prometheusSeconds: number;
  /** To the API server, and what it answered in all. */
  readonly calls: number;
  /** Pages of lists, and reads and writes of the state's ConfigMaps, among them. */
  readonly lists: number;
  readonly stateReads: number;
  readonly stateWrites: number;
  readonly callMb: number;
  readonly changes: number;
  readonly failed: number;
  /** Of the machine at its end, over the last minute. */
  readonly load: number;
  readonly result: RigRunResult;
}

/** Settings of a run in place of the listed targets: those that are found by their label. */
export const FOUND = { targets: undefined, discover: [{ namespaces: [NAMESPACE] }] };

/** Runs the job once with its own ServiceAccount. `read` chooses grouped or single queries, `more` is merged into the settings. */
export async function measuredRun(
  servers: FleetServers,
  targets: number,
  read: FleetRun["read"],
  more: object = {},
  moreEnv: Readonly<Record<string, string>> = {},
): Promise<FleetRun> {
  const { rig, env } = servers;
  const before = await counters(servers);
  await rig.mark();
  const start = performance.now();
  const startTime = Date.now();
  const settings = { ...servers.settings(targets, read === "single" ? "never" : "auto"), ...more };
  const result = await rig.run(settings, { env: { ...env, ...moreEnv } });
  const wallSeconds = (performance.now() - start) / 1000;
  const told = figuresIn(result.stderr);
  const after = await counters(servers);
  const calls = await rig.calls();
  const of = (verb: string, resource: string) =>
    calls.filter((call) => call.verb === verb && (resource === "*" || call.objectRef?.resource === resource)).length;
  const count = (action: string) => result.targets.filter((target) => target.action === action).length;
  return {
    targets: result.targets.length,
    read,
    found: "discover" in more,
    wallSeconds,
    ...told,
    firstChange: firstChange(calls, startTime),
    queries: after.queries - before.queries,
    queryMb: (after.queryBytes - before.queryBytes) / 1e6,
    prometheusSeconds: after.prometheusSeconds - before.prometheusSeconds,
    calls: calls.length,
    lists: of("list", "*"),
    stateReads: of("get", "configmaps"),
    stateWrites: of("patch", "configmaps"),
    callMb: (after.callBytes - before.callBytes) / 1e6,
    changes: count("scaled"),
    failed: count("failed"),
    load: loadavg()[0]!,
    result,
  };
}

/** Seconds from the start to the first patch of a scale. */
function firstChange(calls: readonly AuditEvent[], start: number): number | null {
  const times = calls
    .filter(({ verb, objectRef }) => verb === "patch" && objectRef?.subresource === "scale")
    .map(({ requestReceivedTimestamp }) => Date.parse(requestReceivedTimestamp));
  return times.length === 0 ? null : (Math.min(...times) - start) / 1000;
}

interface Counters {
  readonly queries: number;
  readonly queryBytes: number;
  readonly prometheusSeconds: number;
  readonly callBytes: number;
}

async function counters({ prometheus, rig }: FleetServers): Promise<Counters> {
  const own = await (await fetch(`${prometheus.url}/metrics`)).text();
  const api = await rig.cluster.kubectl(["get", "--raw", "/metrics"]);
  return {
    queries: sum(own, /^prometheus_http_requests_total\{[^}]*handler="\/api\/v1\/query(?:_range)?"/),
    queryBytes: sum(own, /^prometheus_http_response_size_bytes_sum\{[^}]*handler="\/api\/v1\/query(?:_range)?"/),
    prometheusSeconds: sum(own, /^process_cpu_seconds_total/),
    // what the job reads of and writes to the scales and its state; nobody else does meanwhile
    callBytes: sum(
      api,
      /^apiserver_response_sizes_sum\{[^}]*resource="(?:deployments|configmaps)"[^}]*scope="(?:resource|namespace)"/,
    ),
  };
}

/** The sum of the samples whose line begins so. */
function sum(text: string, line: RegExp): number {
  return text
    .split("\n")
    .filter((one) => line.test(one))
    .reduce((all, one) => all + Number(one.slice(one.lastIndexOf(" "))), 0);
}
