/** `advise`: plays settings over a history, and says which are cheapest within an objective, judged on a later part than they were chosen on. */
import { forecasterOf } from "../core/forecast/method.ts";
import {
  cheapestWithin,
  frontOf,
  playBeside,
  playTrials,
  type TrialSetup,
  type Trials,
  type Tried,
} from "../replay/advise.ts";
import type { Decided } from "../replay/types.ts";
import { type Advice, adviceText } from "../report/advice-text.ts";
import { timeText } from "../report/answer.ts";
import { gridOf } from "./advise-grid.ts";
import { type Command, CommandError, type Flags, INTERRUPTED, type Io } from "./io.ts";
import { readOption } from "./option-values.ts";
import { checkOutputs, writeOutput } from "./outputs.ts";
import { worldOf } from "./replay-command.ts";
import { replaySource } from "./replay-source.ts";
import { withProgress } from "./waiting.ts";

/** Less than a day of the later half promises nothing: a night is not a day. */
const LEAST = 86_400;
/** Shares of the time that are below the demand. */
const NINES = [0.1, 0.01, 0.001, 0.0001] as const;
/** The longer history of prometheus.longHistory as it is by default. It needs days to know a day by. */
const LONG = { range: 604_800, step: 300, least: 3 * 86_400 };

/** Advises; prints JSON or text. */
export const adviseCommand: Command = async (flags, io) => {
  await checkOutputs(flags, ["report"]);
  const slo = readOption("advise", "slo", flags);
  const price = readOption("advise", "price", flags);
  const source = await replaySource(asReplay(flags), io);
  const options = worldOf(flags, source);
  const grid = gridOf(source.target, options);
  const setup = { ...source, ...grid, forecasterOf };
  const played = await withProgress(io, "advise", "steps", (watch) => playTrials({ ...setup, watch })).catch(failed);
  const [current] = played.tried;
  if (current === undefined) return INTERRUPTED;
  const money = price === undefined ? null : { price, request: options.request };
  const advice = adviceOf(source.name, played, slo ?? null, money);
  const longHistory = await withLongHistory(advice, played, setup, io);
  const whole = { ...advice, longHistory };
  io.out(flags.json === true ? `${JSON.stringify(answerOf(whole, played))}\n` : adviceText(whole, io.columns));
  if (played.ended) await writeBeside(whole, { ...setup, watch: () => true }, flags, io);
  return played.ended ? 0 : INTERRUPTED;
};

function failed(cause: unknown): never {
  throw new CommandError(cause instanceof Error ? cause.message : String(cause), { cause });
}

/** --from-prometheus 7d is the replay's --from-prometheus --range 7d. */
function asReplay({ "from-prometheus": range, ...flags }: Flags): Flags {
  return range === undefined ? flags : { ...flags, "from-prometheus": true, range };
}

function adviceOf(name: string, played: Trials, asked: number | null, money: Advice["money"]): Advice {
  const { tried, judgedOn } = played;
  const [current] = tried as [Tried];
  const ours = tried.filter(({ target }) => target !== null);
  const slo = asked ?? current.chosenOn.under;
  const found = cheapestWithin(ours, slo);
  const short = judgedOn.to - judgedOn.from < LEAST;
  const why = short
    ? `Nothing is advised: the later half is ${((judgedOn.to - judgedOn.from) / 3600).toFixed(1)} hours long, and less than a day promises nothing. Give two days of history or more, beside the warm-up.`
    : found === null
      ? `Nothing is advised: none of these settings kept ${Number((100 * slo).toPrecision(3))} % on the earlier half.`
      : null;
  return {
    name,
    current,
    advised: why === null ? found : null,
    why,
    front: frontOf(ours),
    hpas: tried.filter(({ target }) => target === null),
    slo,
    asked: asked !== null,
    longHistory: null,
    money,
    nines: NINES.map((share) => [share, cheapestWithin(ours, share)] as const),
  };
}

/** The advised settings once more with a longer history, where there is enough of it. */
async function withLongHistory(
  { advised }: Advice,
  { chosenOn, judgedOn, ended }: Trials,
  setup: Omit<TrialSetup, "watch">,
  io: Io,
): Promise<Tried | null> {
  if (advised === null || !ended || advised.options.longHistory || judgedOn.to - chosenOn.from < LONG.least)
    return null;
  const { range, step } = LONG;
  const trial = { ...advised, options: { ...advised.options, longHistory: { range, step } } };
  const { tried } = await withProgress(io, "longHistory", "steps", (watch) =>
    playTrials({ ...setup, trials: [trial], watch }),
  );
  return tried[0] ?? null;
}

function settingsOf({ label, target, options }: Tried) {
  if (target === null) return { label, hpaTarget: options.hpaTarget };
  const { quantile, calibration } = target;
  return { label, quantile, targetCpu: options.targetCpu, calibration };
}

function answerOf({ current, advised, why, front, hpas, longHistory }: Advice, { chosenOn, judgedOn, ended }: Trials) {
  const scored = (one: Tried) => ({ settings: settingsOf(one), ...one.judgedOn });
  const span = ({ from, to }: Trials["chosenOn"]) => ({ from: timeText(from), to: timeText(to) });
  return {
    current: scored(current),
    advised: advised && { ...scored(advised), days: advised.days },
    ...(why === null ? {} : { why }),
    front: front.map(scored),
    hpa: hpas.map(scored),
    ...(longHistory && { longHistory: scored(longHistory) }),
    chosenOn: span(chosenOn),
    judgedOn: span(judgedOn),
    ...(ended ? {} : { interrupted: true }),
  };
}

/** The page: the advised settings as `auto`, beside the current ones and the HPA at 70 %. */
async function writeBeside(advice: Advice, setup: TrialSetup, flags: Flags, io: Io): Promise<void> {
  await writeOutput(io, flags, "report", async () => {
    const { current, advised, hpas, money } = advice;
    const hpa = hpas.find(({ options }) => options.hpaTarget === current.options.hpaTarget) ?? hpas[0]!;
    const named = new Map([
      ["auto", advised ?? current] as const,
      ["current", current] as const,
      ["hpa", hpa] as const,
    ]);
    const decisions = new Map<string, Decided[]>([...named.keys()].map((name) => [name, []]));
    const result = await playBeside(setup, named, (policy, one) => decisions.get(policy)?.push(one));
    const { replayReport } = await import("../report/page/reports.ts");
    const { options } = advised ?? current;
    return replayReport({ file: advice.name, options, result, decisions, ...(money && { price: money.price }) });
  });
}
