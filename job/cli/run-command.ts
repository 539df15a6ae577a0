/** The default command: settings -> ports -> runOnce (or several runs) -> JSON, text, plot, picture -> exit code. */
import { applyRules } from "../config/apply-rules.ts";
import { REPEAT } from "../config/repeat.ts";
import type { Settings } from "../config/types.ts";
import { inParallel } from "../in-parallel.ts";
import type { Ports } from "../ports.ts";
import { collectingReporter } from "../report/reporter.ts";
import { type Repetition, type RunResult, runFor, runOnce } from "../run.ts";
import { choose, settingsOf } from "./choice.ts";
import { type Command, CommandError, type Flags, UsageError } from "./io.ts";
import { readOption } from "./option-values.ts";
import { checkOutputs, tell } from "./outputs.ts";
import { printText, writePictures, writeReport } from "./run-telling.ts";
import { clockFor, openLog, openWorld, type World } from "./world.ts";

/** Runs once, or every so often for a while. */
export const runCommand: Command = async (flags, io) => {
  const choice = choose(flags, io);
  const repeat = repetition(flags);
  const drawn = flags.plot === true || flags.svg !== undefined || flags.report !== undefined;
  if (flags.components === true && !drawn)
    throw new UsageError("--components says what is drawn: give --plot, --svg FILE or --report FILE with it.");
  await checkOutputs(flags, ["svg", "report"]);
  const settings = await settingsOf(flags, io, choice);
  const log = openLog(settings, io);
  const dryRun = flags["dry-run"] === true;
  const world = await openWorld(settings, choice, io, log);
  const reporter = collectingReporter(log, flags.json !== true && settings.report.logFormat === "text");
  try {
    const now = world.source.live ? null : await fileNow(world);
    const ports: Ports = { ...world, clock: clockFor(world, now), reporter };
    const after = async ({ targets, now: at, over }: RunResult) => {
      if (!dryRun) await inParallel(settings.targets, (target, i) => world.announce(target, targets[i]!, at, over));
    };
    const { timeout } = settings;
    const result =
      repeat === null
        ? await runOnce(ports, settings.targets, { dryRun, timeout })
        : await several(ports, settings, { dryRun, timeout, ...repeat, after });
    if (repeat === null) await after(result);
    log("debug", "timings in ms", result.timings);
    const last = reporter.all.slice(-settings.targets.length);
    if (flags.json === true) io.out(`${JSON.stringify({ targets: result.targets })}\n`);
    else await tell(io, "the answer", () => printText(last, flags, io, dryRun));
    if (typeof flags.svg === "string") await writePictures(last, flags.svg, flags, io);
    await writeReport(last, flags, io, dryRun);
    return result.exitCode;
  } finally {
    world.close();
  }
};

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

async function several(
  ports: Ports,
  settings: Settings,
  options: Repetition & { readonly dryRun: boolean; readonly timeout: number },
): Promise<RunResult> {
  const { runs, exitCode } = await runFor(ports, settings.targets, options);
  return { ...runs.at(-1)!, exitCode };
}

function repetition(flags: Flags): Repetition | null {
  const every = readOption("run", "every", flags);
  const length = readOption("run", "for", flags);
  const given = { ...(every === undefined ? {} : { every }), ...(length === undefined ? {} : { for: length }) };
  const [wrong] = applyRules({ path: "", node: REPEAT, value: given }).refused;
  if (wrong !== undefined) throw new UsageError(`${wrong.path === "" ? "" : `--${wrong.path}: `}${wrong.message}`);
  if (every === undefined || length === undefined) return null;
  if (flags.once === true) throw new UsageError("--once is one decision; it does not go with --every and --for.");
  return { every, for: length };
}
