/** Our policy under replay: the production `runOnce` over ports that read the modelled world. */
import type { Forecaster } from "../core/forecast/types.ts";
import { leadingMetric, type MetricRecord, type TickRecord } from "../core/policy/types.ts";
import { coarse, type LongHistory } from "../core/series/coarse.ts";
import type { Samples } from "../core/series/types.ts";
import { decode, encode } from "../core/state/codec.ts";
import { readWindow, type TargetConfig } from "../core/target.ts";
import type { EpochSeconds } from "../core/units.ts";
import type { HistoryReading, Outcome, Ports, Scaler, StateStore } from "../ports.ts";
import { runOnce } from "../run.ts";
import type { LeadForecast, MetricView, PolicyDecision, ReplayOptions, ReplayPolicy, View } from "./types.ts";

/**
 * The production decision code as a replay policy. `target` gives its settings. The modelled world gives pod start, interval, lag, bounds and
 * target CPU. State goes through the real codec, so a replay tests that as well.
 */
export function autoPolicy(target: TargetConfig, forecaster: Forecaster, options: ReplayOptions): ReplayPolicy {
  // the modelled world plays the load that is offered, which no limit of the pods cuts off
  const { podCpuLimit: _unlimited, ...own } = target;
  const settings: TargetConfig = {
    ...own,
    // the first metric is the CPU, or carries its own value
    ...(target.targetCpu === undefined ? {} : { targetCpu: options.targetCpu }),
    minReplicas: options.min,
    maxReplicas: options.max,
    interval: options.every,
    podStart: options.startup,
    metricLag: options.metricLag,
    step: 15,
  };
  let view: View | undefined;
  let wanted = 0;
  let reported: { readonly record: TickRecord | null; readonly outcome: Outcome } | undefined;
  const ports: Ports = {
    history: {
      now: async () => seen().now,
      read: async (queries) =>
        queries.map(({ metric }, i) => {
          const { measured } = i === 0 ? seen() : seen().other(metric.name);
          return readingOf(measured, seen().now, settings, options.longHistory);
        }),
    },
    scaler: replayScaler(seen, (to) => {
      wanted = to;
    }),
    state: memoryStore(),
    reporter: {
      tick: (_, record, outcome) => {
        reported = { record, outcome };
      },
      log: () => {},
    },
    clock: {
      now: () => seen().now,
      tick: () => 0,
      sleep: async () => {},
      after: () => new AbortController().signal,
    },
  };
  function seen(): View {
    if (!view) throw new Error("the replay asked a policy outside of a decision");
    return view;
  }
  return {
    name: "auto",
    judgesData: true,
    every: options.every,
    async decide(now) {
      view = now;
      wanted = now.replicas;
      reported = undefined;
      await runOnce(ports, [settings], { dryRun: false, forecaster });
      return wantedOf(wanted, reported);
    },
  };
}

/** A decision with all that a report shows of it. */
function wantedOf(
  replicas: number,
  reported: { record: TickRecord | null; outcome: Outcome } | undefined,
): PolicyDecision {
  if (reported === undefined) return { replicas, reason: "NoOutcome" };
  const { reason, message, trail } = reported.outcome;
  const { record } = reported;
  return { replicas, reason, message, trail, ...(record && { forecast: () => leadForecast(leadingMetric(record)) }) };
}

/** The forecast for the last step of the lead. A sample has the time of its step's end, the step of a replay that of its start. */
function leadForecast({ forecast, series, lead }: MetricRecord): LeadForecast | undefined {
  if (forecast === null || series === null) return undefined;
  const k = Math.min(forecast.path.length, Math.max(1, Math.ceil(lead / series.step - 1e-9))) - 1;
  const t = series.start + (series.values.length - 1 + k) * series.step;
  return { t, lead, y: forecast.path[k]!, low: forecast.lower[k]!, high: forecast.upper[k]! };
}

/** Samples of the modelled world. A step's mean has the time of the step's end, as a rate has. */
function readingOf(
  measured: MetricView["measured"],
  now: EpochSeconds,
  target: TargetConfig,
  long: LongHistory | undefined,
): HistoryReading {
  const atEnds = (seconds: number): Samples => {
    const { times, values } = measured(seconds);
    return { times: times.map((t) => t + target.step), values };
  };
  return {
    samples: atEnds(readWindow(target)),
    partial: false,
    seriesCount: 1,
    source: "replay",
    // the modelled world measures every pod it has
    pods: { times: Float64Array.of(now), values: Float64Array.of(Number.POSITIVE_INFINITY) },
    ...(long && { longSamples: coarse(atEnds(long.range), now, long), longStep: long.step }),
  };
}

function replayScaler(view: () => View, set: (to: number) => void): Scaler {
  return {
    read: async () => ({ replicas: view().replicas, conditions: { readyReplicas: view().ready } }),
    scale: async (_, from, to) => {
      if (from !== view().replicas) return "conflict";
      set(to);
      return "done";
    },
  };
}

/** A state store in memory that keeps the encoded text, with a version that a claim must name. */
function memoryStore(): StateStore {
  let text: string | null = null;
  let version = 0;
  return {
    async read() {
      const decoded = text === null ? null : decode(text);
      const state = decoded?.ok ? decoded.value : { version: 1, targets: {} };
      return { state, version: String(version) };
    },
    async claim(state, claimed) {
      if (claimed !== String(version)) return "lost";
      text = encode(state);
      version++;
      return "claimed";
    },
  };
}
