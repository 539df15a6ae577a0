/** Two limits of what a policy can do: the oracle knows the future, static peak knows only its maximum. */
import type { ReplayOptions, ReplayPolicy } from "../types.ts";

/** A policy with perfect knowledge: every `every` seconds it sets enough pods for the largest demand until the next decision's pods are ready. */
export function oraclePolicy(options: ReplayOptions, step: number): ReplayPolicy {
  const steps = Math.ceil((options.startup + options.every) / step);
  return {
    name: "oracle",
    every: options.every,
    decide(view) {
      let peak = 0;
      for (let k = 0; k < steps; k++) peak = Math.max(peak, view.future(k));
      return { replicas: Math.ceil(peak / options.request - 1e-9), reason: "PerfectForesight" };
    },
  };
}

/** A cautious team's static choice: enough pods for the highest demand of the whole series. */
export function staticPolicy(options: ReplayOptions, values: Float64Array): ReplayPolicy {
  const peak = values.reduce((max, v) => Math.max(max, v), 0);
  const replicas = Math.ceil(peak / options.request - 1e-9);
  return { name: "static", every: options.every, decide: () => ({ replicas, reason: "StaticPeak" }) };
}
