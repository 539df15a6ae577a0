/** The Reporter of the command line: keeps what each tick recorded, writes the log; never fails a run. */
import { leadingMetric, type TickRecord } from "../core/policy/types.ts";
import type { TargetConfig } from "../core/target.ts";
import type { Outcome, Reporter } from "../ports.ts";
import type { Log } from "./log.ts";

/** One tick of one target, as reported. */
export interface Reported {
  readonly target: TargetConfig;
  readonly record: TickRecord | null;
  readonly outcome: Outcome;
}

/** A reporter that collects. `quiet`: the outcome is printed elsewhere as well, so the log need not say it again. */
export function collectingReporter(log: Log, quiet: boolean): Reporter & { readonly all: readonly Reported[] } {
  const all: Reported[] = [];
  // a full disk or a closed stderr must not end a run between its claim and its scale
  const safely = (work: () => void) => {
    try {
      work();
    } catch {
      // there is nobody left to tell
    }
  };
  return {
    all,
    log: (...line) => safely(() => log(...line)),
    tick: (target, record, outcome) => {
      const reported = { target, record, outcome };
      all.push(reported);
      safely(() => logTick(log, reported, quiet));
    },
  };
}

/** The decision record as one log line: every intermediate number, but not the curves. */
function logTick(log: Log, { target, record, outcome }: Reported, quiet: boolean): void {
  const { trail, forecast, metrics, ...rest } = outcome;
  const leading = record === null ? null : leadingMetric(record);
  log(quiet ? "debug" : outcome.action === "failed" ? "error" : "info", outcome.message, {
    target: `${target.namespace}/${target.name}`,
    action: rest.action,
    from: rest.from,
    to: rest.to,
    reason: rest.reason,
  });
  log("debug", "decision record", {
    target: `${target.namespace}/${target.name}`,
    ...(leading === null
      ? {}
      : {
          now: record?.now,
          metric: leading.metric.name,
          quality: leading.quality,
          demand: leading.demand,
          lead: leading.lead,
          readyAfter: leading.readyAfter,
          quantile: leading.quantile,
        }),
    forecast,
    weights: leading?.forecast?.modelWeights,
    ...(metrics.length > 1 ? { metrics } : {}),
    trail,
  });
}
