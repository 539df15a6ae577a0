/** The advice whose page the browser tests open: the whole grid over the recorded sine, as if its minutes were days enough. */
import { join } from "node:path";
import { readRangeFile } from "../../bench/series.ts";
import { adviceOf, changedBy } from "../../job/cli/advise-choice.ts";
import { gridOf, isOurs, worldsOf } from "../../job/cli/advise-grid.ts";
import { resolveTarget } from "../../job/config/target-settings.ts";
import { forecasterOf } from "../../job/core/forecast/method.ts";
import { compare, inTurn, playTrials } from "../../job/replay/advise.ts";
import type { RecordedReplicas } from "../../job/replay/trials.ts";
import { REPLAY_DEFAULTS } from "../../job/replay/world.ts";
import type { Advice } from "../../job/report/advice-text.ts";

/** Nothing is promised on less than a day; here it is, so that every part of the page is drawn. */
export async function sampleAdvice(file: string): Promise<Advice> {
  const samples = readRangeFile(join(import.meta.dirname, "../../fixtures/recorded/sine.json"));
  const target = resolveTarget({ scaleTargetRef: { name: "workload" }, targetCpu: 0.09 });
  const world = { ...REPLAY_DEFAULTS, warmup: 900, request: 0.1, targetCpu: 0.09, max: 20 };
  const recorded: RecordedReplicas = { times: Float64Array.of(samples.times[0]!), values: Float64Array.of(4) };
  const setup = { samples, others: [], world, trials: gridOf(target, world, recorded) };
  const [play, watch] = [inTurn(forecasterOf), () => true];
  const played = await playTrials(setup, play, watch);
  const day = { ...played, judgedOn: { ...played.judgedOn, to: played.judgedOn.from + 86_400 } };
  const advice = adviceOf(file, day, 0.02, { price: 0.04, request: world.request });
  const { advised, current } = advice;
  if (advised === null || !isOurs(advised) || !isOurs(current)) throw new Error("the sample has an advice");
  const compared = await compare(setup, worldsOf(advised, current, null), play, watch);
  return { ...advice, changed: changedBy(advised, compared, advice.slo) };
}
