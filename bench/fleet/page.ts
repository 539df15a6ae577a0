/** Writes docs/scale.md: what runs over many targets took, and the arithmetic that follows. */
import { boundText, brokenBounds } from "./bounds.ts";
import type { FleetRun } from "./measure.ts";
import type { Alike } from "./same.ts";

/** The runs of one size of the fleet. */
export interface MeasuredFleet {
  readonly targets: number;
  /** The first found no state. */
  readonly runs: readonly FleetRun[];
  /** Those with counters, by single queries. */
  readonly single: FleetRun;
  readonly alike: Alike;
  /** Of the machine at the end. */
  readonly load: number;
}

/** docs/scale.md as Markdown. `machine` describes the machine and says the day. */
export function fleetPage(all: readonly MeasuredFleet[], machine: string): string {
  const last = all.at(-1)!;
  return `# Scale

<!-- Written by \`npm run bench -- fleet\`. -->

What one run takes with many targets, as the built job on real servers: a Prometheus and an API server with a Deployment for each target.
Machine: ${machine}. It had other work, as the column of its load says: CPU time is what counts, and wall time would be shorter on an idle one.
V8 has the heap that it takes in a container of 192 MiB. For each 1,000 targets there is one ConfigMap of the state.

## Runs

Each size has three runs a minute apart. The first finds no state; the last is shown.

${table(all.flatMap(({ runs, load }) => [cells(runs.at(-1)!, load)]))}

The longest turn is the CPU that the event loop took in one go since the first connection. First change: from the start of the process.

${broken(all)}

What these runs asked, and what they changed; answers count as they are sent, large ones of Prometheus compressed:

${asked(all.map(({ runs }) => runs.at(-1)!))}

- Every target has waves of 20 to 60 minutes and noise, and needs 2 to 5 pods. The first runs changed ${list(all.map(({ runs }) => `${runs[0]!.changes} of ${runs[0]!.targets}`))}.
- Failed: ${list(all.map(({ runs }) => `${runs.reduce((sum, run) => sum + run.failed, 0)} of ${runs.length * runs[0]!.targets}`))}, in all three runs.
- Decided as alone, by single queries at the same moment: ${list(all.map(({ alike }) => `${alike.alike} of ${alike.sample}`))}. The first that was not: ${all.map(({ alike }) => alike.other).find((other) => other !== null) ?? "none"}.

## Single queries beside it

The same job, with \`prometheus.grouped: never\`, over the targets whose pods have counters. Each has ten pods with one container.

${asked(all.slice(0, 1).map(({ single }) => single))}

${table(all.slice(0, 1).map(({ single, load }) => cells(single, load)))}

## Bounds

What a run should take at most, on two cores with no other work: up to 1,000 targets 192 MiB; up to 10,000 targets 400 MiB, 90 s of CPU and 45 s of
wall time. At any size the first change comes within 5 s, no turn of the event loop takes more than 100 ms, and the API server gets one call for each
change and 60 more. The bench fails where memory or a turn is beyond its bound.

## What was not run

- **More than 10,000 targets in one job.** More need several [shards](many-targets.md#shards), which were not run beside each other here.
- **The rules themselves.** What they record was written into Prometheus beforehand; the counters are there for the first 100 targets. So the CPU of Prometheus
  is that of answering. Evaluating the rules every 15 s comes to it, and grows with the pods.
- **Pods.** The controllers were stopped, so that thousands of pods without a node are no part of the figures.
- **Pod starts.** No kube-state-metrics was there: the query was asked, and its answer empty.
- **An idle machine.** Nor a network: all servers are on this one.

## What breaks first

Per target of the largest run: ${per(last)}. These are quotients of one run and no measurement of a larger one:

${arithmetic(last)}

- **The minute breaks first.** A run must end before the next begins. What a core does in 45 s is ${fits(last)} targets. From 1,001 targets on a second and a
  third core decide, while the first reads and writes.
- **Then the calls.** In these runs one call read each scale, sixteen at a time. An API server gives one client its share only.
- **Then the limit of \`targets\`.** A shard takes 10,000, and a file about 8,000 with settings of their own: then several files, each with jobs and state
  of its own.
- **Memory comes last.** Histories are there for a slice of 200 only; what grows is the list of outcomes.
`;
}

/** What the last runs broke of the bounds. */
function broken(all: readonly MeasuredFleet[]): string {
  const lines = all.flatMap(({ runs }) => {
    const run = runs.at(-1)!;
    const texts = brokenBounds(run).map((bound) => boundText(bound, run));
    return texts.length === 0 ? [] : [`- ${grouped(run.targets)} targets: ${texts.join("; ")}.`];
  });
  return lines.length === 0
    ? "All of them kept the [bounds](#bounds)."
    : `Some were beyond the [bounds](#bounds):\n\n${lines.join("\n")}`;
}

const SIZES = [10_000, 100_000, 1_000_000];

function perTarget({ runs }: MeasuredFleet) {
  const run = runs.at(-1)!;
  return {
    cpuMs: (1000 * run.cpuSeconds) / run.targets,
    prometheusMs: (1000 * run.prometheusSeconds) / run.targets,
    queryKb: (1000 * run.queryMb) / run.targets,
  };
}

function per(measured: MeasuredFleet): string {
  const { cpuMs, prometheusMs, queryKb } = perTarget(measured);
  return `${cpuMs.toFixed(1)} ms of CPU, ${prometheusMs.toFixed(1)} ms of Prometheus' CPU, ${queryKb.toFixed(1)} kB of answers`;
}

function fits(measured: MeasuredFleet): string {
  return grouped(100 * Math.floor(45_000 / perTarget(measured).cpuMs / 100));
}

function arithmetic(measured: MeasuredFleet): string {
  const { cpuMs, prometheusMs, queryKb } = perTarget(measured);
  const rows = SIZES.map((n) => [
    grouped(n),
    grouped(Math.round((n * cpuMs) / 1000)),
    grouped(Math.ceil((n * cpuMs) / 45_000)),
    grouped(Math.ceil(n / 10_000)),
    grouped(Math.round((n * prometheusMs) / 1000)),
    grouped(Math.round((n * queryKb) / 1000)),
    grouped(Math.round(n / 60)),
  ]);
  const head = [
    "targets",
    "CPU of runs, s a minute",
    "cores at 45 s a run",
    "jobs of 10,000",
    "Prometheus' CPU, s",
    "its answers, MB",
    "reads of scales a second",
  ];
  return markdown(head, rows);
}

function cells(run: FleetRun, load: number): readonly string[] {
  return [
    `${grouped(run.targets)}, ${run.read}`,
    run.wallSeconds.toFixed(1),
    run.cpuSeconds.toFixed(1),
    run.memoryMb.toFixed(0),
    run.longestTurn.toFixed(0),
    run.firstChange?.toFixed(1) ?? "none",
    load.toFixed(0),
  ];
}

function table(rows: readonly (readonly string[])[]): string {
  const head = [
    "targets, reading",
    "wall s",
    "CPU s",
    "largest memory, MiB",
    "longest turn, ms",
    "first change, s",
    "load of the machine",
  ];
  return markdown(head, rows);
}

function asked(runs: readonly FleetRun[]): string {
  const head = [
    "targets, reading",
    "queries",
    "its answers, MB",
    "Prometheus' CPU, s",
    "API calls",
    "their answers, MB",
    "changes",
  ];
  const rows = runs.map((run) => [
    `${grouped(run.targets)}, ${run.read}`,
    grouped(run.queries),
    run.queryMb.toFixed(1),
    run.prometheusSeconds.toFixed(2),
    grouped(run.calls),
    run.callMb.toFixed(2),
    grouped(run.changes),
  ]);
  return markdown(head, rows);
}

const grouped = (value: number): string => value.toLocaleString("en-US");

function list(words: readonly string[]): string {
  return words.length < 2 ? (words[0] ?? "") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

function markdown(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
}
