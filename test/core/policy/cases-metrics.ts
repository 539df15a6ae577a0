/** One worked case for each reason that several metrics, or a way to 0, bring. */
import { BLANK } from "../../../job/core/state/memory.ts";
import { type MetricSettings, metricsOf } from "../../../job/core/target.ts";
import { config, NOW } from "../../fakes/config.ts";
import { forecast } from "../../fakes/forecaster.ts";
import { type Case, metricInput, policyInput, quality } from "../../fakes/policy-input.ts";

const QUEUE: MetricSettings = { name: "queue", query: "x", averageValue: 10, activation: 0, unit: "messages" };
const NONE = { quality: quality("hold", "NoData"), demand: Number.NaN, series: null, forecast: null };

/** CPU as given, in cores; and of the queue its demand, and what is forecast of it. */
function two(current: number, cores: number, queue: number | null, ahead = queue ?? 0, minReplicas = 1) {
  const settings = config({ metrics: [QUEUE], minReplicas });
  const [cpu, other] = metricsOf(settings);
  const seen = queue === null ? NONE : { demand: queue, forecast: forecast({ maxQuantiles: [ahead] }) };
  const metrics = [metricInput(cpu!, { quantileCores: cores, demand: cores }), metricInput(other!, seen)];
  const memory = { ...BLANK, recommendations: [{ at: NOW - 400, replicas: 0 }] };
  return policyInput({ current, metrics, memory, config: settings });
}

/** What happens, its input, and what is decided: action, replicas, reason. */
export const METRIC_CASES: readonly Case[] = [
  ["a missing metric forbids scale-in", two(9, 1, null), "hold", 9, "MetricMissing"],
  ["and not scale-out", two(2, 3, null), "scale", 6, "ForecastQuantile"],
  ["the largest wins", two(2, 1, 70), "scale", 7, "ForecastQuantile"],
  ["the current demand of any is a floor", two(2, 1, 70, 30), "scale", 7, "ReactiveFloor"],
  ["what one needs keeps what another would give back", two(4, 0.4, 40), "keep", 4, "DesiredWithinRange"],
  ["the last pod goes when nothing asks for it", two(1, 0.01, 0, 0, 0), "scale", 0, "Inactive"],
  ["little demand brings one back", two(0, 0, 0.1, 0, 0), "scale", 1, "ReactiveFloor"],
  ["a forecast of 1e-12 is none", two(0, 0, 0, 1e-12, 0), "keep", 0, "DesiredWithinRange"],
];
