/** `explain`: shows what the job remembers of each target, and what it would decide now and why; writes nothing. */

import { memoryOfMetric } from "../core/state/memory.ts";
import type { Standing, TargetState } from "../core/state/types.ts";
import { type Metric, metricsOf, type TargetConfig } from "../core/target.ts";
import { pluralize } from "../core/units.ts";
import { runAnswer } from "../report/answer.ts";
import { collectingReporter } from "../report/reporter.ts";
import { columns, decisionText, shortAmount, shortNumber } from "../report/text.ts";
import { memoryOf } from "../run/memory.ts";
import { runOnce } from "../run.ts";
import type { Command } from "./io.ts";
import { checkMoment } from "./moment.ts";
import { chooseInputs, refuseShares, settingsOf } from "./run-inputs.ts";
import { plotText } from "./run-telling.ts";
import { settingsWithFound, targetSource } from "./target-source.ts";
import { clockFor, openLog, openWorld } from "./world.ts";

/** Standing conditions in words; the time since their begin follows. */
const STANDING: Readonly<Record<Standing, string>> = {
  Blind: "blind since",
  FleetDrop: "held in a fleet-wide drop since",
  OtherScaler: "another scaler since",
  Paused: "paused since",
};

/** Explains. Exit code 1 when a target could not be decided. */
export const explainCommand: Command = async (flags, io) => {
  if (flags.at !== undefined) checkMoment("at", String(flags.at));
  const inputs = chooseInputs(flags, io);
  const settings = await settingsOf(flags, io, inputs);
  const log = openLog(settings, io);
  if (flags.at !== undefined) {
    const all = await settingsWithFound(settings, io, log);
    refuseShares(all, "of a time that is past");
    return (await import("./explain-past.ts")).explainPast(flags, io, { inputs, settings: all, log });
  }
  const world = await openWorld(settings, inputs, io, log);
  try {
    const stored = await world.state.read().catch((error: unknown) => {
      log("warn", "the state could not be read", { error });
      return null;
    });
    if (stored?.warning !== undefined) log("warn", stored.warning);
    // the decision is the answer: a log in JSON would say it once more, in 4 kB between a person's lines
    const reporter = collectingReporter(log, { format: "text", printed: true });
    const now = world.source.live ? null : await world.history.now();
    const ports = { ...world, clock: clockFor(world, now), reporter };
    const source = targetSource(settings, world, io, log);
    const result = await runOnce(ports, source.given, { dryRun: true });
    const memory = (target: TargetConfig) => (stored === null ? null : (memoryOf(stored.state, target) ?? null));
    if (flags.json === true) {
      const targets = source.targets().map((t, i) => ({ ...result.targets[i]!, remembered: memory(t) }));
      io.out(`${JSON.stringify(runAnswer({ ...result, targets }, source.summary()))}\n`);
      return source.exitCode(result);
    }
    for (const { target, record, outcome } of reporter.take()) {
      io.out(`${rememberedText(memory(target), result.now, metricsOf(target), io.columns)}
`);
      io.out(`If it ran now:
${decisionText(target, record, outcome, io.columns)}
`);
      if (flags.plot === true) io.draw(await plotText(target, record, flags, io));
    }
    return source.exitCode(result);
  } finally {
    world.close();
  }
};

function metricRows(
  metric: Metric,
  state: TargetState,
  ago: (at: number) => string,
  named: boolean,
): (readonly string[])[] {
  const { lastForecast, lastGoodData, missingSince } = memoryOfMetric(state, metric.name);
  const rows: [string, string][] = [];
  if (lastForecast !== null) {
    const { at, max, quantile, level, method } = lastForecast;
    const text = `maximum ${shortAmount(max, metric.unit)}, ${shortNumber(level)} quantile ${shortAmount(quantile, metric.unit)}`;
    rows.push(["forecast", `${ago(at)} by ${method}: ${text}`]);
  }
  if (lastGoodData !== null) rows.push(["good data", ago(lastGoodData)]);
  if (missingSince !== null) rows.push(["no data", `since ${ago(missingSince)}`]);
  return named ? rows.map(([head, text]) => [`${metric.name}: ${head}`, text]) : rows;
}

/** The memory of a target with these metrics, in words. `now` in epoch seconds. */
export function rememberedText(
  state: TargetState | null,
  now: number,
  metrics: readonly Metric[],
  width = Number.POSITIVE_INFINITY,
): string {
  if (state === null)
    return "Nothing is remembered: there has been no decision for this target, or its state was lost. A scale-in waits for the whole window.\n";
  const ago = (at: number) => `${shortNumber(Math.max(0, now - at))} s ago`;
  const { changes, recommendations, lastWritten } = state;
  const rows: (readonly string[])[] = metrics.flatMap((metric) => metricRows(metric, state, ago, metrics.length > 1));
  if (recommendations.length > 0) {
    const most = Math.max(...recommendations.map(({ replicas }) => replicas));
    const since = ago(recommendations[0]!.at);
    rows.push(["recommended", `${recommendations.length} remembered since ${since}, the highest is ${most}`]);
  }
  for (const e of changes.slice(-3)) rows.push(["change", `${ago(e.at)}: ${e.from} -> ${e.to}`]);
  if (lastWritten !== null) {
    const undone =
      lastWritten.overruled === 0
        ? ""
        : `; undone by another writer ${pluralize(lastWritten.overruled, "time")} in a row`;
    rows.push([
      lastWritten.foreign === true ? "other writer" : "last write",
      `${lastWritten.replicas} ${lastWritten.floor === true ? "minReplicas" : "replicas"}, ${ago(lastWritten.at)}${undone}`,
    ]);
  }
  for (const [name, since] of Object.entries(state.standing ?? {})) rows.push([STANDING[name as Standing], ago(since)]);
  if (state.dropHoldUntil !== null && state.dropHoldUntil > now) {
    rows.push(["sudden drop", `no scale-in for another ${shortNumber(state.dropHoldUntil - now)} s`]);
  }
  return `Remembered:\n${columns(rows, width - 2)
    .map((line) => `  ${line}`)
    .join("\n")}\n`;
}
