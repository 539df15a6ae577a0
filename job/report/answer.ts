/** The JSON of a run, as `--json` prints it; docs/output.schema.json describes it. */
import type { EpochSeconds } from "../core/units.ts";
import type { Outcome } from "../ports.ts";

/** The answer of a run. */
interface Run {
  readonly now: EpochSeconds;
  readonly dryRun: boolean;
  readonly targets: readonly Outcome[];
}

/** A time as RFC 3339 has it, in UTC. */
export function timeText(at: EpochSeconds): string {
  return new Date(at * 1000).toISOString();
}

/** The printed object. `time` is the time for which the run decided. */
export function runAnswer({ now, dryRun, targets }: Run) {
  return { time: timeText(now), dryRun, targets };
}
