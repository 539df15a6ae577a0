/** Forecasts a series at the cadence of its source, where the source updates less often than it is read. */
import { cadenceOf, withoutRepeats } from "../../series/cadence.ts";
import { toGrid } from "../../series/grid.ts";
import type { Forecast, Forecaster, ForecastRequest, LeadPart, Peak } from "../types.ts";
import { lazily } from "./lazily.ts";

/**
 * Values held for fewer steps than this count as new at each step: half of them changed from one to the next.
 * On 19 public and synthetic series, and 9 read four times as often as they change, 1.25 to 3.5 change no forecast.
 * 5 costs 4 % of the error at 480 values.
 */
const MIN_HELD = 1.75;

/**
 * Wraps a forecaster: where a value is held for two steps or more, `inner` sees one value per update. Its answer is laid on the finer steps.
 * A value that stands still teaches the models that nothing moves. On series read at twice and four times their rate the error at the next
 * minute falls by a tenth. Steps before the next update hold the newest value.
 */
export function atCadence(inner: Forecaster): Forecaster {
  return (request) => {
    const { series } = request;
    const times = Float64Array.from(series.values, (_, i) => i);
    const held = series.values.length < 2 ? 1 : cadenceOf(times, series.values);
    return held < MIN_HELD ? inner(request) : unheld(inner, request, times, held);
  };
}

function unheld(inner: Forecaster, request: ForecastRequest, times: Float64Array, held: number): Forecast {
  const { series, horizonSteps, leadSteps, parts } = request;
  const kept = withoutRepeats(times, series.values, held);
  const newest = kept.at(-1)!;
  const waited = series.values.length - 1 - newest;
  /** Updates that have come by the end of so many steps; the newest value is number 0. */
  const updates = (steps: number) => Math.floor((waited + steps) / held + 1e-6);
  const some = (steps: number) => Math.max(1, updates(steps));
  const current = Math.max(0, series.values[newest]!);
  const at = Float64Array.from(kept, (i) => series.start + i * series.step);
  const values = Float64Array.from(kept, (i) => series.values[i]!);
  const { series: grid } = toGrid(at, values, held * series.step, series.values.length);
  const partOf = ([from, to]: LeadPart): LeadPart => [Math.min(some(to), some(from + 1)) - 1, some(to)];
  const slow = inner({
    ...request,
    series: grid,
    horizonSteps: some(horizonSteps),
    leadSteps: some(leadSteps),
    ...(parts && { parts: parts.map(partOf) }),
  });
  const until = Array.from({ length: horizonSteps }, (_, k) => updates(k + 1));
  const waiting = until.filter((count) => count === 0).length / horizonSteps;
  const meanOf = (value: number) => waiting * current + (1 - waiting) * value;
  const peakOf = ({ max, maxQuantiles }: Peak, from: number): Peak => {
    const raised = (value: number) => Math.max(updates(from + 1) === 0 ? current : 0, value);
    return { max: raised(max), maxQuantiles: maxQuantiles.map(raised) };
  };
  const steps = Math.max(horizonSteps, leadSteps);
  const laid = (path: Float64Array) =>
    Float64Array.from({ length: steps }, (_, k) => (updates(k + 1) === 0 ? current : path[updates(k + 1) - 1]!));
  return lazily({
    method: () => slow.method,
    path: () => laid(slow.path),
    lower: () => laid(slow.lower),
    upper: () => laid(slow.upper),
    mean: () => meanOf(slow.mean),
    meanQuantiles: () => slow.meanQuantiles.map(meanOf),
    max: () => peakOf(slow, 0).max,
    maxQuantiles: () => peakOf(slow, 0).maxQuantiles,
    ...(parts && { parts: () => parts.map(([from], i) => peakOf(slow.parts![i]!, from)) }),
    skill: () => slow.skill,
    coverage: () => slow.coverage,
    modelWeights: () => slow.modelWeights,
    period: () => slow.period,
    origins: () => slow.origins,
  });
}
