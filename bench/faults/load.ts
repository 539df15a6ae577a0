/** CPU histories for the real Prometheus: counters or gauges of each case, under a label of its own. */

/** The CPU of a case: cores by seconds before the run. Null gives no sample; NaN and infinities are written as they are. */
export interface CaseLoad {
  readonly cores: (age: number) => number | null;
  /** `counter` (read by rate over a minute) or `gauge`; default counter. */
  readonly as?: "counter" | "gauge";
  /** Seconds between samples; default 15. */
  readonly scrape?: number;
  /** Rows of cadvisor in its place, for the query that the job builds: `labels` beside namespace and case, and cores of each. */
  readonly rows?: (namespace: string) => readonly (readonly [labels: string, cores: number])[];
}

/** Seconds of history. */
const LENGTH = 3300;

/**
 * 2.2 cores with the noise of a busy service, by seconds before the run. At 0.5 a pod, 5 pods are needed. It is the same at every start.
 */
export const steadyCores = (age: number): number =>
  2.2 + 0.04 * Math.sin(age * age * 0.37) + 0.02 * Math.sin(age * 1.7);

/** The PromQL query of a load. It reads the history up to its end, as if that were now. */
export function loadQuery(name: string, load: CaseLoad): string {
  return load.as === "gauge" ? "sum($load $offset)" : `sum(rate(${loadSelector(name)}[1m] $offset))`;
}

/** The PromQL selector of a load's series. */
export function loadSelector(name: string, load?: CaseLoad): string {
  const metric = load?.as === "gauge" ? "load_cores" : "load_cpu_seconds_total";
  return `${metric}{case="${name}"}`;
}

/** All loads as OpenMetrics text, up to `end` (seconds since 1970). The series of cadvisor go on for an hour after it. */
export function loadsOpenMetrics(
  loads: readonly (readonly [name: string, load: CaseLoad])[],
  namespaces: readonly string[],
  end: number,
): string {
  const counters = ["# TYPE load_cpu_seconds counter"];
  const gauges = ["# TYPE load_cores gauge"];
  const rows = ["# TYPE container_cpu_usage_seconds counter"];
  for (const [name, load] of loads) {
    if (load.rows !== undefined) rows.push(...cadvisor(name, load, namespaces, end));
    else (load.as === "gauge" ? gauges : counters).push(...samples(name, load, end));
  }
  return `${[...counters, ...gauges, ...rows].join("\n")}\n# EOF\n`;
}

function samples(name: string, load: CaseLoad, end: number): string[] {
  const { cores, scrape = 15 } = load;
  const lines: string[] = [];
  let used = 0;
  for (let age = LENGTH; age >= 0; age -= scrape) {
    const now = cores(age);
    if (now === null) continue;
    used += now * scrape;
    const value = load.as === "gauge" ? now : used;
    lines.push(`${loadSelector(name, load)} ${text(value)} ${end - age}`);
  }
  return lines;
}

function cadvisor(name: string, { rows, scrape = 15 }: CaseLoad, namespaces: readonly string[], end: number): string[] {
  return namespaces.flatMap((namespace) =>
    (rows?.(namespace) ?? []).flatMap(([labels, cores]) => {
      const lines: string[] = [];
      for (let at = -LENGTH; at <= 3600; at += scrape) {
        const used = ((at + LENGTH) * cores).toFixed(3);
        lines.push(`container_cpu_usage_seconds_total{case="${name}",${labels}} ${used} ${end + at}`);
      }
      return lines;
    }),
  );
}

function text(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  return Number.isFinite(value) ? String(value) : value > 0 ? "+Inf" : "-Inf";
}
