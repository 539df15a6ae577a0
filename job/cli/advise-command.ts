/** `advise`: replays settings over a history, and names the cheapest ones within an objective, judged on a later half than they were chosen on. */
import { availableParallelism } from "node:os";
import { forecasterOf } from "../core/forecast/method.ts";
import type { LongHistory } from "../core/series/coarse.ts";
import { compare, inTurn, type PlayStretches, playTrials, type TrialSetup, type Trials } from "../replay/advise.ts";
import { inThreads } from "../replay/trial-workers.ts";
import type { ReplayOptions, Watch } from "../replay/types.ts";
import { type Advice, adviceText, type Changed } from "../report/advice-text.ts";
import { answerOf } from "./advise-answer.ts";
import { adviceOf, changedBy } from "./advise-choice.ts";
import { gridOf, isOurs, worldsOf } from "./advise-grid.ts";
import { writeAdvicePage } from "./advise-page.ts";
import { recordedReplicas } from "./advise-recorded.ts";
import { type Command, CommandError, type Flags, INTERRUPTED, type Io, UsageError } from "./io.ts";
import { readOption } from "./option-values.ts";
import { checkOutputs } from "./outputs.ts";
import { worldOf } from "./replay-command.ts";
import { type ReplaySource, replaySource } from "./replay-source.ts";
import { withProgress } from "./waiting.ts";

/** The default longer history of prometheus.longHistory. In less than three days there is hardly a day to learn from. */
const LONG: LongHistory = { range: 604_800, step: 300 };
const MIN_LONG_HISTORY = 3 * 86_400;

/** Advises; prints JSON or text. */
export const adviseCommand: Command = async (flags, io) => {
  await checkOutputs(flags, ["report"]);
  const slo = readOption("advise", "slo", flags) ?? null;
  const price = readOption("advise", "price", flags);
  const source = await replaySource(asReplay(flags), io);
  const options = worldOf(flags, source);
  if (price !== undefined && source.target.targetCpu === undefined)
    throw new UsageError("--price is that of a core-hour, and this target's first metric is not its CPU.");
  const setup = await setupOf(flags, source, options, io);
  const play = inThreads(availableParallelism(), inTurn(forecasterOf));
  const played = await withProgress(io, "advise", "steps", (watch) => playTrials(setup, play, watch)).catch(failed);
  const money = price === undefined ? null : { price, request: options.request };
  const chosen = adviceOf(source.name, played, slo, money);
  const { changed, ended } = await changedOf(chosen, played, { setup, play }, io);
  const advice = { ...chosen, changed };
  io.out(
    flags.json === true
      ? `${JSON.stringify(answerOf(advice, { ...played, ended }))}\n`
      : adviceText(advice, io.columns),
  );
  const page = await writeAdvicePage(advice, ended ? setup : null, flags, io);
  return page.ended ? 0 : INTERRUPTED;
};

function failed(cause: unknown): never {
  throw new CommandError(cause instanceof Error ? cause.message : String(cause), { cause });
}

/** --from-prometheus 7d means the replay's --from-prometheus --range 7d. Here --slo is the requirement on the settings, not one of them. */
function asReplay({ "from-prometheus": range, slo: _asked, ...flags }: Flags): Flags {
  return range === undefined ? flags : { ...flags, "from-prometheus": true, range };
}

async function setupOf(flags: Flags, source: ReplaySource, options: ReplayOptions, io: Io): Promise<TrialSetup> {
  const { samples, others, target, settings } = source;
  const live = flags["from-prometheus"] !== undefined && settings !== null;
  const recorded = live ? await recordedReplicas(settings, target, samples, io) : null;
  return { samples, others, world: options, trials: gridOf(target, options, recorded) };
}

/** The effect of one further change to the advised settings; null if nothing is advised, or if the command ended early. */
async function changedOf(
  { advised, current, slo }: Pick<Advice, "advised" | "current" | "slo">,
  { chosenOn, judgedOn, ended: allPlayed }: Trials,
  { setup, play }: { readonly setup: TrialSetup; readonly play: PlayStretches },
  io: Io,
): Promise<{ readonly changed: Changed | null; readonly ended: boolean }> {
  if (advised === null || !isOurs(advised) || !isOurs(current)) return { changed: null, ended: allPlayed };
  const long = judgedOn.to - chosenOn.from < MIN_LONG_HISTORY ? null : LONG;
  const worlds = worldsOf(advised, current, long);
  const work = (watch: Watch) => compare(setup, worlds, play, watch);
  const compared = await withProgress(io, "one change more", "steps", work);
  return { changed: changedBy(advised, compared, slo), ended: compared.ended };
}
