/** Chooses the advice among all trials: the earlier half alone chooses, and less than a day promises nothing. */
import { type Compared, cheapestWithin, frontOf, type ScoredTrial, type Trials } from "../replay/advise.ts";
import type { Advice, Changed } from "../report/advice-text.ts";
import { fieldsOf, isOurs } from "./advise-grid.ts";

/** With less than a day in the later half nothing is promised: a night is not a day. */
const MIN_HISTORY = 86_400;
/** Allowed shares of the time below the demand. */
const UNDER_SHARES = [0.1, 0.01, 0.001, 0.0001] as const;

/**
 * The advice, without the effect of one further change. `asked`: the largest allowed share of the time below the demand; null: the current
 * settings' own share. `money`: the price of a core-hour, and the cores of a pod.
 */
export function adviceOf(
  name: string,
  played: Trials,
  asked: number | null,
  money: Advice["money"],
): Omit<Advice, "changed"> {
  const { tried, judgedOn } = played;
  const [current] = tried as [ScoredTrial];
  const ours = tried.filter(isOurs);
  const slo = asked ?? current.chosenOn.under;
  const found = cheapestWithin(ours, slo);
  const hours = (judgedOn.to - judgedOn.from) / 3600;
  const why = !played.ended
    ? "Nothing is advised: it was interrupted, and these are the scores of what had been played until then."
    : 3600 * hours < MIN_HISTORY
      ? `Nothing is advised: the later half is ${hours.toFixed(1)} hours long, and less than a day proves nothing. Give two days of history or more, besides the warm-up.`
      : found === null
        ? `Nothing is advised: none of these settings kept ${Number((100 * slo).toPrecision(3))} % on the earlier half.`
        : null;
  return {
    name,
    current,
    advised: why === null ? found : null,
    why,
    fields: why === null && found !== null ? fieldsOf(found, current) : [],
    front: frontOf(ours),
    ours,
    others: tried.filter((one) => !isOurs(one)),
    slo,
    asked: asked !== null,
    money,
    nines: UNDER_SHARES.map((share) => [share, cheapestWithin(ours, share)] as const),
  };
}

/**
 * What one further change would do, over the day after the split. The first entry is the advised settings as they are.
 * Then comes each change alone. It is also combined with the settings that were cheapest within the objective on the day before, where these
 * differ.
 * Null: the replay was ended early.
 */
export function changedBy(advised: ScoredTrial, { worlds, judgedOn, ended }: Compared, slo: number): Changed | null {
  if (!ended) return null;
  const rows = worlds.flatMap((tried) => {
    const [alone] = tried as [ScoredTrial];
    const best = cheapestWithin(tried, slo);
    return best === null || best.chosenOn.cost === alone.chosenOn.cost ? [alone] : [alone, best];
  });
  const scored = rows.map((trial) => ({ trial, score: trial.judgedOn }));
  return { over: judgedOn, tried: [{ trial: { ...advised, label: "as above" }, score: advised.days[0]! }, ...scored] };
}
