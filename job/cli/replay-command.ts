/** `replay`: runs the production decision code and its peers over a recorded series, and gives scores, rows or a page. */

import { forecasterOf } from "../core/forecast/method.ts";
import { metricsOf } from "../core/target.ts";
import { pluralize } from "../core/units.ts";
import { POLICY_NAMES, replay, rowsToCsv } from "../replay/replay.ts";
import type { ReplayDecision, ReplayOptions, ReplayResult } from "../replay/types.ts";
import { requestFor } from "../replay/world.ts";
import { shortNumber, table, wrap } from "../report/text.ts";
import { type Command, CommandError, type Flags, INTERRUPTED } from "./io.ts";
import { longHistoryOption, numberOption, ownOption, readOption, wordsOption } from "./option-values.ts";
import { checkOutputs, writeOutput } from "./outputs.ts";
import { type ReplaySource, replaySource } from "./replay-source.ts";
import { withProgress } from "./waiting.ts";

/** Replays; prints the contract's JSON, or a table. */
export const replayCommand: Command = async (flags, io) => {
  const names = wordsOption("replay", "policies", flags, POLICY_NAMES);
  await checkOutputs(flags, ["dump", "report"]);
  const source = await replaySource(flags, io);
  const { name: file, samples, target, others } = source;
  const options = worldOf(flags, source);
  const decisions = new Map<string, ReplayDecision[]>(names.map((name) => [name, []]));
  // thousands of trails are kept for a page only
  const decided = typeof flags.report === "string" ? { decided: keepIn(decisions) } : {};
  const result = await withProgress(io, "replay", "steps", (watch) =>
    replay(samples, names, options, { target, forecasterOf, others }, { watch, ...decided }),
  ).catch((cause: unknown) => {
    throw new CommandError(cause instanceof Error ? cause.message : String(cause), { cause });
  });
  const price = readOption("replay", "price", flags);
  const money = price === undefined ? {} : { price };
  await writeOutput(io, flags, "dump", () => rowsToCsv(result));
  await writeOutput(io, flags, "report", async () => {
    const { replayReport } = await import("../report/page/reports.ts");
    return replayReport({ file, options, result, decisions, ...money });
  });
  const { startup, steps, planned, filler, policies } = result;
  const interrupted = steps < planned ? { interrupted: true } : {};
  const answer = { file, startup, steps, policies, ...(filler > 0 && { filler }), ...interrupted };
  io.out(flags.json === true ? `${JSON.stringify(answer)}\n` : scores(file, result, io.columns));
  return steps < planned ? INTERRUPTED : 0;
};

function keepIn(decisions: ReadonlyMap<string, ReplayDecision[]>): (policy: string, decision: ReplayDecision) => void {
  return (policy, decision) => decisions.get(policy)?.push(decision);
}

/**
 * The modelled world of a replay. The target's own settings hold unless a flag overrides them. A pod can serve more than its target, by the
 * default share.
 */
export function worldOf(flags: Flags, { target, settings }: Pick<ReplaySource, "target" | "settings">): ReplayOptions {
  const own = (flag: string, value: number) => ownOption("replay", flag, flags, settings === null ? undefined : value);
  const get = (flag: string) => numberOption("replay", flag, flags);
  const targetCpu = own("target-cpu", metricsOf(target)[0]!.averageValue);
  return {
    warmup: get("warmup"),
    startup: own("startup", target.podStart),
    request: own("request", requestFor(targetCpu)),
    targetCpu,
    hpaTarget: get("hpa-target"),
    every: own("every", target.interval),
    min: own("min", target.minReplicas),
    max: own("max", target.maxReplicas),
    metricLag: 0,
    ...longHistoryOption("replay", flags, settings?.prometheus.longHistory),
  };
}

function scores(file: string, { steps, planned, filler, policies }: ReplayResult, width: number): string {
  const rows = Object.entries(policies).map(([name, s]) => [
    name,
    shortNumber(s.podHours),
    `${(100 * s.under).toFixed(2)} %`,
    `${(100 * s.unserved).toFixed(2)} %`,
    String(s.actions),
  ]);
  const lines = table(["policy", "pod-hours", "time under", "unserved", "actions"], rows, width);
  const of = steps < planned ? ` of ${planned}, interrupted` : "";
  const holes = filler > 0 ? `, ${filler} more lie in holes and are not scored` : "";
  const title = `${file}: ${pluralize(steps, "step")}${of} of 15 s${holes}`;
  return `${[...wrap(title, width), ...lines].join("\n")}\n`;
}
