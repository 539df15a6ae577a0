/** docs/hourly.md: what a decision costs in a process that lives, beside one in a process of its own. */
import type { FleetRun } from "../fleet/measure.ts";

/** One way of reading: processes that decided once each, and one that decided `decisions` times. */
export interface Hourly {
  readonly read: FleetRun["read"];
  readonly once: readonly FleetRun[];
  readonly lived: FleetRun;
  readonly decisions: number;
}

interface Setting {
  readonly targets: number;
  readonly machine: string;
  readonly load: number;
}

/** docs/hourly.md as Markdown. `machine` describes the machine and says the day. */
export function hourlyPage(all: readonly Hourly[], { targets, machine, load }: Setting): string {
  return `# A pod for an hour, measured

<!-- Written by \`npm run bench -- hourly\`. -->

[A pod can live for an hour](many-targets.md#a-pod-that-lives-for-an-hour), decide every minute, and keep the histories in between. This page compares
it with a new pod each minute, in the same run over ${targets.toLocaleString("en")} targets on the same real servers.

All figures are per decision of all targets. The process that lives made a few decisions, as the table says. They include its first one, which reads
everything. A single series is read whole again in the first five minutes, which is included too, and then every 10 to 20. In an hour that is once in
ten decisions, and here more often.

Half of the processes that decide once ran before it, and half after it. The table has the median of each figure, and the range of the job's CPU.

| reading | process | job's CPU, s | Prometheus' CPU, s | its answers, MB | queries | largest memory, MB |
| --- | --- | --- | --- | --- | --- | --- |
${all.flatMap(rows).join("\n")}

So the process that lives takes, of what a process a minute takes:

${all.map(shares).join("\n")}

- Every target has ten pods with counters, waves and noise, and two hours of history at 15 s. "single" reads each target by itself, "grouped" reads our
  recorded series.
${all.some(({ read }) => read === "grouped") ? "" : "- Reading together was not measured in this run.\n"}- The CPU of Prometheus is without what it takes when nobody asks. Evaluating the recording rules is not in it.
- A target by itself takes three queries. Fewer of them mean that some readings failed on the busy machine, and make the figures too low by that share.
  More of them mean that whole windows were read after the new points, or single series in place of many together.
- Machine: ${machine}. At the end it had a load of ${load.toFixed(0)}, from other
  work too. So CPU times are higher than on an idle one, in both forms.
`;
}

type Figure = "cpuSeconds" | "prometheusSeconds" | "queryMb" | "queries" | "memoryMb";

/** The median of an even number of runs too. */
function middle(runs: readonly FleetRun[], of: Figure): number {
  const sorted = runs.map((run) => run[of]).toSorted((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
}

function rows({ read, once, lived, decisions }: Hourly): readonly string[] {
  const row = (name: string, runs: readonly FleetRun[], count: number) => {
    const of = (figure: Figure) => middle(runs, figure) / count;
    const all = runs.map(({ cpuSeconds }) => cpuSeconds);
    const range = runs.length < 2 ? "" : ` (${Math.min(...all).toFixed(2)} to ${Math.max(...all).toFixed(2)})`;
    const figures = [
      `${of("cpuSeconds").toFixed(2)}${range}`,
      of("prometheusSeconds").toFixed(2),
      of("queryMb").toFixed(2),
    ];
    const memory = Math.round(middle(runs, "memoryMb"));
    return `| ${[read, name, ...figures, Math.round(of("queries")), memory].join(" | ")} |`;
  };
  return [
    row(`one a minute, ${once.length} of them`, once, 1),
    row(`one of ${decisions} decisions`, [lived], decisions),
  ];
}

function shares({ read, once, lived, decisions }: Hourly): string {
  const share = (of: Figure) => `${Math.round((100 * lived[of]) / decisions / middle(once, of))} %`;
  return `- ${read}: ${share("cpuSeconds")} of the job's CPU, ${share("prometheusSeconds")} of Prometheus' CPU, ${share("queryMb")} of its answers.`;
}
