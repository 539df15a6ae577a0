/** `explain --at`: repeats a past decision from the history and explains it in sentences; writes nothing. */
import type { Settings } from "../config/types.ts";
import type { TargetConfig } from "../core/target.ts";
import type { EpochSeconds, Seconds } from "../core/units.ts";
import type { Outcome } from "../ports.ts";
import { historiesAt, type PastDecision } from "../replay/past.ts";
import { alternatives } from "../replay/what-if.ts";
import { runAnswer } from "../report/answer.ts";
import type { Log } from "../report/log.ts";
import { pastText } from "../report/past-text.ts";
import { notWritten, outcomeOf } from "../run/outcome.ts";
import { type Flags, INTERRUPTED, type Io } from "./io.ts";
import { momentOf } from "./moment.ts";
import { openPast, type PastWorld, pastOf } from "./past-world.ts";
import type { RunInputs } from "./run-inputs.ts";
import { plotText } from "./run-telling.ts";
import { withProgress } from "./waiting.ts";

/** Seconds after a decision that are reported. By then the pods of most decisions have served. */
const JUDGED_SPAN: Seconds = 600;

/** Explains the decision at --at of every target. Exit code 1 when one could not be decided. */
export async function explainPast(
  flags: Flags,
  io: Io,
  { inputs, settings, log }: { readonly inputs: RunInputs; readonly settings: Settings; readonly log: Log },
): Promise<number> {
  const world = await openPast(settings, inputs, io, log);
  try {
    const at = momentOf("at", String(flags.at), world.now);
    const targets: Outcome[] = [];
    for (const target of settings.targets) {
      const made = await makeAgain(world, target, at, { io, log, first: inputs.pretend?.replicas ?? null });
      if (made === null) return INTERRUPTED;
      const { decision, after, source } = made;
      const outcome = notWritten(outcomeOf(decision.decided));
      targets.push(outcome);
      if (flags.json === true) continue;
      const others = await alternatives(decision.input, (variant) => historiesAt(world.history, variant, at));
      const past = { decision, outcome, after, alternatives: others, source };
      io.out(`${pastText(past, io.columns)}\n`);
      const record = decision.decided.output?.record;
      if (flags.plot === true) io.draw(await plotText(target, record, flags, io));
    }
    if (flags.json === true) io.out(`${JSON.stringify(runAnswer({ now: at, dryRun: true, targets }))}\n`);
    return targets.some(({ action }) => action === "failed") ? 1 : 0;
  } finally {
    world.close();
  }
}

interface PastAnswer {
  readonly decision: PastDecision;
  readonly after: readonly PastDecision[];
  readonly source: string | null;
}

/** The decision and those after it; null: Ctrl-C ended it. */
async function makeAgain(
  world: PastWorld,
  target: TargetConfig,
  at: EpochSeconds,
  { io, log, first }: { readonly io: Io; readonly log: Log; readonly first: number | null },
): Promise<PastAnswer | null> {
  const until = Math.min(world.now, at + JUDGED_SPAN);
  return withProgress(io, "explain", "decisions", async (watch) => {
    const { source, decisions } = await pastOf(world, target, { from: at, until, first, log, watch });
    const made: PastDecision[] = [];
    for await (const decision of decisions) made.push(decision);
    const [decision, ...after] = made;
    return decision === undefined ? null : { decision, after, source };
  });
}
