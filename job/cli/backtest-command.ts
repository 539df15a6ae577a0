/** `backtest`: rolling-origin accuracy of the forecasters over a recorded series. */
import { readSeriesFile } from "../adapters/history-file.ts";
import type { Method } from "../core/forecast/types.ts";
import { clean } from "../core/series/clean.ts";
import { toGrid } from "../core/series/grid.ts";
import type { Series } from "../core/series/types.ts";
import { readWindow } from "../core/target.ts";
import { type Backtest, backtest, DUMP_COLUMNS } from "../replay/backtest.ts";
import { number, table } from "../report/text.ts";
import { loadFor, onlyTarget } from "./choice.ts";
import { type Command, CommandError, type Flags, INTERRUPTED, type Io } from "./io.ts";
import { longHistoryOption, numberOption, readOption, wordsOption } from "./option-values.ts";
import { checkOutputs, writeOutput } from "./outputs.ts";
import { withProgress } from "./waiting.ts";

const METHODS = ["auto", "prophet", "original", "naive"] as const;

/** Runs it; prints the contract's JSON, or a table. */
export const backtestCommand: Command = async (flags, io) => {
  const file = String(flags.file);
  const [origins, methods] = [numberOption("backtest", "origins", flags), methodsOption(flags)];
  await checkOutputs(flags, ["dump"]);
  const own = await ownSettings(flags, io);
  const series = await seriesOf(file);
  const options = { origins, methods, ...windowsOf(flags, series, own) };
  const result = await withProgress(io, "backtest", "origins", (watch) => backtest(series, options, { watch }));
  if (result.origins === 0) {
    const need = options.window + result.horizonSteps;
    throw new CommandError(
      `${file} holds ${series.values.length} steps; a window of ${options.window} and a horizon of ${result.horizonSteps} steps need ${need}.`,
    );
  }
  await writeOutput(io, flags, "dump", () => dump(result));
  const { rows: _rows, planned, ...rest } = result;
  const interrupted = rest.origins < planned ? { interrupted: true } : {};
  io.out(
    flags.json === true ? `${JSON.stringify({ file, ...rest, ...interrupted })}\n` : figures(file, result, io.columns),
  );
  return rest.origins < planned ? INTERRUPTED : 0;
};

function methodsOption(flags: Flags): readonly Method[] {
  return wordsOption("backtest", "methods", flags, METHODS);
}

/** With --config the settings of the one target that is meant; null without. */
async function ownSettings(flags: Flags, io: Io) {
  if (flags.config === undefined) return null;
  const asked = Object.entries(flags).filter(([name]) => ["config", "namespace", "deployment"].includes(name));
  const { targets, prometheus } = await loadFor(Object.fromEntries(asked), io, true);
  return { target: onlyTarget(targets), longHistory: prometheus.longHistory };
}

/** What each forecast sees and is asked: by the flags, else by the target's settings, else by default. */
function windowsOf(flags: Flags, { step }: Series, own: Awaited<ReturnType<typeof ownSettings>>) {
  const ask = (flag: string, value: number) =>
    readOption("backtest", flag, { ...flags, [flag]: flags[flag] ?? value })!;
  if (own === null)
    return {
      window: numberOption("backtest", "window", flags),
      horizon: numberOption("backtest", "horizon", flags),
      ...longHistoryOption("backtest", flags),
    };
  const { target, longHistory } = own;
  return {
    window: ask("window", Math.max(2, Math.round(readWindow(target) / step))),
    horizon: ask("horizon", target.horizon),
    ...longHistoryOption("backtest", flags, longHistory),
    ...(target.prophet && { prophet: target.prophet }),
  };
}

/** The whole file on a grid of its own usual step. */
async function seriesOf(file: string): Promise<Series> {
  try {
    const { samples } = await readSeriesFile(file);
    const everything = Number.POSITIVE_INFINITY;
    const { times, values } = clean(samples, { latest: everything, ceiling: everything, zero: true });
    if (times.length < 2)
      throw new CommandError(`${file} holds ${times.length} usable samples; a backtest needs two at least.`);
    const spacings = Float64Array.from(times.subarray(1), (t, i) => t - times[i]!).sort();
    return toGrid(times, values, spacings[spacings.length >> 1]!, everything).series;
  } catch (cause) {
    throw cause instanceof CommandError
      ? cause
      : new CommandError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

function dump({ rows }: Backtest): string {
  return `${[DUMP_COLUMNS.join(","), ...rows.map((row) => DUMP_COLUMNS.map((c) => row[c]).join(","))].join("\n")}\n`;
}

function figures(file: string, result: Backtest, width: number): string {
  const { step, window, horizonSteps, origins, planned, methods } = result;
  const rows = Object.entries(methods).map(([name, a]) => [
    name,
    number(a.mae),
    number(a.relMae),
    `${(100 * a.coverage90).toFixed(1)} %`,
    number(a.pinball["0.9"]),
    number(a.maxPinball["0.9"]),
  ]);
  const head = ["method", "MAE", "MAE/naive", "in 90 % band", "pinball 0.9", "of maximum 0.9"];
  const of = origins < planned ? ` of ${planned}, interrupted` : "";
  const title = `${file}: ${origins} origins${of}, window ${window} x ${step} s, horizon ${horizonSteps * step} s`;
  return `${title}\n${table(head, rows, width).join("\n")}\n`;
}
