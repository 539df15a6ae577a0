/** A profile from Prophet, fitted to a longer history by a target's settings, for the window and the steps after it. */
import type { Series } from "../../series/types.ts";
import { featureWidth } from "../prophet/features.ts";
import { fitHistory, measuredRows } from "../prophet/history-fit.ts";
import { predict } from "../prophet/predict.ts";
import type { ProphetSettings } from "../prophet/settings.ts";
import type { DailyProfile, ProfileSpan } from "./daily-profiles.ts";

/**
 * With less than a day of rows at a coarse step, 48 half hours, Prophet knows no more than the window shows. By that reason, not by a
 * measurement.
 */
const MIN_POINTS: number = 48;

/**
 * Prophet's forecast over the span, from values before its first step only: no value of the window takes part.
 * Null where there are too few values or no fit; the pool then does without it.
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
