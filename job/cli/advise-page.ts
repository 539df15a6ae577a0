/** Writes the page of an advice: all settings in one figure, then a replay of the advised ones beside the current ones, an HPA and the recorded replicas. */
import { forecasterOf } from "../core/forecast/method.ts";
import { demandOf, type TrialSetup } from "../replay/advise.ts";
import { simulate } from "../replay/simulate.ts";
import { policiesOf, type Trial } from "../replay/trials.ts";
import type { ReplayDecision } from "../replay/types.ts";
import type { Advice } from "../report/advice-text.ts";
import type { ReplayReport } from "../report/page/replay-page.ts";
import type { Flags, Io } from "./io.ts";
import { writeOutput } from "./outputs.ts";
import { withProgress } from "./waiting.ts";

/**
 * Writes the page where --report is set. `setup` null: the command ended early, and the page has the results so far. `ended`: nothing was cut
 * short.
 */
export async function writeAdvicePage(
  advice: Advice,
  setup: TrialSetup | null,
  flags: Flags,
  io: Io,
): Promise<{ readonly ended: boolean }> {
  let ended = setup !== null;
  await writeOutput(io, flags, "report", async () => {
    const played = setup === null ? null : await playOnce(advice, setup, io);
    ended = played !== null && played.result.steps >= played.result.planned;
    const { adviceReport } = await import("../report/page/reports.ts");
    return adviceReport(advice, played);
  });
  return { ended };
}

/** A second replay of the whole history, with the reasons of each decision; null if the command ended before it. */
async function playOnce(advice: Advice, setup: TrialSetup, io: Io): Promise<ReplayReport | null> {
  const { current, advised, others, money } = advice;
  const { options } = advised ?? current;
  const hpa = others.find((one) => one.decider.by === "hpa" && one.options.hpaTarget === current.options.hpaTarget);
  const real = others.find((one) => one.decider.by === "recorded");
  const named = new Map<string, Trial>([
    ["auto", advised ?? current],
    ...(advised === null || advised === current ? [] : [["current", current] as const]),
    ...(hpa === undefined ? [] : [["hpa", hpa] as const]),
    ...(real === undefined ? [] : [["recorded", real] as const]),
  ]);
  const trials = [...named.values()];
  const names = [...named.keys()];
  const demand = demandOf(setup);
  const policies = policiesOf({ ...setup, trials, demand }, forecasterOf).map((one, k) => ({
    ...one,
    name: names[k]!,
  }));
  const decisions = new Map<string, ReplayDecision[]>(names.map((name) => [name, []]));
  const decided = (policy: string, one: ReplayDecision) => void decisions.get(policy)?.push(one);
  const result = await withProgress(io, "page", "steps", (watch) =>
    simulate(demand, policies, options, { watch, decided }),
  );
  if (result.rows.length === 0) return null;
  return { file: advice.name, options, result, decisions, ...(money && { price: money.price }) };
}
