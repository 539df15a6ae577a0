/** The default command: settings -> ports -> runOnce (or several runs) -> JSON, text, plot, picture -> exit code. */
import { extname } from "node:path";
import { loadSettings } from "../config/load.ts";
import type { Settings } from "../config/types.ts";
import { forecasterOf } from "../core/forecast/method.ts";
import type { TickRecord } from "../core/policy/types.ts";
import type { TargetConfig } from "../core/target.ts";
import type { Ports } from "../ports.ts";
import type { Components } from "../report/components.ts";
import { collectingReporter, type Reported } from "../report/reporter.ts";
import { type Repetition, type RunResult, runFor, runOnce } from "../run.ts";
import { type Command, CommandError, type Flags, type Io, UsageError } from "./io.ts";
import { readOption } from "./option-values.ts";
import { checkOutputs, tell, writeOutput } from "./outputs.ts";
import { type Choice, clockFor, openLog, openWorld, type World } from "./world.ts";

/** Characters of a plot's line: at most, and where nobody knows how wide the reader's are. */
const [WIDEST_PLOT, USUAL_PLOT] = [200, 100];

/** Runs once, or every so often for a while. */
export const runCommand: Command = async (flags, io) => {
  const choice = choose(flags, io);
  const repeat = repetition(flags);
  if (flags.components === true && flags.plot !== true && flags.svg === undefined)
    throw new UsageError("--components says what is drawn: give --plot or --svg FILE with it.");
  await checkOutputs(flags, ["svg"]);
  const settings = await settingsOf(flags, io, choice);
  const log = await openLog(settings, io);
  const dryRun = flags["dry-run"] === true;
  const world = await openWorld(settings, choice, io, log);
  const reporter = collectingReporter(log, flags.json !== true && settings.report.logFormat === "text");
  try {
    const now = choice.historyFile === null ? null : await fileNow(world);
    const ports: Ports = { ...world, clock: clockFor(world, choice, now), reporter };
    const after = async ({ targets, now: at }: RunResult) => {
      if (!dryRun) await Promise.all(settings.targets.map((target, i) => world.announce(target, targets[i]!, at)));
    };
    const result =
      repeat === null
        ? await runOnce(ports, settings.targets, { dryRun })
        : await several(ports, settings, { dryRun, ...repeat, after });
    if (repeat === null) await after(result);
    log("debug", "timings in ms", result.timings);
    const last = reporter.all.slice(-settings.targets.length);
    if (flags.json === true) io.out(`${JSON.stringify({ targets: result.targets })}\n`);
    else await tell(io, "the answer", () => printText(last, flags, io, dryRun));
    if (typeof flags.svg === "string") await writePictures(last, flags.svg, flags, io);
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
  options: Repetition & { readonly dryRun: boolean },
): Promise<RunResult> {
  const { runs, exitCode } = await runFor(ports, settings.targets, options);
  return { ...runs.at(-1)!, exitCode };
}

function repetition(flags: Flags): Repetition | null {
  const every = readOption("run", "every", flags);
  const length = readOption("run", "for", flags);
  if (every === undefined && length === undefined) return null;
  if (every === undefined || length === undefined)
    throw new UsageError("--every and --for go together, e.g. --every 15s --for 50s.");
  if (flags.once === true) throw new UsageError("--once is one decision; it does not go with --every and --for.");
  return { every, for: length };
}

/** With a history file a cluster is asked only where one is named: nobody's replicas may change because of a trial. */
export function choose(flags: Flags, io: Io): Choice {
  const historyFile = typeof flags["history-file"] === "string" ? flags["history-file"] : null;
  const replicas = readOption("run", "replicas", flags) ?? null;
  const named =
    flags.kubeconfig !== undefined ||
    flags.context !== undefined ||
    [
      "KUBECONFIG",
      "PROPHET_AUTOSCALER_KUBERNETES_KUBECONFIG",
      "PROPHET_AUTOSCALER_KUBERNETES_CONTEXT",
      "KUBERNETES_SERVICE_HOST",
    ].some((name) => io.env[name]);
  const workload = flags.deployment !== undefined || flags.config !== undefined;
  const pretend = replicas !== null || (historyFile !== null && !(named && workload)) ? { replicas } : null;
  return { historyFile, pretend };
}

/** Reads the settings; without a cluster the workload needs no name. Throws ConfigError or UsageError. */
export async function settingsOf(flags: Flags, io: Io, choice: Choice): Promise<Settings> {
  const { readFile } = await import("node:fs/promises");
  const settings = await loadSettings({
    flags,
    env: io.env,
    readFile: (path) => readFile(path, "utf8"),
    ...(choice.pretend === null ? {} : { fallback: { targets: [{ scaleTargetRef: { name: "workload" } }] } }),
  });
  if (settings.prometheus === null && choice.historyFile === null) {
    throw new UsageError(
      "no history to read: give --prometheus URL (or prometheus.url in the file, or PROPHET_AUTOSCALER_PROMETHEUS_URL), or --history-file FILE.",
    );
  }
  return settings;
}

async function printText(all: readonly Reported[], flags: Flags, io: Io, dryRun: boolean): Promise<void> {
  const { decisionText } = await import("../report/text.ts");
  for (const { target, record, outcome } of all) {
    io.out(`${decisionText(target, record, outcome, dryRun, io.columns)}\n`);
    if (flags.plot === true && record !== null) io.out(await plotText(target, record, flags, io));
  }
}

async function plotText(target: TargetConfig, record: TickRecord, flags: Flags, io: Io): Promise<string> {
  const [{ pictureOf }, { terminalPlot }] = await Promise.all([
    import("../report/picture.ts"),
    import("../report/plot.ts"),
  ]);
  const picture = pictureOf(target, record, forecasterOf(target.method));
  if (picture === null) return "";
  const columns = Number.isFinite(io.columns) ? Math.min(io.columns, WIDEST_PLOT) : USUAL_PLOT;
  const terminal = { columns, color: io.color, unicode: io.unicode };
  const plot = `${terminalPlot(picture, terminal)}\n`;
  if (flags.components !== true) return plot;
  const { terminalComponents } = await import("../report/plot-components.ts");
  return plot + terminalComponents(await partsOf(target, record, flags), terminal);
}

/** Trend and seasons, where they are asked for. */
async function partsOf(target: TargetConfig, record: TickRecord, flags: Flags): Promise<readonly Components[]> {
  if (flags.components !== true) return [];
  return (await import("../report/components.ts")).componentsOf(record, target.method);
}

/** One picture a target, SVG or, by the name's end, PNG; with several targets their names go into the file names. */
async function writePictures(all: readonly Reported[], path: string, flags: Flags, io: Io): Promise<void> {
  const end = extname(path);
  const base = path.slice(0, path.length - end.length);
  for (const { target, record } of all) {
    const file = all.length === 1 ? path : `${base}-${target.namespace}-${target.name}${end}`;
    const make = async () => {
      const [{ pictureOf }, { forecastSvg }] = await Promise.all([
        import("../report/picture.ts"),
        import("../report/svg.ts"),
      ]);
      const picture = record === null ? null : pictureOf(target, record, forecasterOf(target.method));
      if (record === null || picture === null)
        throw new Error(`there is no data of ${target.namespace}/${target.name} to draw`);
      const svg = forecastSvg(picture, await partsOf(target, record, flags));
      return end.toLowerCase() === ".png" ? (await import("../report/png.ts")).svgToPng(svg, 1840) : svg;
    };
    await writeOutput(io, flags, "svg", make, file);
  }
}
