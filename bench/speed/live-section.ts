/** The section of docs/speed.md on a live run, as production starts it, beside bare Node and the original's Python. */
import { leastRun } from "./least.ts";
import { type LiveServers, startLiveServers } from "./live-servers.ts";
import { ORIGINAL_MODULES, originalRun } from "./original.ts";
import { type PhaseRow, phasesOf } from "./phases.ts";
import {
  against,
  type Contestant,
  type ContestantRow,
  median,
  type ProcessRatios,
  pythonWith,
  race,
  raceTable,
  tellingNode,
} from "./processes.ts";
import { type ProfileSlice, profileSlices } from "./profile.ts";
import { INTERVAL, profiledRun, type Trace, tracedRun } from "./trace.ts";
import { busyMs, extent } from "./waterfall.ts";

/** Runs under the profiler. The shortest is drawn: the one that the machine disturbed least. */
const TRACES = 9;

/** What the bench found about a live run. */
export interface Live {
  /** Of a run, as multiples of bare Node. */
  readonly ratios: ProcessRatios;
  readonly markdown: string;
  /** Where the time goes by source file: for who cuts it, not for the page. */
  readonly detail: string;
  /** What the waterfall draws. */
  readonly phases: readonly PhaseRow[];
}

/** Measures a live run as multiples of bare Node, and nothing else. CI asks for it. */
export async function liveRatios(
  rounds: number,
): Promise<{ readonly ratios: ProcessRatios; readonly markdown: string }> {
  const servers = await startLiveServers();
  try {
    const rows = await liveRace(servers, contestants(servers), rounds);
    return { ratios: rows[1]!.times, markdown: raceTable(rows) };
  } finally {
    await servers.stop();
  }
}

/** Starts the servers, times the processes, traces a run, and stops the servers. `picture` is the path of the waterfall in the page. */
export async function liveSection(rounds: number, picture: string): Promise<Live> {
  const servers = await startLiveServers();
  try {
    const python = await original(servers);
    const rows = await liveRace(servers, [...contestants(servers), ...(python === null ? [] : [python])], rounds);
    const traces = await times(TRACES, servers, () => profiledRun(servers));
    const shortest = traces.toSorted((a, b) => length(a) - length(b))[0]!;
    const ends = await times(TRACES, servers, () => tracedRun(servers));
    // from the end of the program to the end of the process: the profiler writes its file there
    const teardown = median(ends.map(({ exit, gone }) => gone - exit));
    const phases = phasesOf(shortest, profileSlices(shortest.profile), teardown);
    return {
      ratios: rows[1]!.times,
      phases,
      markdown: section(rows, phases, traces, picture),
      detail: sourceTable(traces.map((one) => profileSlices(one.profile))),
    };
  } finally {
    await servers.stop();
  }
}

function section(
  rows: readonly ContestantRow[],
  phases: readonly PhaseRow[],
  traces: readonly Trace[],
  picture: string,
): string {
  const python = rows[3];
  const words = python === undefined ? skipped : against("The original's Python", python, rows[1]!);
  return `## Cold and live

What production starts each minute: the built bundle with the settings of manifests/base, the image's own compile cache and a pod's ServiceAccount. It reads half an
hour (120 points) from a real Prometheus, and the scale and the state from a real API server over TLS. Then it forecasts, claims and scales. Before each run the
Deployment has two replicas and the state is empty. Both servers are on this machine. The calls alone read the same and write the same, without a setting, a
forecast or a decision: no program of Node could take less.

${raceTable(rows)}

${words}

![Waterfall of a live run](${picture})

The shortest of ${TRACES} runs under V8's sampling profiler. \`http\` is the client code for both servers: axios, client-node's configuration, and ours. \`garbage\` is what
V8's collector takes of the main thread, often while the process would wait.

${phaseTable(phases)}

What was computed on the main thread, medians of the ${TRACES} runs:

${partTable(traces.map((one) => profileSlices(one.profile)))}
`;
}

/** Until the program has ended: what follows is the profiler's file. */
const length = ({ exit, spawned }: Trace) => exit - spawned;

/** Does it n times, each from the same start. */
async function times<T>(n: number, servers: LiveServers, work: () => Promise<T>): Promise<T[]> {
  const all: T[] = [];
  for (let i = 0; i < n; i++) {
    await servers.reset();
    all.push(await work());
  }
  return all;
}

function liveRace(servers: LiveServers, all: readonly Contestant[], rounds: number): Promise<readonly ContestantRow[]> {
  return race(all, rounds, async (next) => {
    if (next !== all[0]) await servers.reset();
  });
}

/** Bare Node, a run, and its calls alone, each where a pod's ServiceAccount is. */
function contestants({
  env,
  flags,
  inPod,
  folder,
  job,
  config,
  prometheus,
  namespace,
}: LiveServers): readonly Contestant[] {
  const tell = tellingNode(folder);
  const node = (name: string, args: readonly string[]): Contestant => ({
    name,
    ...inPod(process.execPath, args),
    telling: inPod(process.execPath, [...tell, ...args]).args,
    env,
  });
  return [
    node("`node -e 0`", ["-e", "0"]),
    node("a live run (`--once --config`)", [...flags, job, "--once", "--config", config]),
    node("its calls alone, by Node's own `http`", ["-e", leastRun(), prometheus, namespace]),
  ];
}

const skipped = `The original's Python was skipped: no Python here has ${ORIGINAL_MODULES.join(", ")}.`;

/** The original's own libraries doing the same, where a Python has them. */
async function original({ env, inPod, prometheus, namespace }: LiveServers): Promise<Contestant | null> {
  const python = await pythonWith(ORIGINAL_MODULES);
  if (python === null) {
    console.error(`${skipped} pip install them, or PYTHON=/path/to/python.`);
    return null;
  }
  const command = inPod(python, ["-c", originalRun(), prometheus, namespace]);
  return { name: "the original's Python", ...command, telling: command.args, env };
}

function phaseTable(phases: readonly PhaseRow[]): string {
  const rows = phases.map((row) => {
    const { from, to } = extent(row);
    const waited = row.waits.reduce((sum, span) => sum + span.to - span.from, 0);
    const ms = (value: number) => (value === 0 ? "" : value.toFixed(0));
    return [row.phase, from.toFixed(0), to.toFixed(0), ms(busyMs(row)), ms(waited)];
  });
  return markdown(["phase", "begins, ms", "ends, ms", "computes, ms", "calls last, ms"], rows);
}

type Computed = Exclude<ProfileSlice["part"], "idle">;

/** What the parts of the program are called in the table. */
const NAMES: Readonly<Record<Computed, string>> = {
  forecast: "the forecaster",
  garbage: "garbage collection",
  node: "Node: sockets, streams, timers",
  loader: "Node: finding and linking modules",
  native: "Node: start, and work without JavaScript",
  tls: "Node: TLS, loaded and used",
  axios: "axios and its dependencies",
  "client-node": "client-node's configuration and its dependencies",
  http: "our HTTP and Prometheus clients",
  kubernetes: "our Kubernetes client",
  settings: "settings, with the YAML parser",
  core: "command line and the rest of the bundle",
  decide: "the run, policy and state",
  report: "log and text",
};

function partTable(runs: readonly (readonly ProfileSlice[])[]): string {
  const rows = sums(runs, ({ part }) => part);
  const total = rows.reduce((sum, [, ms]) => sum + ms, 0);
  return markdown(
    ["part", "ms", "share"],
    rows.map(([part, ms]) => [NAMES[part as Computed], ms.toFixed(1), `${((100 * ms) / total).toFixed(0)} %`]),
  );
}

function sourceTable(runs: readonly (readonly ProfileSlice[])[]): string {
  const rows = sums(runs, ({ part, source }) => source || NAMES[part as Computed]).slice(0, 40);
  return markdown(
    ["source, and file of the bundle", "ms"],
    rows.map(([name, ms]) => [name, ms.toFixed(1)]),
  );
}

/** Milliseconds by a name, the median of the runs, largest first. A sample that is long overdue is one that the machine's other work kept waiting. */
function sums(
  runs: readonly (readonly ProfileSlice[])[],
  nameOf: (slice: ProfileSlice) => string,
): [name: string, ms: number][] {
  const all = runs.map((slices) => {
    const of = new Map<string, number>();
    for (const slice of slices) {
      const ms = Math.min(slice.to - slice.from, (3 * INTERVAL) / 1000);
      if (slice.part !== "idle") of.set(nameOf(slice), (of.get(nameOf(slice)) ?? 0) + ms);
    }
    return of;
  });
  const names = [...new Set(all.flatMap((of) => [...of.keys()]))];
  return names
    .map((name): [string, number] => [name, median(all.map((of) => of.get(name) ?? 0))])
    .sort((a, b) => b[1] - a[1]);
}

function markdown(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
}
