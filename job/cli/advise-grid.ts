/** The settings that an advice tries: around the current ones, and the HPA at several targets. */
import { calibrationFor, keepLevel } from "../config/target-settings.ts";
import type { TargetConfig } from "../core/target.ts";
import type { Trial } from "../replay/advise.ts";
import type { ReplayOptions } from "../replay/types.ts";

/** From what cannot be afforded to what is hardly ever below the demand. */
const QUANTILES = [0.5, 0.6, 0.7, 0.8, 0.9, 0.95] as const;
/** Shares of the current target: more room in each pod, or less. */
const TARGETS = [0.85, 1, 1.1] as const;
const HPA_TARGETS = [0.5, 0.6, 0.7, 0.8, 0.9] as const;

/** The current settings first, then the HPA, then the grid; and every quantile that any of them asks for. */
export function gridOf(target: TargetConfig, options: ReplayOptions) {
  const { quantile, step, scaleDownQuantile = quantile } = target;
  const current: Trial = { label: "current", target, options };
  const hpas = HPA_TARGETS.map((share): Trial => {
    return { label: `HPA at ${Math.round(100 * share)} %`, target: null, options: { ...options, hpaTarget: share } };
  });
  const highest = keepLevel(Math.max(...QUANTILES));
  const calibration = calibrationFor(highest, step);
  const shares = target.targetCpu === undefined ? [1] : TARGETS;
  const ours = shares.flatMap((share) =>
    QUANTILES.map((level) => trialAt(target, { ...options, ...targetAt(options, share) }, level, calibration)),
  );
  const own = target.metrics.flatMap((metric) => [metric.quantile ?? quantile, metric.scaleDownQuantile ?? quantile]);
  const levels = [...QUANTILES, ...QUANTILES.map(keepLevel), quantile, scaleDownQuantile, ...own];
  return { trials: [current, ...hpas, ...ours], levels: [...new Set(levels)].sort((a, b) => a - b) };
}

/** A pod cannot carry more than it can serve. */
function targetAt({ targetCpu, request }: ReplayOptions, share: number) {
  return { targetCpu: Math.min(request, Number((targetCpu * share).toPrecision(3))) };
}

function trialAt(target: TargetConfig, options: ReplayOptions, quantile: number, calibration: number): Trial {
  const settings = { ...target, quantile, scaleDownQuantile: keepLevel(quantile), calibration };
  const own = target.targetCpu === undefined ? {} : { targetCpu: options.targetCpu };
  const label = `quantile ${quantile}${target.targetCpu === undefined ? "" : `, target ${options.targetCpu}`}`;
  return { label, target: { ...settings, ...own }, options };
}
