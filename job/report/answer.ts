/** The JSON of a run, as `--json` prints it; docs/output.schema.json describes it. */
import type { EpochSeconds } from "../core/units.ts";
import type { Outcome } from "../ports.ts";

/** The answer of a run. */
interface Run {
  readonly now: EpochSeconds;
  readonly dryRun: boolean;
  readonly targets: readonly Outcome[];
}

/** What finding targets came to, of settings that have `discover`. */
export interface DiscoverySummary {
  /** Workloads that opted in. */
  readonly found: number;
  /** Of them, those that are listed as well: the list wins. */
  readonly listed: number;
  /** Of them, those whose settings are wrong. */
  readonly refused: number;
  /** Lists that could not be read: what opted in there is left alone, and the run ends with 1. */
  readonly failures: readonly string[];
}

/** A time as RFC 3339 has it, in UTC. */
export function timeText(at: EpochSeconds): string {
  return new Date(at * 1000).toISOString();
}

/** The printed object. `time` is the time for which the run decided. */
export function runAnswer({ now, dryRun, targets }: Run, discovery: DiscoverySummary | null = null) {
  return { time: timeText(now), dryRun, targets, ...(discovery && { discovery }) };
}

/** Targets of one piece of the text: 100 have 150 kB and take 5 ms. */
const PIECE = 100;

/** The object as JSON, in pieces to be written one by one: that of 10,000 targets keeps everything else waiting for half a second. */
export function* answerText({ targets, ...rest }: ReturnType<typeof runAnswer>): Generator<string> {
  yield `${JSON.stringify(rest).slice(0, -1)},"targets":[`;
  for (let i = 0; i < targets.length; i += PIECE)
    yield `${i === 0 ? "" : ","}${JSON.stringify(targets.slice(i, i + PIECE)).slice(1, -1)}`;
  yield "]}";
}
