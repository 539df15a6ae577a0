/** Opens what past decisions need: the metric source, and its record of a target's replicas. */
import { sourceOf } from "../adapters/sources.ts";
import type { Settings } from "../config/types.ts";
import type { TargetConfig } from "../core/target.ts";
import type { EpochSeconds } from "../core/units.ts";
import type { History, ScaleHistory, Times } from "../ports.ts";
import { decideAgain, type PastDecision, warmUp } from "../replay/past.ts";
import type { Watch } from "../replay/types.ts";
import type { Log } from "../report/log.ts";
import { cleaner, cleanHistory } from "./clean-ports.ts";
import { CommandError, type Io } from "./io.ts";
import type { RunInputs } from "./run-inputs.ts";

/** An opened past. */
export interface PastWorld {
  readonly now: EpochSeconds;
  readonly history: History;
  /** Null: the source records no replicas, or replicas are pretended. */
  readonly scales: ScaleHistory | null;
  readonly close: () => void;
}

/** Opens only the source, and no cluster. Throws a CommandError if the source does not answer. */
export async function openPast(settings: Settings, inputs: RunInputs, io: Io, log: Log): Promise<PastWorld> {
  const wanted = { settings, historyFile: inputs.historyFile };
  const source = sourceOf(wanted)!;
  const tools = {
    log: (level: "debug" | "warn", message: string) => log(level, message),
    redactor: io.redactor,
    env: io.env,
  };
  const opened = await source.open(wanted, tools);
  const history = cleanHistory(opened.history, cleaner(io.redactor));
  try {
    const now = await history.now();
    const scales = inputs.pretend === null ? (opened.scales ?? null) : null;
    return { now, history, scales, close: opened.close };
  } catch (cause) {
    opened.close();
    throw new CommandError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** The requested decisions of one target, and the metric with its recorded replicas. */
export interface PastRun {
  readonly source: string | null;
  readonly decisions: AsyncGenerator<PastDecision>;
}

/** Repeats the decisions from `from` to `until`, an interval apart. Those of the warm-up before are made and left out. */
export async function pastOf(
  { history, scales }: PastWorld,
  target: TargetConfig,
  { from, until, first, log, watch }: PastRequest,
): Promise<PastRun> {
  const { interval: step } = target;
  const before = Math.round(warmUp(target) / step);
  const points = before + 1 + Math.floor((until - from) / step + 1e-9);
  const times: Times = { start: from - before * step, step, points };
  const recorded = await scales?.read(target, times).catch((error: unknown) => {
    log("warn", "the recorded replicas could not be read, so they are replayed", { error });
    return null;
  });
  const past = { history, scales: recorded?.scales ?? [], first };
  async function* asked() {
    let done = 0;
    for await (const decision of decideAgain(past, target, times)) {
      if (done++ >= before) yield decision;
      if ((await watch(done, points)) === false) return;
    }
  }
  return { source: recorded?.source ?? null, decisions: asked() };
}

/** The decisions to repeat, and what they need. */
export interface PastRequest {
  readonly from: EpochSeconds;
  readonly until: EpochSeconds;
  /** The first replicas, where they are pretended; null: they are not. */
  readonly first: number | null;
  readonly log: Log;
  readonly watch: Watch;
}
