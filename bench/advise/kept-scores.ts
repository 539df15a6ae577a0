/** The scores of one public series as the bench has played it: docs/img/advice-light.png is drawn from them, without a replay of days. */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { adviceOf } from "../../job/cli/advise-choice.ts";
import { gridOf } from "../../job/cli/advise-grid.ts";
import { resolveTarget } from "../../job/config/target-settings.ts";
import type { TimeRange } from "../../job/core/units.ts";
import type { ScoredTrial, Trials } from "../../job/replay/advise.ts";
import { REPLAY_DEFAULTS } from "../../job/replay/world.ts";
import type { Advice } from "../../job/report/advice-text.ts";

/** The public series in the picture. */
export const PICTURED = "wc98_groupstage";
const SCORES_FILE = join(import.meta.dirname, "../../docs/advise/scores.json");

/** Scores in the order of the grid's trials; the settings themselves follow from the grid. */
interface KeptScores {
  readonly name: string;
  readonly slo: number;
  readonly chosenOn: TimeRange;
  readonly judgedOn: TimeRange;
  readonly tried: readonly Pick<ScoredTrial, "label" | "chosenOn" | "judgedOn" | "days">[];
}

/** Stores the scores of a series in docs/advise/scores.json. */
export function keepScores(name: string, slo: number, { tried, chosenOn, judgedOn }: Trials): void {
  const scores = tried.map(({ label, chosenOn, judgedOn, days }) => ({ label, chosenOn, judgedOn, days }));
  const kept: KeptScores = { name, slo, chosenOn, judgedOn, tried: scores };
  writeFileSync(SCORES_FILE, `${JSON.stringify(kept)}\n`);
}

/** The times of the pictured series on which settings were chosen, and on which they were judged. */
export function keptSpans(): { readonly chosenOn: TimeRange; readonly judgedOn: TimeRange } {
  return readKept();
}

function readKept(): KeptScores {
  return JSON.parse(readFileSync(SCORES_FILE, "utf8")) as KeptScores;
}

/** The advice on the pictured series, from the stored scores by today's code. Throws where the grid of settings has changed since. */
export function keptAdvice(): Advice {
  const kept = readKept();
  const { targetCpu } = REPLAY_DEFAULTS;
  const trials = gridOf(resolveTarget({ scaleTargetRef: { name: "web" }, targetCpu }), REPLAY_DEFAULTS, null);
  const tried = trials.map((trial, i): ScoredTrial => {
    const { label, ...scores } = kept.tried[i] ?? { label: "nothing" };
    if (label !== trial.label || trials.length !== kept.tried.length || !("days" in scores))
      throw new Error(
        `the kept scores are of ${label}, not of ${trial.label}: npm run bench -- advise --only ${PICTURED}`,
      );
    return { ...trial, ...scores };
  });
  return { ...adviceOf(kept.name, { ...kept, tried, ended: true }, kept.slo, null), changed: null };
}
