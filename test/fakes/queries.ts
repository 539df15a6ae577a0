/** Queries of a metric source, for tests that ask one. */
import { metricsOf, type TargetConfig } from "../../job/core/target.ts";
import type { HistoryQuery } from "../../job/ports.ts";
import { queriesOf } from "../../job/run/read.ts";
import { config } from "./config.ts";

/** The query of the first metric of a target: its CPU. */
export function cpuOf(overrides: Partial<TargetConfig> = {}): HistoryQuery {
  return queriesOf(config(overrides))[0]!;
}

/** The query of a target's metric by its name. */
export function queryOf(target: TargetConfig, name: string): HistoryQuery {
  return { target, metric: metricsOf(target).find((metric) => metric.name === name)! };
}
