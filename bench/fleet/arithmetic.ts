/** What larger fleets would take by the quotients of the largest run, and what breaks first. */
import { grouped, markdown } from "./format.ts";
import type { FleetRun } from "./measure.ts";
import type { MeasuredFleet } from "./page.ts";

const SIZES = [10_000, 100_000, 1_000_000];

/** The run over the most targets, as found. */
export function largestFleet(all: readonly MeasuredFleet[]): FleetRun {
  return all.reduce((most, one) => (one.targets > most.targets ? one : most)).found;
}

/** The section of docs/scale.md about larger fleets, by the quotients of this run. */
export function arithmeticText(run: FleetRun): string {
  const { cpuMs, prometheusMs, queryKb } = perTarget(run);
  const rows = SIZES.map((n) => [
    grouped(n),
    grouped(Math.round((n * cpuMs) / 1000)),
    grouped(Math.ceil((n * cpuMs) / 45_000)),
    grouped(Math.ceil(n / 10_000)),
    grouped(Math.round((n * prometheusMs) / 1000)),
    grouped(Math.round((n * queryKb) / 1000)),
    grouped(Math.ceil((n * run.changes) / run.targets / 60)),
  ]);
  const head = [
    "targets",
    "CPU of runs, s a minute",
    "cores at 45 s a run",
    "jobs of 10,000",
    "Prometheus' CPU, s",
    "its answers, MB",
    "changes a second",
  ];
  return `Per target of the largest run: ${cpuMs.toFixed(1)} ms of CPU, ${prometheusMs.toFixed(1)} ms of Prometheus' CPU, ${queryKb.toFixed(1)} kB of answers. These are quotients of one run and no measurement of a larger one:

${markdown(head, rows)}

- **The minute breaks first.** A run must end before the next begins. What a core does in 45 s is ${fits(run)} targets. From 1,001 targets on, two
  threads decide beside the main thread. More targets need [shards](many-targets.md#shards).
- **Then the lists.** Each shard lists all workloads of its namespaces: a hundred shards list a million each. Give each namespaces of its own.
- **Then the changes.** Each is a call, sixteen at a time. An API server gives one client its share only. Listed targets take a read each besides.
- **Then the limit of \`targets\`.** A shard takes 10,000, and a file about 8,000 with settings of their own: then several files, each with jobs and state
  of its own. What is found by a label needs no file.
- **Memory comes last.** Histories are there for the slices in progress only; what grows is the list of outcomes, by 2 kB a target.`;
}

function perTarget(run: FleetRun) {
  return {
    cpuMs: (1000 * run.cpuSeconds) / run.targets,
    prometheusMs: (1000 * run.prometheusSeconds) / run.targets,
    queryKb: (1000 * run.queryMb) / run.targets,
  };
}

function fits(run: FleetRun): string {
  return grouped(100 * Math.floor(45_000 / perTarget(run).cpuMs / 100));
}
