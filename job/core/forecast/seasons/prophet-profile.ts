/** What Prophet, fitted to a longer history by a target's settings, expects of the window and of the steps after it. */
import type { Series } from "../../series/types.ts";
import { featureWidth } from "../prophet/features.ts";
import { fitHistory, measuredRows } from "../prophet/history-fit.ts";
import { predict } from "../prophet/predict.ts";
import type { ProphetSettings } from "../prophet/settings.ts";
import type { DailyProfile, ProfileSpan } from "./daily-profiles.ts";

/** Below a day of rows at a coarse step Prophet has nothing to tell that the window does not: 48 half hours. By that reason, not by a measurement. */
const MIN_POINTS: number = 48;

/**
 * Prophet's forecast over the span, from what was measured before its first step: no value of the window has a part
 * in it. Null where there is too little, and where the fit has no answer: the pool is then as without it.
 */
export function prophetProfileOf(long: Series, span: ProfileSpan, settings: ProphetSettings): DailyProfile | null {
  const nothing = { start: span.start, step: span.step, values: new Float64Array(0), filled: new Uint8Array(0) };
  const rows = measuredRows(nothing, long);
  if (rows.ds.length < MIN_POINTS) return null;
  const ds = Float64Array.from({ length: span.length }, (_, i) => span.start + i * span.step);
  const fitted = fitHistory(rows, ds.at(-1)!, settings);
  if (!fitted.ok || rows.ds.length <= featureWidth(fitted.value.model.blocks) + 2) return null;
  const answer = predict(fitted.value.model, fitted.value.frameAt(ds), { intervals: "none" });
  if (!answer.ok || !answer.value.yhat.every(Number.isFinite)) return null;
  return { name: "prophet", values: answer.value.yhat.map((v) => Math.max(0, v)) };
}
