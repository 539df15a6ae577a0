/** Writes docs/scale.md: what runs over many targets took, and the arithmetic that follows. */
import { arithmeticText, largestFleet } from "./arithmetic.ts";
import { boundRowsOf, boundText, brokenBounds } from "./bounds.ts";
import { grouped, markdown, wordList } from "./format.ts";
import type { ListFigures } from "./lists.ts";
import type { FleetRun } from "./measure.ts";
import type { Alike } from "./same.ts";

/** The runs of one size of the fleet. */
export interface MeasuredFleet {
  readonly targets: number;
  /** Runs over listed targets. The first found no state. */
  readonly listed: readonly FleetRun[];
  /** The run after them, over the same targets as found by their label. */
  readonly found: FleetRun;
  readonly lists: ListFigures;
  /** Of a large fleet: the run without threads for decisions, and its shards. */
  readonly whole: { readonly oneProcessor: FleetRun; readonly shards: readonly FleetRun[] } | null;
  /** Those with counters, by single queries. */
  readonly single: FleetRun;
  readonly alike: Alike;
}

/** docs/scale.md as Markdown. `machine` describes the machine and says the day. */
export function fleetPage(all: readonly MeasuredFleet[], machine: string): string {
  const shown = all.flatMap(({ listed, found }) => [listed.at(-1)!, found]);
  return `# Scale

<!-- Written by \`npm run bench -- fleet\`. -->

What one run takes with many targets, as the built job on real servers: a Prometheus and an API server with a Deployment for each target.
Machine: ${machine}. It had other work, as the column of its load says: CPU time is what counts, and wall time would be shorter on an idle one.
V8 has the heap that it takes in a container of 192 MiB. For each 1,000 targets there is one ConfigMap of the state.

## Runs

Each size has three runs a minute apart, or one after the other where they take longer. The first finds no state, and is not shown. In the second, the
targets are listed in the settings. In the third, they are [found by a label](discovery.md).

${table(shown)}

The longest turn is the CPU that the event loop took in one go since the first connection. First change: from the start of the process. Load: of the
machine at the end of the run, over a minute.

${broken(shown)}

What these runs asked, and what they changed; answers count as they are sent, large ones of Prometheus compressed:

${asked(shown)}

- Every target has waves of 20 to 60 minutes and noise, and needs 2 to 5 pods. The first runs changed ${wordList(all.map(({ listed }) => `${grouped(listed[0]!.changes)} of ${grouped(listed[0]!.targets)}`))}.
- Failed: ${wordList(all.map(({ listed, found }) => `${[...listed, found].reduce((sum, run) => sum + run.failed, 0)} of ${grouped(3 * listed[0]!.targets)}`))}, in all three runs.
- Decided as alone, by single queries at the same moment: ${wordList(all.map(({ alike }) => `${alike.alike} of ${alike.sample}`))}. The first that was not: ${all.map(({ alike }) => alike.other).find((other) => other !== null) ?? "none"}.
${all.flatMap(whole).join("\n")}
## Single queries beside it

The same job, with \`prometheus.grouped: never\`, over the targets whose pods have counters. Each has ten pods with one container.

${asked(all.slice(0, 1).map(({ single }) => single))}

${table(all.slice(0, 1).map(({ single }) => single))}

## Bounds

What a run should take at most, on two cores with no other work:

- Up to 1,000 targets take 192 MiB. Up to 10,000 take 400 MiB, 90 s of CPU and 45 s of wall time.
- The first change comes within 5 s, and no turn of the event loop takes more than 100 ms.
- The API server gets one call for each change, and 60 more. A listed target takes one call besides.

The bench fails where memory or a turn is beyond its bound.

## What was not run

- **Shards beside each other.** On two cores each would only wait for the others.
- **The rules themselves.** What they record was written into Prometheus beforehand; the counters are there for the first 100 targets. So the CPU of Prometheus
  is that of answering. Evaluating the rules every 15 s comes to it, and grows with the pods.
- **Pods.** The controllers were stopped, so that thousands of pods without a node are no part of the figures.
- **Pod starts.** No kube-state-metrics was there: the query was asked, and its answer empty.
- **An idle machine.** Nor a network: all servers are on this one.

## What breaks first

${arithmeticText(largestFleet(all))}
`;
}

/** What the runs broke of the bounds. */
function broken(runs: readonly FleetRun[]): string {
  const lines = runs.flatMap((run) => {
    const texts = brokenBounds(run).map((bound) => boundText(bound, run));
    return texts.length === 0 ? [] : [`- ${nameOf(run)}: ${texts.join("; ")}.`];
  });
  return lines.length === 0
    ? "All of them kept the [bounds](#bounds)."
    : `Some were beyond the [bounds](#bounds):\n\n${lines.join("\n")}`;
}

/** A large fleet bound by bound, and run in other ways. */
function whole({ targets, found, lists, whole: more }: MeasuredFleet): readonly string[] {
  if (more === null) return [];
  const { oneProcessor, shards } = more;
  const rows = boundRowsOf(found).map(({ what, value, most, kept }) => [what, value, most, kept ? "yes" : "no"]);
  const sum = (pick: (run: FleetRun) => number) => shards.reduce((all, run) => all + pick(run), 0);
  return [
    `
## ${grouped(targets)} in one job

The run over the targets that were found, with ${grouped(found.stateReads)} reads and ${grouped(found.stateWrites)} writes of ${grouped(Math.ceil(targets / 1000))} ConfigMaps, and ${grouped(found.lists)} pages of lists.
A run that comes more than three minutes after the last one reads the ConfigMaps again for targets that may have moved; one a minute later reads each once:

${markdown(["what", "measured", "at most", "kept"], rows)}

- **Wall time.** Of the ${found.cpuSeconds.toFixed(1)} s of CPU, the main thread took ${found.mainSeconds.toFixed(1)} s; two threads made the decisions. On two idle cores, with the servers elsewhere, the run
  would take ${Math.max(found.mainSeconds, found.cpuSeconds / 2).toFixed(0)} s or more. What is beyond that in the table is waiting for the processor, or for servers on the same two cores.
- **Lists.** The workloads alone, found in a process of its own: ${lists.coldSeconds.toFixed(2)} s of CPU for ${grouped(lists.found)} the first time, ${lists.warmSeconds.toFixed(2)} s once the code is warm.
- **Without threads.** With one processor for all work, as a container with one core has it, the same took ${oneProcessor.wallSeconds.toFixed(0)} s where it was ${found.wallSeconds.toFixed(0)} s.
  It took ${oneProcessor.cpuSeconds.toFixed(1)} s of CPU and ${oneProcessor.memoryMb.toFixed(0)} MiB, at a load of ${oneProcessor.load.toFixed(0)}.

As ${shards.length} shards, one after the other, with one ConfigMap each. Each shard lists all workloads and takes its share:

${table(shards)}

Together they took ${sum((run) => run.cpuSeconds).toFixed(1)} s of CPU for ${grouped(sum((run) => run.targets))} targets, of which ${grouped(sum((run) => run.failed))} failed.
`,
  ];
}

const nameOf = (run: FleetRun): string =>
  `${grouped(run.targets)}, ${run.read === "single" ? "single" : run.found ? "found" : "listed"}`;

function table(runs: readonly FleetRun[]): string {
  const head = ["targets", "wall s", "CPU s", "largest memory, MiB", "longest turn, ms", "first change, s", "load"];
  const rows = runs.map((run) => [
    nameOf(run),
    run.wallSeconds.toFixed(1),
    run.cpuSeconds.toFixed(1),
    run.memoryMb.toFixed(0),
    run.longestTurn.toFixed(0),
    run.firstChange?.toFixed(1) ?? "none",
    run.load.toFixed(0),
  ]);
  return markdown(head, rows);
}

function asked(runs: readonly FleetRun[]): string {
  const head = [
    "targets",
    "queries",
    "its answers, MB",
    "Prometheus' CPU, s",
    "API calls",
    "their answers, MB",
    "changes",
  ];
  const rows = runs.map((run) => [
    nameOf(run),
    grouped(run.queries),
    run.queryMb.toFixed(1),
    run.prometheusSeconds.toFixed(2),
    grouped(run.calls),
    run.callMb.toFixed(2),
    grouped(run.changes),
  ]);
  return markdown(head, rows);
}
