/** The replay loop: at each step pods become ready, the policy decides, the demand is served, and the score is kept. */
import type { Cores, EpochSeconds, Seconds } from "../core/units.ts";
import { createCluster, type ModelCluster } from "./cluster.ts";
import { type Demand, DemandError, firstStep, loadAt } from "./demand.ts";
import type {
  MetricView,
  PolicyDecision,
  ReplayDecision,
  ReplayListener,
  ReplayOptions,
  ReplayPolicy,
  ReplayResult,
  ReplayRow,
  ReplayScore,
  View,
} from "./types.ts";

/**
 * Replays `demand` under every policy. Each has a world of its own, which starts with the pods that the first known demand needs at HPA's
 * target.
 * All policies go through a step before any continues: a replay that `watch` ends early still compares them over the same time.
 * O(steps x policies), plus the policies' own work. Throws DemandError when nothing is left after the warm-up.
 */
export async function simulate(
  demand: Demand,
  policies: readonly ReplayPolicy[],
  options: ReplayOptions,
  { watch = () => true, decided, row }: ReplayListener = {},
): Promise<ReplayResult> {
  const first = firstStep(demand, options.warmup, 1);
  const planned = demand.values.length - first;
  const viewOf = viewer(demand, options);
  const known = knownLoad(demand, viewOf(first), options);
  const worlds = policies.map((policy) => worldOf(policy, known, demand.start + first * demand.step, options));
  let played = 0;
  while (played < planned) {
    for (const world of worlds) await play(world, { demand, viewOf, options, decided, row }, first + played, played);
    played++;
    if (!(await watch(played, planned))) break;
  }
  const filler = fillerIn(demand, first, played);
  const steps = played - filler;
  if (steps === 0) throw new DemandError("nothing was measured after the warm-up: nothing is left to replay");
  return {
    startup: options.startup,
    steps,
    planned: planned - fillerIn(demand, first, planned),
    filler,
    policies: Object.fromEntries(worlds.map((world) => [world.policy.name, scoreOf(world, steps, demand.step)])),
    rows: worlds.flatMap((world) => world.rows),
  };
}

/** The number of steps without a measurement, among `count` steps from `first` on. */
function fillerIn({ filled }: { readonly filled?: Uint8Array | undefined }, first: number, count: number): number {
  return filled?.subarray(first, first + count).reduce((sum, f) => sum + f, 0) ?? 0;
}

/** One policy's workload, and its counts so far. */
interface SimulatedWorkload {
  readonly policy: ReplayPolicy;
  readonly cluster: ModelCluster;
  readonly rows: ReplayRow[];
  podSteps: number;
  under: number;
  unserved: number;
  total: number;
}

function worldOf(policy: ReplayPolicy, known: Cores, now: EpochSeconds, options: ReplayOptions): SimulatedWorkload {
  const initial = clamp(Math.ceil(known / (options.request * options.hpaTarget) - 1e-9), options, policy);
  const cluster = createCluster(initial, options.startup, now);
  return { policy, cluster, rows: [], podSteps: 0, under: 0, unserved: 0, total: 0 };
}

/** What all policies of a replay share. */
interface Shared {
  readonly demand: Demand;
  readonly viewOf: (index: number) => View;
  readonly options: ReplayOptions;
  readonly decided: ReplayListener["decided"];
  readonly row: ReplayListener["row"];
}

/**
 * One step, `index` of the demand and `step` of the replay: decide where it is time, serve, count.
 * In a hole the demand is not known: nothing is counted, and only a policy that judges the data itself decides.
 */
async function play(world: SimulatedWorkload, shared: Shared, index: number, step: number): Promise<void> {
  const { policy, cluster } = world;
  const { demand, viewOf, options, decided, row = (one) => void world.rows.push(one) } = shared;
  const now = demand.start + index * demand.step;
  let decision: number | null = null;
  let reason = "";
  const knows = policy.judgesData === true || demand.filled?.[index - 1] !== 1;
  if (knows && step % Math.max(1, Math.round(policy.every / demand.step)) === 0) {
    const from = cluster.replicas;
    const view = { ...viewOf(index), replicas: from, ready: cluster.ready(now), pods: cluster.pods };
    const { replicas, ...wanted } = await policy.decide(view);
    decision = clamp(replicas, options, policy);
    reason = wanted.reason;
    if (decided !== undefined) decided(policy.name, decidedOf(wanted, now, from, decision));
    cluster.scale(decision, now);
  }
  const ready = cluster.ready(now);
  const load = loadAt(demand, index, options.request);
  const filled = demand.filled?.[index] === 1;
  row({
    policy: policy.name,
    t: now,
    demand: load,
    ready,
    replicas: cluster.replicas,
    decision,
    reason,
    ...(filled && { filled }),
  });
  if (filled) return;
  const missing = Math.max(0, load - ready * options.request);
  world.podSteps += cluster.replicas;
  world.total += load;
  world.unserved += missing;
  // A billionth of a core is rounding, not a lack of pods.
  if (missing > 1e-9) world.under++;
}

function decidedOf(
  { forecast, ...wanted }: Omit<PolicyDecision, "replicas">,
  t: EpochSeconds,
  from: number,
  to: number,
): ReplayDecision {
  const made = forecast?.();
  return { t, from, to, ...wanted, ...(made && { forecast: made }) };
}

function scoreOf(
  { podSteps, under, unserved, total, cluster }: SimulatedWorkload,
  steps: number,
  step: Seconds,
): ReplayScore {
  return {
    podHours: (podSteps * step) / 3600,
    under: under / steps,
    unserved: total > 0 ? unserved / total : 0,
    actions: cluster.actions,
  };
}

function clamp(replicas: number, { min, max }: ReplayOptions, { minReplicas: least = 0 }: ReplayPolicy): number {
  return Math.min(max, Math.max(min, least, replicas));
}

/** The load known at the beginning, of the metric that needs the most pods. */
function knownLoad({ others = [] }: Demand, view: View, { request }: ReplayOptions): Cores {
  return others.reduce(
    (most, { name, capacity }) => Math.max(most, (view.other(name).demand / capacity) * request),
    view.demand,
  );
}

function viewer(demand: Demand, { metricLag, request }: ReplayOptions): (index: number) => View {
  const { step, start, values, others = [] } = demand;
  const times = Float64Array.from(values, (_, i) => start + i * step);
  const lag = Math.round(metricLag / step);
  return (index) => {
    const known = Math.max(1, index - lag);
    const seen = ({ values: of, filled }: Pick<Demand, "values" | "filled">): MetricView => {
      const history = (seconds: Seconds) => {
        const from = Math.max(0, known - Math.max(1, Math.round(seconds / step)));
        return { times: times.subarray(from, known), values: of.subarray(from, known), from };
      };
      return {
        demand: known >= 2 && filled?.[known - 2] !== 1 ? (of[known - 1]! + of[known - 2]!) / 2 : of[known - 1]!,
        history,
        measured(seconds) {
          const { from, ...whole } = history(seconds);
          const isMeasured = (_: number, i: number) => filled?.[from + i] !== 1;
          if (fillerIn({ filled }, from, known - from) === 0) return whole;
          return { times: whole.times.filter(isMeasured), values: whole.values.filter(isMeasured) };
        },
      };
    };
    return {
      now: start + index * step,
      index,
      replicas: 0,
      ready: 0,
      pods: [],
      ...seen(demand),
      other: (name) => {
        const found = others.find((other) => other.name === name);
        if (found === undefined) throw new RangeError(`the replay has no series of the metric ${name}`);
        return seen(found);
      },
      future: (k) => loadAt(demand, Math.min(values.length - 1, index + k), request),
    };
  };
}
