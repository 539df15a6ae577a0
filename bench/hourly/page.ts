/** docs/hourly.md: what a decision costs in a process that lives, beside one in a process of its own. */
import type { FleetRun } from "../fleet/measure.ts";

/** One way of reading: a process that decided once, and one that decided `decisions` times. */
export interface Hourly {
  readonly read: FleetRun["read"];
  readonly once: FleetRun;
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
everything: of 60 decisions it would be a smaller part. On the other hand each series is read whole again every 10 to 20 minutes, which did not happen
here yet.

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

function rows({ read, once, lived, decisions }: Hourly): readonly string[] {
  const row = (name: string, run: FleetRun, count: number) => {
    const figures = [run.cpuSeconds / count, run.prometheusSeconds / count, run.queryMb / count].map((x) =>
      x.toFixed(2),
    );
    return `| ${[read, name, ...figures, Math.round(run.queries / count), Math.round(run.memoryMb)].join(" | ")} |`;
  };
  return [row("one a minute", once, 1), row(`one of ${decisions} decisions`, lived, decisions)];
}

function shares({ read, once, lived, decisions }: Hourly): string {
  const share = (of: "cpuSeconds" | "prometheusSeconds" | "queryMb") =>
    `${Math.round((100 * lived[of]) / decisions / once[of])} %`;
  return `- ${read}: ${share("cpuSeconds")} of the job's CPU, ${share("prometheusSeconds")} of Prometheus' CPU, ${share("queryMb")} of its answers.`;
}
