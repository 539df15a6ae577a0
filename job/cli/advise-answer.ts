/** The advice as `--json` prints it. */
import type { TimeRange } from "../core/units.ts";
import type { ScoredTrial, Trials } from "../replay/advise.ts";
import type { Trial } from "../replay/trials.ts";
import type { Advice } from "../report/advice-text.ts";
import { timeText } from "../report/answer.ts";

/** The advice in the form of the contract. Scores are those of the later half. */
export function answerOf(
  advice: Advice,
  { chosenOn, judgedOn, ended }: Pick<Trials, "chosenOn" | "judgedOn" | "ended">,
) {
  const { current, advised, why, front, others, nines, changed } = advice;
  const scored = (one: Trial & Pick<ScoredTrial, "chosenOn" | "judgedOn">) => ({
    settings: settingsOf(one),
    ...one.judgedOn,
    earlier: one.chosenOn,
  });
  return {
    current: scored(current),
    advised: advised && { ...scored(advised), days: advised.days },
    ...(why === null ? {} : { why }),
    front: front.map(scored),
    others: others.map(scored),
    nines: nines.map(([under, tried]) => ({ under, settings: tried && scored(tried) })),
    ...(changed && {
      changed: {
        over: spanOf(changed.over),
        settings: changed.tried.map(({ trial, score }) => ({ settings: settingsOf(trial), ...score })),
      },
    }),
    chosenOn: spanOf(chosenOn),
    judgedOn: spanOf(judgedOn),
    ...(ended ? {} : { interrupted: true }),
  };
}

function spanOf({ from, to }: TimeRange) {
  return { from: timeText(from), to: timeText(to) };
}

function settingsOf({ label, decider, options }: Trial) {
  const { hpaTarget, targetCpu, every: interval, startup: podStart, longHistory } = options;
  if (decider.by === "recorded") return { label };
  if (decider.by === "hpa") return { label, hpaTarget };
  const { slo, quantile, calibration } = decider.target;
  return { label, slo, quantile, targetCpu, calibration, interval, podStart, ...(longHistory && { longHistory }) };
}
