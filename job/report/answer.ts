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
  /** Of them, those that are listed as well: the list takes precedence. */
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

/**
 * The object as JSON, in pieces to be written one by one: that of 10,000 targets keeps everything else waiting for half a second.
 * `textOf`: the JSON of a target.
 */
export function* answerText(
  { targets, ...rest }: ReturnType<typeof runAnswer>,
  textOf: (outcome: Outcome) => string = JSON.stringify,
): Generator<string> {
  yield `${JSON.stringify(rest).slice(0, -1)},"targets":[`;
  for (let i = 0; i < targets.length; i += PIECE)
    yield `${i === 0 ? "" : ","}${targets
      .slice(i, i + PIECE)
      .map((one) => textOf(one))
      .join(",")}`;
  yield "]}";
}

/** The JSON of outcomes, which outlives what only it shows. */
export interface KeptTexts {
  /** The outcome without its metrics and its trail, which take 6 of its 8 kB; as JSON they have 1.5 kB. */
  keep(outcome: Outcome): Outcome;
  /** The JSON of the whole outcome, also where only the shorter one is left. */
  of(outcome: Outcome): string;
}

/** Keeps texts for as long as the outcomes are there. */
export function keptTexts(): KeptTexts {
  const texts = new WeakMap<Outcome, string>();
  return {
    keep: (outcome) => {
      const short = withoutTrail(outcome);
      texts.set(short, JSON.stringify(outcome));
      return short;
    },
    of: (outcome) => texts.get(outcome) ?? JSON.stringify(outcome),
  };
}

/** An outcome as a summary needs it. */
export function withoutTrail(outcome: Outcome): Outcome {
  return { ...outcome, metrics: [], trail: [] };
}
