/** The replay loop: pods become ready, the policy decides, the step is served, the score is kept. */
import type { Samples } from "../core/series/types.ts";
import type { Seconds } from "../core/units.ts";
import { createCluster } from "./cluster.ts";
import { type Demand, DemandError } from "./demand.ts";
import type { ReplayOptions, ReplayPolicy, ReplayResult, ReplayRow, ReplayScore, View } from "./types.ts";

/**
 * Replays `demand` under every policy, one after the other, each in a world of its own that starts with the pods which
 * the first known demand needs at HPA's target. O(steps x policies) plus the policies' own work.
 * Throws DemandError when nothing is left after the warm-up.
 */
export async function simulate(
  demand: Demand,
  policies: readonly ReplayPolicy[],
  options: ReplayOptions,
): Promise<ReplayResult> {
  const first = Math.max(2, Math.round(options.warmup / demand.step));
  const steps = demand.values.length - first;
  if (steps < 1) {
    throw new DemandError(
      `the series has ${demand.values.length} steps of ${demand.step} s, the warm-up takes ${first}: nothing is left to replay; choose a --warmup below ${(demand.values.length - 1) * demand.step}`,
    );
  }
  const rows: ReplayRow[] = [];
  const scores: Record<string, ReplayScore> = {};
  for (const policy of policies) scores[policy.name] = await play(demand, first, policy, options, rows);
  return { startup: options.startup, steps, policies: scores, rows };
}

async function play(
  demand: Demand,
  first: number,
  policy: ReplayPolicy,
  options: ReplayOptions,
  rows: ReplayRow[],
): Promise<ReplayScore> {
  const { step, values } = demand;
  const viewOf = viewer(demand, options.metricLag);
  const begin = viewOf(first).demand;
  const initial = clamp(Math.ceil(begin / (options.request * options.hpaTarget) - 1e-9), options);
  const cluster = createCluster(initial, options.startup, demand.start + first * step);
  const stride = Math.max(1, Math.round(policy.every / step));
  let [podSteps, under, unserved, total] = [0, 0, 0, 0];
  for (let i = first; i < values.length; i++) {
    const now = demand.start + i * step;
    let decision: number | null = null;
    let reason = "";
    if ((i - first) % stride === 0) {
      const view = viewOf(i);
      const wanted = await policy.decide({
        ...view,
        replicas: cluster.replicas,
        ready: cluster.ready(now),
        pods: cluster.pods,
      });
      decision = clamp(wanted.replicas, options);
      reason = wanted.reason;
      cluster.scale(decision, now);
    }
    const ready = cluster.ready(now);
    const load = values[i]!;
    const missing = Math.max(0, load - ready * options.request);
    podSteps += cluster.replicas;
    total += load;
    unserved += missing;
    // A billionth of a core is rounding, not a lack of pods.
    if (missing > 1e-9) under++;
    rows.push({ policy: policy.name, t: now, demand: load, ready, replicas: cluster.replicas, decision, reason });
  }
  return {
    podHours: (podSteps * step) / 3600,
    under: under / (values.length - first),
    unserved: total > 0 ? unserved / total : 0,
    actions: cluster.actions,
  };
}

function clamp(replicas: number, { min, max }: ReplayOptions): number {
  return Math.min(max, Math.max(min, replicas));
}

function viewer(demand: Demand, metricLag: Seconds): (index: number) => View {
  const { step, start, values } = demand;
  const times = Float64Array.from(values, (_, i) => start + i * step);
  const lag = Math.round(metricLag / step);
  return (index) => {
    const known = Math.max(1, index - lag);
    return {
      now: start + index * step,
      index,
      replicas: 0,
      ready: 0,
      pods: [],
      demand: known >= 2 ? (values[known - 1]! + values[known - 2]!) / 2 : values[known - 1]!,
      history(seconds): Samples {
        const from = Math.max(0, known - Math.max(1, Math.round(seconds / step)));
        return { times: times.subarray(from, known), values: values.subarray(from, known) };
      },
      future: (k) => values[Math.min(values.length - 1, index + k)]!,
    };
  };
}
