/** Bounds of the policy by hindsight: the setting of each series chosen by its own result, at one price of time under for all. */
import type { ReplayScore } from "../../job/replay/types.ts";
import { mainEntries } from "./entries.ts";
import { type PolicyRatios, policyRatios, type SeriesScores } from "./matrix.ts";

/** The most time under, as a share of the HPA's, at which the cost is bounded: what the defaults aimed at with pods that start in 30 s. */
export const GOAL = 0.95;

/** From a hundredth of a bill for all the time under to ten thousand, each a tenth more than the last. */
const PRICES = Array.from({ length: 145 }, (_, i) => 0.01 * 1.1 ** i);

/**
 * The cheapest that our rows give if the setting of each series is chosen in hindsight, with at most `goal` of the HPA's time under in all.
 * For each price every series takes the row with the least log cost plus price times its time under. Undefined where no price meets the goal.
 */
export function bestInHindsight(scores: SeriesScores, goal = GOAL): PolicyRatios | undefined {
  const hpa = scores.hpa!;
  const ours = mainEntries()
    .filter(({ policy }) => policy === "auto")
    .map(({ label }) => scores[label]!);
  const dearness = (score: ReplayScore, i: number, price: number) =>
    Math.log(score.podHours / hpa[i]!.podHours) + price * score.under;
  const chosen = PRICES.map((price) =>
    hpa.map((_, i) =>
      ours
        .map((rows) => rows[i]!)
        .reduce((best, score) => (dearness(score, i, price) < dearness(best, i, price) ? score : best)),
    ),
  );
  return [...ours, ...chosen]
    .map((rows) => policyRatios(rows, hpa))
    .filter(({ under }) => under <= goal)
    .sort((a, b) => a.cost - b.cost)[0];
}
