/** `backtest`: measures the forecasters' accuracy at rolling origins over a recorded series. */

import { forecasterOf } from "../core/forecast/method.ts";
import type { ForecastMethod } from "../core/forecast/types.ts";
import { toGrid } from "../core/series/grid.ts";
import type { Series } from "../core/series/types.ts";
import type { TargetConfig } from "../core/target.ts";
import { pluralize } from "../core/units.ts";
import { type Backtest, type BacktestOptions, backtest, DUMP_COLUMNS } from "../replay/backtest.ts";
import { shortNumber, table, wrap } from "../report/text.ts";
import { type Command, CommandError, type Flags, INTERRUPTED, type Io } from "./io.ts";
import { longHistoryOption, numberOption, ownOption, wordsOption } from "./option-values.ts";
import { checkOutputs, writeOutput } from "./outputs.ts";
import { type RecordedTarget, recordedTarget } from "./recorded-target.ts";
import { fileRecording } from "./replay-source.ts";
import { withProgress } from "./waiting.ts";

const METHODS = ["auto", "prophet", "original", "naive"] as const;

/** Runs it; prints the contract's JSON, or a table. */
export const backtestCommand: Command = async (flags, io) => {
  const file = String(flags.file);
  await checkOutputs(flags, ["dump"]);
  const recorded = await recordedTarget(flags, io);
  const options = optionsOf(flags, recorded);
  const series = await seriesOf(file, recorded.target, io);
  const forecasters = (method: ForecastMethod) => forecasterOf(method === "auto" ? recorded.target.method : method);
  const result = await withProgress(io, "backtest", "origins", (watch) =>
    backtest(series, options, { forecasters, watch }),
  );
  if (result.origins === 0) throw new CommandError(tooShort(file, series, result));
  await writeOutput(io, flags, "dump", () => dump(result));
  const { rows: _rows, planned, filler, ...rest } = result;
  const interrupted = rest.origins < planned ? { interrupted: true } : {};
  io.out(
    flags.json === true
      ? `${JSON.stringify({ file, ...rest, ...(filler > 0 && { filler }), ...interrupted })}\n`
      : figures(file, result, io.columns),
  );
  return rest.origins < planned ? INTERRUPTED : 0;
};

/** The whole file on a grid of its usual step, judged as in a run. */
async function seriesOf(file: string, target: TargetConfig, io: Io): Promise<Series> {
  try {
    const { samples, step } = await fileRecording(file, target, io);
    return toGrid(samples.times, samples.values, step, Number.POSITIVE_INFINITY).series;
  } catch (cause) {
    throw new CommandError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** The options. With a configuration, window and horizon are the target's, and its method stands for `auto`. */
function optionsOf(flags: Flags, { target, settings }: RecordedTarget): BacktestOptions {
  const own = settings && { window: Math.round(target.history / target.step), horizon: target.horizon };
  return {
    window: ownOption("backtest", "window", flags, own?.window),
    horizon: ownOption("backtest", "horizon", flags, own?.horizon),
    origins: numberOption("backtest", "origins", flags),
    methods: wordsOption("backtest", "methods", flags, METHODS),
    ...longHistoryOption("backtest", flags, settings?.prometheus.longHistory),
    ...(target.prophet && { prophet: target.prophet }),
  };
}

function tooShort(file: string, { values }: Series, { window, horizonSteps, filler }: Backtest): string {
  const holes =
    filler > 0 ? ` without a hole at its end; ${pluralize(filler, "step was", "steps were")} not measured` : "";
  return `${file} holds ${pluralize(values.length, "step")}; a window of ${window} and a horizon of ${pluralize(horizonSteps, "step")} need ${window + horizonSteps}${holes}.`;
}

function dump({ rows }: Backtest): string {
  return `${[DUMP_COLUMNS.join(","), ...rows.map((row) => DUMP_COLUMNS.map((c) => row[c]).join(","))].join("\n")}\n`;
}

function figures(file: string, result: Backtest, width: number): string {
  const { step, window, horizonSteps, origins, planned, filler, methods } = result;
  const rows = Object.entries(methods).map(([name, a]) => [
    name,
    shortNumber(a.mae),
    shortNumber(a.relMae),
    `${(100 * a.coverage90).toFixed(1)} %`,
    shortNumber(a.pinball["0.9"]),
    shortNumber(a.maxPinball["0.9"]),
  ]);
  const head = ["method", "MAE", "MAE/naive", "in 90 % band", "pinball 0.9", "of maximum 0.9"];
  const of = origins < planned ? ` of ${planned}, interrupted` : "";
  const holes = filler > 0 ? `, ${pluralize(filler, "step in a hole is", "steps in holes are")} not scored` : "";
  const title = `${file}: ${pluralize(origins, "origin")}${of}, window ${window} x ${step} s, horizon ${horizonSteps * step} s${holes}`;
  return `${[...wrap(title, width), ...table(head, rows, width)].join("\n")}\n`;
}
