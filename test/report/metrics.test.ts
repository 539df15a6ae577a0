/** The metrics of a run: every one of the table is made by some run, with all its labels, and says what the run recorded. */
import { describe, expect, test } from "vitest";
import { REASONS } from "../../job/core/policy/reasons.ts";
import { tick } from "../../job/core/tick.ts";
import type { MetricFamily, Outcome } from "../../job/ports.ts";
import { METRIC_PREFIX, METRIC_TABLE } from "../../job/report/metric-table.ts";
import { collectMetrics, FAILED_REASONS, type MeasuredTargets, reportForMetrics } from "../../job/report/metrics.ts";
import { FAILURES } from "../../job/run/explanations.ts";
import { config, NOW } from "../fakes/config.ts";
import { constant } from "../fakes/forecaster.ts";
import { reading } from "../fakes/ports.ts";

/** All metrics of a run at once. */
function metricsOfRun(measured: MeasuredTargets): readonly MetricFamily[] {
  const all = collectMetrics();
  all.add(measured);
  return all.families();
}

/** Whatever the lead, its last step is told apart from its neighbours. */
const rising = (from: number) => Float64Array.from({ length: 40 }, (_, i) => from + i / 100);
const target = config({ quantile: 0.9 });
const { record } = tick(
  {
    now: NOW,
    histories: [reading(() => 2, NOW)],
    current: 3,
    pods: 3,
    conditions: {},
    memory: undefined,
    config: target,
  },
  constant(2.5, { path: rising(2), lower: rising(1), upper: rising(3), skill: 0.8, coverage: 0.85 }),
);
const outcome: Outcome = {
  namespace: "shop",
  name: "web",
  object: "Deployment/web",
  sets: "replicas",
  action: "scaled",
  from: 3,
  to: 5,
  reason: "ForecastQuantile",
  message: "",
  forecast: null,
  metrics: [],
  trail: [],
};
const whole: MeasuredTargets = {
  now: NOW,
  run: { exitCode: 0, timings: { history: 1500 }, state: { bytes: 100, limit: 1000 } },
  reported: [{ target, record, outcome }],
  hpa: [4],
};

/** `name{labels}` without the target's own -> value. */
function flat(families: readonly MetricFamily[]): Readonly<Record<string, number>> {
  const own = new Set(["namespace", "kind", "name", "metric", "unit"]);
  const entries = families.flatMap(({ name, samples }) =>
    samples.map(({ labels, value }) => {
      const rest = Object.entries(labels).filter(([label]) => !own.has(label));
      return [`${name.replace(METRIC_PREFIX, "")}${rest.map(([label, text]) => `{${label}=${text}}`).join("")}`, value];
    }),
  );
  return Object.fromEntries(entries);
}
const withOutcome = (more: Partial<Outcome>): MeasuredTargets => ({
  ...whole,
  reported: [{ target, record, outcome: { ...outcome, ...more } }],
});

describe("the metrics of a run", () => {
  test("are those of the table, in its order, each with all of its labels", () => {
    const made = metricsOfRun(whole);
    expect(made.map(({ name }) => name)).toEqual(Object.keys(METRIC_TABLE).map((name) => METRIC_PREFIX + name));
    for (const { name, help, labels, samples } of made) {
      expect(help.length, name).toBeGreaterThan(10);
      for (const sample of samples) expect(Object.keys(sample.labels), name).toEqual(labels);
      const keys = samples.map((sample) => JSON.stringify(sample.labels));
      expect(new Set(keys).size, name).toBe(keys.length);
    }
  });

  test("have a time of their own where the table says so, and nowhere else", () => {
    for (const { name, samples } of metricsOfRun(whole)) {
      const { stamp } = METRIC_TABLE[name.replace(METRIC_PREFIX, "") as keyof typeof METRIC_TABLE];
      for (const { at } of samples) expect(at !== undefined, name).toBe(stamp === "own");
    }
  });

  test("say what was recorded", () => {
    const [metric] = record.metrics;
    const end = metric!.series!.start + (metric!.series!.values.length - 1) * metric!.series!.step;
    const { step } = metric!.series!;
    const steps = Math.ceil(metric!.lead / step);
    const families = metricsOfRun(whole);
    expect(flat(families)).toMatchObject({
      load: 2,
      demand: 2,
      "forecast{level=0.05}": 1 + (steps - 1) / 100,
      "forecast{level=0.5}": 2 + (steps - 1) / 100,
      "forecast_ahead{level=0.95}": 3 + (steps - 1) / 100,
      forecast_last_value: 2,
      forecast_peak: (metric!.forecast!.parts?.at(-1) ?? metric!.forecast!).max,
      planned_load: metric!.quantile,
      planned_level_ratio: metric!.level,
      forecast_skill_ratio: 0.8,
      forecast_coverage_ratio: 0.85,
      current_replicas: 3,
      desired_replicas: 5,
      needed_replicas: record.recommendation,
      hpa_desired_replicas: 4,
      min_replicas: target.minReplicas,
      max_replicas: target.maxReplicas,
      held_seconds: 0,
      blind_seconds: 0,
      "step_duration_seconds{step=history}": 1.5,
      state_limit_bytes: 1000,
      last_success_timestamp_seconds: NOW,
    });
    const samplesOf = (name: string) => families.find((family) => family.name === METRIC_PREFIX + name)!.samples;
    expect(samplesOf("load").map(({ at }) => at)).toEqual([end]);
    const lead = steps * step;
    expect(new Set(samplesOf("forecast").map(({ at }) => at))).toEqual(new Set([end + lead]));
    expect(samplesOf("forecast_timestamp_seconds").map(({ value }) => value)).toEqual([end + lead]);
    expect(lead).toBeGreaterThan(target.interval);
  });

  test("are the same of a report that is made shorter: by each length of the forecast, with parts and without, of no series too", () => {
    const [metric] = record.metrics;
    const parts = [1, 2, 9].map((max) => ({ max, maxQuantiles: [max] }));
    const empty = { ...metric!.series!, values: new Float64Array(), filled: new Uint8Array() };
    const of = (more: Partial<(typeof record.metrics)[number]>) => ({
      target,
      outcome,
      record: { ...record, metrics: [{ ...metric!, ...more }] },
    });
    const forecast = metric!.forecast!;
    const cut = (n: number) => ({ ...forecast, path: rising(2).slice(0, n), lower: rising(1).slice(0, n) });
    const reports = [
      ...[{ ...forecast, parts }, cut(1), cut(3), null].map((made) => of({ forecast: made })),
      ...[1, 16, 200, 900].map((lead) => of({ lead })),
      ...[empty, null].map((series) => of({ series })),
      { target, record: null, outcome },
    ];
    for (const report of reports) {
      const short = { ...whole, reported: [reportForMetrics(report)] };
      expect(metricsOfRun(short)).toEqual(metricsOfRun({ ...whole, reported: [report] }));
    }
    expect(flat(metricsOfRun({ ...whole, reported: [reports[0]!] })).forecast_peak).toBe(9);
  });

  test("a gap that was filled is no measured load", () => {
    const filled = record.metrics.map((metric) => ({
      ...metric,
      series: { ...metric.series!, filled: metric.series!.filled.map(() => 1) },
    }));
    const made = metricsOfRun({ ...whole, reported: [{ target, outcome, record: { ...record, metrics: filled } }] });
    expect(flat(made)).not.toHaveProperty("load");
    expect(flat(made)).toHaveProperty("forecast_last_value");
  });

  test("what is not known is left out, never zero", () => {
    const failed: Outcome = { ...outcome, action: "failed", from: null, to: null, reason: "HistoryError" };
    const made = flat(
      metricsOfRun({
        ...whole,
        run: { exitCode: 1, timings: {}, state: null },
        hpa: [null],
        reported: [{ target, record: null, outcome: failed }],
      }),
    );
    expect(made).toMatchObject({ "action{action=failed}": 1, "action{action=scaled}": 0 });
    for (const name of [
      "current_replicas",
      "desired_replicas",
      "needed_replicas",
      "held_seconds",
      "hpa_desired_replicas",
      "demand",
      "state_bytes",
      "last_success_timestamp_seconds",
    ])
      expect(made).not.toHaveProperty(name);
    const unknown = record.metrics.map((metric) => ({
      ...metric,
      demand: Number.NaN,
      quantile: Number.NaN,
      forecast: { ...metric.forecast!, skill: Number.NaN, coverage: Number.NaN },
    }));
    const dark = metricsOfRun({ ...whole, reported: [{ target, outcome, record: { ...record, metrics: unknown } }] });
    for (const name of ["demand", "planned_load", "forecast_skill_ratio", "forecast_coverage_ratio"])
      expect(flat(dark)).not.toHaveProperty(name);
  });

  test.each([
    [null, 0],
    [NOW, 0],
    [NOW - 240, 240],
    [NOW + 5, 0],
  ])("held since %s", (heldSince, seconds) => {
    const made = metricsOfRun({ ...whole, reported: [{ target, outcome, record: { ...record, heldSince } }] });
    expect(flat(made)).toMatchObject({ held_seconds: seconds });
  });

  test("blind since then", () => {
    expect(flat(metricsOfRun(withOutcome({ blindSince: NOW - 900 })))).toMatchObject({ blind_seconds: 900 });
    expect(flat(metricsOfRun(withOutcome({ blindSince: NOW + 5 })))).toMatchObject({ blind_seconds: 0 });
  });

  test.each([...Object.keys(REASONS), ...FAILED_REASONS, "TypeError", "constructor"])(
    "exactly one reason is 1: %s",
    (reason) => {
      const made = flat(metricsOfRun(withOutcome({ reason })));
      const ones = Object.keys(made).filter((key) => key.startsWith("reason{") && made[key] === 1);
      const known = Object.hasOwn(REASONS, reason) || Object.hasOwn(FAILURES, reason);
      expect(ones).toEqual([`reason{reason=${known ? reason : "Error"}}`]);
    },
  );

  test("failures have the names of the page of reasons", () => {
    expect([...FAILED_REASONS].sort()).toEqual(Object.keys(FAILURES).sort());
  });
});
