/** Replays a series under named policies and gives one record of scores, in the form of the contract. */
import type { Forecaster } from "../core/forecast/types.ts";
import type { Samples } from "../core/series/types.ts";
import type { TargetConfig } from "../core/target.ts";
import { autoPolicy } from "./auto.ts";
import { type Demand, loadAt, type RecordedMetric, toDemands } from "./demand.ts";
import { oraclePolicy, staticPolicy } from "./peers/foresight.ts";
import { hpaPolicy, linearHpaPolicy } from "./peers/hpa.ts";
import { meanPolicy, originalPolicy } from "./peers/original.ts";
import { simulate } from "./simulate.ts";
import type { ReplayListener, ReplayOptions, ReplayPolicy, ReplayResult } from "./types.ts";

/** Every policy that can be replayed, in the order of the tables. */
export const POLICY_NAMES = [
  "auto",
  "hpa",
  "original",
  "original15",
  "prophet",
  "mean",
  "linear",
  "static",
  "oracle",
] as const;
/** The name of a policy. */
export type PolicyName = (typeof POLICY_NAMES)[number];

/** What a replay needs beside the series: our settings, and the forecasters by method. */
export interface ReplaySetup {
  readonly target: TargetConfig;
  readonly forecasterOf: (method: TargetConfig["method"]) => Forecaster;
  /** The target's other metrics, in their order; absent: none. */
  readonly others?: readonly RecordedMetric[];
}

/** Makes one policy by name. */
export function createPolicy(
  name: PolicyName,
  options: ReplayOptions,
  demand: Demand,
  setup: ReplaySetup,
): ReplayPolicy {
  switch (name) {
    case "auto":
      return autoPolicy(setup.target, setup.forecasterOf(setup.target.method), options);
    case "hpa":
      return hpaPolicy(options, demand.others, setup.target.targetCpu === undefined);
    case "linear":
      return linearHpaPolicy(options);
    case "original":
      return originalPolicy(name, setup.forecasterOf("original"), options);
    case "original15":
      return originalPolicy(name, setup.forecasterOf("original"), { ...options, every: 15 });
    case "prophet":
      return originalPolicy(name, setup.forecasterOf("prophet"), options);
    case "mean":
      return meanPolicy(options);
    case "static":
      return staticPolicy(
        options,
        demand.values.map((_, i) => loadAt(demand, i, options.request)),
      );
    case "oracle":
      return oraclePolicy(options, demand.step);
  }
}

/** Replays samples under the named policies, as long as the listener agrees. Throws DemandError where the series is too short. */
export async function replay(
  samples: Samples,
  names: readonly PolicyName[],
  options: ReplayOptions,
  setup: ReplaySetup,
  listener?: ReplayListener,
): Promise<ReplayResult> {
  const demand = toDemands(samples, setup.others ?? [], options.targetCpu / options.request);
  return simulate(
    demand,
    names.map((name) => createPolicy(name, options, demand, setup)),
    options,
    listener,
  );
}

/** The rows as CSV with the contract's columns: `policy,t,demand,ready,replicas,decision,reason`; no demand where nobody measured it. */
export function rowsToCsv(result: ReplayResult): string {
  const lines = result.rows.map((r) =>
    [r.policy, r.t, r.filled ? "" : Number(r.demand.toFixed(6)), r.ready, r.replicas, r.decision ?? "", r.reason].join(
      ",",
    ),
  );
  return `policy,t,demand,ready,replicas,decision,reason\n${lines.join("\n")}\n`;
}
