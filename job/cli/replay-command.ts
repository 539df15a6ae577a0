/** `replay`: the production decision code and its peers over a recorded series; scores, rows, a page. */
import { forecasterOf } from "../core/forecast/method.ts";
import { POLICY_NAMES, replay, rowsToCsv } from "../replay/replay.ts";
import type { ReplayOptions, ReplayResult } from "../replay/types.ts";
import { columns, number } from "../report/text.ts";
import { type Command, CommandError, type Flags } from "./io.ts";
import { longHistoryOption, numberOption, wordsOption } from "./option-values.ts";
import { replaySource } from "./replay-source.ts";

/** Replays; prints the contract's JSON, or a table. */
export const replayCommand: Command = async (flags, io) => {
  const names = wordsOption("replay", "policies", flags, POLICY_NAMES);
  const options = optionsOf(flags);
  const { name: file, samples, target } = await replaySource(flags, io);
  const result = await replay(samples, names, options, { target, forecasterOf }).catch((cause: unknown) => {
    throw new CommandError(cause instanceof Error ? cause.message : String(cause), { cause });
  });
  const { startup, steps, policies } = result;
  const { writeOut } = await import("./files.ts");
  if (typeof flags.dump === "string") await writeOut(flags.dump, rowsToCsv(result));
  if (typeof flags.report === "string") {
    const { replayHtml } = await import("../report/replay-html.ts");
    await writeOut(flags.report, replayHtml({ file, options, result }));
    io.err(`report: ${flags.report}\n`);
  }
  io.out(flags.json === true ? `${JSON.stringify({ file, startup, steps, policies })}\n` : table(file, result));
  return 0;
};

function optionsOf(flags: Flags): ReplayOptions {
  const get = (flag: string) => numberOption("replay", flag, flags);
  return {
    warmup: get("warmup"),
    startup: get("startup"),
    request: get("request"),
    targetCpu: get("target-cpu"),
    hpaTarget: get("hpa-target"),
    every: get("every"),
    min: get("min"),
    max: get("max"),
    metricLag: 0,
    ...longHistoryOption("replay", flags),
  };
}

function table(file: string, { steps, policies }: ReplayResult): string {
  const rows = Object.entries(policies).map(([name, s]) => [
    name,
    number(s.podHours),
    `${(100 * s.under).toFixed(2)} %`,
    `${(100 * s.unserved).toFixed(2)} %`,
    String(s.actions),
  ]);
  const lines = columns([["policy", "pod-hours", "time under", "unserved", "actions"], ...rows]);
  return `${file}: ${steps} steps of 15 s\n${lines.join("\n")}\n`;
}
