/** Reads a golden history: one JSON line, hpa-oracle's format and what README.md here adds, everything new optional. */

import { HPA_SETTINGS } from "../../../job/replay/hpa/defaults.ts";
import type {
  HpaBehavior,
  HpaMetric,
  HpaMetricTarget,
  HpaPod,
  HpaScalingRules,
  HpaSettings,
  HpaSpec,
  HpaSync,
} from "../../../job/replay/hpa/types.ts";

/** A line of a golden file. */
export interface GoldenHistory extends GoldenSpec {
  readonly seed?: number;
  readonly requestMilli?: number;
  readonly memoryRequestMilli?: number;
  readonly scaleToZero?: boolean;
  readonly steps: readonly GoldenStep[];
}

/** What a history starts with and a step may change; a change holds from that step on. */
interface GoldenSpec {
  readonly min?: number | null;
  readonly max?: number;
  readonly targetUtilization?: number;
  readonly averageValueMilli?: number;
  readonly metrics?: readonly HpaMetric[];
  readonly behavior?: GoldenBehavior | null;
}

interface GoldenBehavior {
  readonly scaleUp?: GoldenRules | null;
  readonly scaleDown?: GoldenRules | null;
}

type GoldenRules = {
  readonly [K in keyof Omit<HpaScalingRules, "tolerance">]?: HpaScalingRules[K] | null;
} & { readonly tolerance?: number | string | null };

/** One sync: the world it saw and what it left. */
export interface GoldenStep extends GoldenSpec {
  readonly t: number;
  readonly before: number;
  readonly pods: readonly GoldenPod[] | null;
  readonly statusReplicas?: number;
  readonly orphans?: readonly number[];
  readonly orphanValues?: Readonly<Record<string, readonly number[]>>;
  readonly values?: Readonly<Record<string, readonly number[]>>;
  readonly metricsError?: boolean | string;
  readonly after: number;
  /** Condition type -> reason. */
  readonly conditions?: Readonly<Record<string, string>>;
  /** The metric whose recommendation was taken. */
  readonly metric?: string;
  /** The metrics that gave none. */
  readonly invalid?: readonly string[];
}

interface GoldenPod {
  readonly start?: number | null;
  readonly ready?: boolean | "Unknown" | null;
  readonly readyAt?: number;
  readonly milli?: number | null;
  readonly at?: number;
  readonly window?: number;
  readonly phase?: NonNullable<HpaPod["phase"]>;
  readonly deleted?: boolean | number | string;
  readonly requestMilli?: number;
  readonly memoryRequestMilli?: number;
  readonly values?: Readonly<Record<string, number>>;
}

/** Seconds that a sample covers where the golden does not say. */
const USUAL_WINDOW = 15;

/** The spec a history starts with. */
export function specOf(history: GoldenHistory): HpaSpec {
  const first: HpaSpec = {
    maxReplicas: history.max ?? 1,
    metrics: [],
    ...(history.requestMilli === undefined ? {} : { requestMilli: history.requestMilli }),
    ...(history.memoryRequestMilli === undefined ? {} : { memoryRequestMilli: history.memoryRequestMilli }),
  };
  return changedSpec(first, history);
}

/** The settings of the controller that ran a history. */
export function hpaSettingsOf(history: GoldenHistory): HpaSettings {
  return { ...HPA_SETTINGS, scaleToZero: history.scaleToZero ?? false };
}

/** The spec after a step's changes. */
export function changedSpec({ target, metrics, ...rest }: HpaSpec, change: GoldenSpec): HpaSpec {
  return {
    ...rest,
    ...(typeof change.min === "number" ? { minReplicas: change.min } : {}),
    ...(change.max === undefined ? {} : { maxReplicas: change.max }),
    ...(targetOf(change) ?? (target === undefined ? { metrics } : { target })),
    ...(change.behavior ? { behavior: behaviorOf(change.behavior) } : {}),
  };
}

/** What the sync of a step saw. */
export function syncOf(step: GoldenStep): HpaSync {
  return {
    now: step.t,
    currentReplicas: step.before,
    pods: (step.pods ?? []).map((pod) => podOf(pod, step.t)),
    metricsFailed: Boolean(step.metricsError),
    orphanMilli: step.orphans ?? [],
    ...(step.statusReplicas === undefined ? {} : { statusReplicas: step.statusReplicas }),
    ...(step.orphanValues === undefined ? {} : { orphanValues: step.orphanValues }),
    ...(step.values === undefined ? {} : { values: step.values }),
  };
}

function podOf(pod: GoldenPod, t: number): HpaPod {
  const hasReady = pod.ready !== undefined && pod.ready !== null;
  return {
    deleting: Boolean(pod.deleted),
    ...(pod.phase === undefined ? {} : { phase: pod.phase }),
    ...(typeof pod.start === "number" ? { startTime: pod.start } : {}),
    ...(hasReady ? { ready: pod.ready === "Unknown" ? "Unknown" : pod.ready ? "True" : "False" } : {}),
    ...(pod.readyAt === undefined ? {} : { lastTransitionTime: pod.readyAt }),
    ...(pod.requestMilli === undefined ? {} : { requestMilli: pod.requestMilli }),
    ...(pod.memoryRequestMilli === undefined ? {} : { memoryRequestMilli: pod.memoryRequestMilli }),
    ...(pod.values === undefined ? {} : { values: pod.values }),
    ...(typeof pod.milli === "number"
      ? { usage: { milli: pod.milli, timestamp: pod.at ?? t, window: pod.window ?? USUAL_WINDOW } }
      : {}),
  };
}

function targetOf(
  spec: GoldenSpec,
): { readonly target: HpaMetricTarget } | { readonly metrics: readonly HpaMetric[] } | undefined {
  if (spec.metrics !== undefined) return { metrics: spec.metrics };
  if (spec.averageValueMilli !== undefined) return { target: { averageValue: spec.averageValueMilli } };
  return spec.targetUtilization === undefined ? undefined : { target: { averageUtilization: spec.targetUtilization } };
}

function behaviorOf(behavior: GoldenBehavior): HpaBehavior {
  return {
    ...(behavior.scaleUp ? { scaleUp: rulesOf(behavior.scaleUp) } : {}),
    ...(behavior.scaleDown ? { scaleDown: rulesOf(behavior.scaleDown) } : {}),
  };
}

function rulesOf(rules: GoldenRules): HpaScalingRules {
  const given = Object.entries(rules).filter(([, value]) => value !== null && value !== undefined);
  const { tolerance, ...rest } = Object.fromEntries(given) as HpaScalingRules & { tolerance?: number | string };
  return tolerance === undefined ? rest : { ...rest, tolerance: quantity(tolerance) };
}

/** A Kubernetes quantity without a suffix or in milli: 0.05, "0.05", "50m". */
function quantity(text: number | string): number {
  if (typeof text === "number") return text;
  const value = text.endsWith("m") ? Number(text.slice(0, -1)) * 0.001 : Number(text);
  if (!Number.isFinite(value)) throw new Error(`tolerance ${JSON.stringify(text)}: not a number and not in milli`);
  return value;
}
