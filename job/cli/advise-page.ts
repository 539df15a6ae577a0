/** The page of an advice: the advised settings as `auto`, beside the current ones, an HPA and what really ran. */
import { forecasterOf } from "../core/forecast/method.ts";
import type { TrialSetup } from "../replay/advise.ts";
import { toDemands } from "../replay/demand.ts";
import { simulate } from "../replay/simulate.ts";
import { policiesOf, type Trial } from "../replay/trials.ts";
import type { Decided } from "../replay/types.ts";
import type { Advice } from "../report/advice-text.ts";
import type { Flags, Io } from "./io.ts";
import { writeOutput } from "./outputs.ts";
import { withProgress } from "./waiting.ts";

/** Writes the page where --report asks for it: the whole history once more, with what each decision was told. */
export async function writeAdvicePage(advice: Advice, setup: TrialSetup, flags: Flags, io: Io): Promise<void> {
  await writeOutput(io, flags, "report", async () => {
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
    const demand = toDemands(setup.samples, setup.others, options.targetCpu / options.request);
    const policies = policiesOf({ ...setup, trials, demand }, forecasterOf).map((one, k) => ({
      ...one,
      name: names[k]!,
    }));
    const decisions = new Map<string, Decided[]>(names.map((name) => [name, []]));
    const decided = (policy: string, one: Decided) => void decisions.get(policy)?.push(one);
    const result = await withProgress(io, "page", "steps", (watch) =>
      simulate(demand, policies, options, { watch, decided }),
    );
    const { replayReport } = await import("../report/page/reports.ts");
    return replayReport({ file: advice.name, options, result, decisions, ...(money && { price: money.price }) });
  });
}
