/** The runs of the autoscaler during a demo, each with its decision, read from the run's own log. */

/** One run and its decision. */
export interface DemoRun {
  /** Seconds since the load began, by the clock of the metric source. */
  readonly t: number;
  readonly action: string;
  readonly from: number | null;
  readonly to: number | null;
  readonly reason: string;
  readonly message: string;
  /** Of the data: act, upOnly or hold. */
  readonly verdict: string | null;
  /** Demand as measured, and the quantile of the maximum that was bought, over `lead` seconds; cores. */
  readonly demand: number | null;
  readonly quantile: number | null;
  readonly level: number | null;
  readonly lead: number | null;
  /** Stages that changed the number of replicas, in order, such as "forecast 3 -> 7". */
  readonly stages: readonly string[];
}

interface Line {
  readonly message: string;
  readonly time: string;
  readonly action?: string;
  readonly from?: number | null;
  readonly to?: number | null;
  readonly reason?: string;
  readonly now?: number;
  readonly quality?: { readonly verdict: string };
  readonly demand?: number | null;
  readonly lead?: number;
  readonly forecast?: { readonly quantile: number | null; readonly level: number } | null;
  readonly trail?: readonly { readonly stage: string; readonly from: number; readonly to: number }[];
}

/** Reads the log of one run of one target (`logFormat: json`); null when it tells of no decision. `began`: epoch seconds. */
export function runOf(log: string, began: number): DemoRun | null {
  const lines = log.split("\n").flatMap(parse);
  const outcome = lines.find((line) => line.action !== undefined && line.reason !== undefined);
  if (outcome === undefined) return null;
  return {
    t: (outcome.now ?? Date.parse(outcome.time) / 1000) - began,
    action: outcome.action!,
    from: outcome.from ?? null,
    to: outcome.to ?? null,
    reason: outcome.reason!,
    message: outcome.message,
    verdict: outcome.quality?.verdict ?? null,
    demand: outcome.demand ?? null,
    quantile: outcome.forecast?.quantile ?? null,
    level: outcome.forecast?.level ?? null,
    lead: outcome.lead ?? null,
    stages: (outcome.trail ?? []).filter((e) => e.from !== e.to).map((e) => `${e.stage} ${e.from} -> ${e.to}`),
  };
}

function parse(line: string): Line[] {
  if (!line.startsWith("{")) return [];
  try {
    return [JSON.parse(line) as Line];
  } catch {
    return [];
  }
}
