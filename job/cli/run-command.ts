/** The default command: loads settings, opens ports, runs once or several times, prints the results, and gives the exit code. */

import { applyRules } from "../config/apply-rules.ts";
import { REPEAT } from "../config/repeat.ts";
import { pluralize } from "../core/units.ts";
import { inParallel } from "../in-parallel.ts";
import type { Outcome, Ports } from "../ports.ts";
import { answerText, keptTexts, runAnswer, timeText, withoutTrail } from "../report/answer.ts";
import { collectingReporter, type Reported } from "../report/reporter.ts";
import { notify } from "../run/notify.ts";
import { type FinishedTargets, type Repetition, type RunResult, runFor, runOnce } from "../run.ts";
import { decidingThreads } from "./deciding.ts";
import { type Command, CommandError, type Flags, type Io, UsageError } from "./io.ts";
import { readOption } from "./option-values.ts";
import { checkOutputs, tryOutput } from "./outputs.ts";
import { ownShard } from "./own-shard.ts";
import { chooseInputs, settingsOf } from "./run-inputs.ts";
import { runMetrics } from "./run-metrics.ts";
import { isSummary, printText, writePictures, writeReport } from "./run-telling.ts";
import { targetSource } from "./target-source.ts";
import { clockFor, openLog, openWorld, type World } from "./world.ts";

/** Runs once, or repeatedly for a while. */
export const runCommand: Command = async (flags, io) => {
  const inputs = chooseInputs(flags, io);
  const repeat = repetition(flags);
  const drawn = flags.plot === true || flags.svg !== undefined || flags.report !== undefined;
  if (flags.components === true && !drawn)
    throw new UsageError("--components needs --plot, --svg FILE or --report FILE.");
  await checkOutputs(flags, ["svg", "report"], (problem) => io.err(`prophet-autoscaler: ${problem}\n`));
  const all = await settingsOf(flags, io, inputs);
  const settings = ownShard(all, flags["dry-run"] !== true && inputs.pretend === null);
  const log = openLog(settings, io);
  const { count, index } = settings.shards;
  if (count > 1)
    log(
      "debug",
      `shard ${index ?? "of all"} of ${count}: ${settings.targets.length} of ${pluralize(all.targets.length, "target")}`,
    );
  const world = await openWorld(settings, { ...inputs, repeats: repeat !== null }, io, log);
  const { logFormat: format } = settings.report;
  const printed = flags.json !== true && format === "text";
  const source = targetSource(all, world, io, log);
  const isShort = () => !drawn && (!printed || isSummary(source.targets().length, flags));
  const drops = () => world.metrics === null && isShort();
  const texts = keptTexts();
  const reporter = collectingReporter(log, { format, printed, drops });
  const threads = decidingThreads(log);
  try {
    const now = world.source.live ? null : await fileNow(world);
    const ports: Ports = { ...world, clock: clockFor(world, now), reporter };
    const metrics = world.metrics && runMetrics(ports, world.metrics);
    let last: readonly Reported[] = [];
    let kept: Reported[] = [];
    const after = async (made: RunResult) => {
      const run = { ...made, exitCode: source.exitCode(made) };
      const { now: at, dryRun, timings } = run;
      last = [...kept, ...reporter.take()];
      kept = [];
      if (!dryRun) {
        const notified = world.notifier && notify(ports, world.notifier, source.targets(), run);
        await Promise.all([notified, metrics?.push(last, run)]);
      }
      log("debug", "timings in ms", timings);
      if (repeat !== null && printed) await tryOutput(io, "the answer", () => io.out(`${timeText(at)}\n`));
      if (flags.json !== true) await tryOutput(io, "the answer", () => printText(last, flags, io, !printed));
    };
    const part = async ({ now: at, dryRun, targets, outcomes, over }: FinishedTargets) => {
      if (!dryRun) await inParallel(targets, (target, i) => world.announce(target, outcomes[i]!, at, over));
      if (metrics !== null && isShort()) kept.push(...(await metrics.keep(reporter.take())));
    };
    const keep = (outcome: Outcome) => {
      if (!isShort()) return outcome;
      return flags.json === true ? texts.keep(outcome) : withoutTrail(outcome);
    };
    const options = {
      dryRun: flags["dry-run"] === true,
      timeout: settings.timeout,
      fleetDrop: settings.fleetDrop,
      ticksFor: threads.ticksFor,
      part,
      keep,
    };
    const result =
      repeat === null
        ? await runOnce(ports, source.given, options)
        : (await runFor(ports, source.given, { ...options, ...repeat, after })).runs.at(-1)!;
    if (repeat === null) await after(result);
    if (flags.json === true) await printJson(answerText(runAnswer(result, source.summary()), texts.of), io);
    if (typeof flags.svg === "string") await writePictures(last, flags.svg, flags, io);
    await writeReport(last, flags, io);
    return source.exitCode(result);
  } finally {
    world.close();
    await threads.close();
  }
};

/** Writes piece by piece: what a slow reader has not taken yet stays in memory. */
async function printJson(pieces: Iterable<string>, io: Io): Promise<void> {
  for (const piece of pieces) {
    io.out(piece);
    await io.flush();
  }
  io.out("\n");
}

/** A file that cannot be read is a failure of the run, not of the usage. */
async function fileNow(world: World): Promise<number> {
  try {
    return await world.history.now();
  } catch (error) {
    throw new CommandError(`${error instanceof Error ? error.message : String(error)}; nothing was changed`, {
      cause: error,
    });
  }
}

function repetition(flags: Flags): Repetition | null {
  const every = readOption("run", "every", flags);
  const length = readOption("run", "for", flags);
  const given = { ...(every === undefined ? {} : { every }), ...(length === undefined ? {} : { for: length }) };
  const [wrong] = applyRules({ path: "", node: REPEAT, value: given }).refused;
  if (wrong !== undefined) throw new UsageError(`${wrong.path === "" ? "" : `--${wrong.path}: `}${wrong.message}`);
  if (every === undefined || length === undefined) return null;
  if (flags.once === true)
    throw new UsageError("--once makes one decision. It cannot be combined with --every and --for.");
  return { every, for: length };
}
