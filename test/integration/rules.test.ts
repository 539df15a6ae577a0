/** The alert rules, unit-tested by promtool: when each fires and when it keeps still, on the series that kube-state-metrics gives for a CronJob. */
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { missingPrometheus, promtool, skip } from "../cluster/available.ts";

const rules = join(import.meta.dirname, "../../manifests/monitoring/rules.yaml");
const cronjob = 'namespace="shop",cronjob="prophet-autoscaler"';

/** Series by name with labels; values in promtool's own notation, one a minute from time 0. */
type Series = Readonly<Record<string, string>>;

/** A CronJob made at 0 that runs and is not suspended. */
const healthy: Series = {
  [`kube_cronjob_created{${cronjob}}`]: "0x240",
  [`kube_cronjob_spec_suspend{${cronjob}}`]: "0x240",
  [`kube_cronjob_status_last_successful_time{${cronjob}}`]: "5+60x240",
};
/** The last success was that of minute 10, at 605 s. */
const stuck = { [`kube_cronjob_status_last_successful_time{${cronjob}}`]: "5+60x10 605x230" };
/** Metrics of a run, of the target `web` or of the job. */
const target = 'namespace="shop",kind="Deployment",name="web"';
const ofTarget = (name: string, more = "") => `prophet_autoscaler_${name}{${target}${more}}`;
const ofMetric = (name: string, more = "") => ofTarget(name, `,metric="cpu",unit="cores"${more}`);
const ofJob = (name: string) => `prophet_autoscaler_${name}{job="prophet-autoscaler",instance="shop/state"}`;
/** A sawtooth of two minutes; the last value is wrong by 1 each time. */
const wave = {
  [ofMetric("load")]: "1 2 ".repeat(120).trim(),
  [ofMetric("forecast_last_value")]: "2 1 ".repeat(120).trim(),
};
const forecast = (values: string) => ({ ...wave, [ofMetric("forecast", ',level="0.5"')]: values.repeat(120).trim() });
const failed = (slot: number, values: string, reason = "BackoffLimitExceeded") => ({
  [`kube_job_status_failed{namespace="shop",job_name="prophet-autoscaler-${slot}",reason="${reason}"}`]: values,
});

/** What fires at each minute, by alert. */
const cases: readonly (readonly [string, Series, Readonly<Record<string, readonly string[]>>])[] = [
  ["all is well", healthy, { "0m": [], "20m": [], "4h": [] }],
  [
    "no run succeeds any more, as with an image that cannot be pulled: five minutes later, and for as long as it lasts",
    { ...healthy, ...stuck },
    { "15m": [], "17m": ["ProphetAutoscalerSilent"], "4h": ["ProphetAutoscalerSilent"] },
  ],
  [
    "it succeeds again: silent again",
    { ...healthy, [`kube_cronjob_status_last_successful_time{${cronjob}}`]: "5+60x10 605x19 1805+60x60" },
    { "20m": ["ProphetAutoscalerSilent"], "31m": [] },
  ],
  [
    "it has never succeeded: ten minutes after it was made",
    {
      [`kube_cronjob_created{${cronjob}}`]: "0x240",
      [`kube_cronjob_spec_suspend{${cronjob}}`]: "0x240",
    },
    { "9m": [], "12m": ["ProphetAutoscalerNeverSucceeded"] },
  ],
  [
    "suspended on purpose: no alarm, but a reminder after an hour",
    { ...healthy, ...stuck, [`kube_cronjob_spec_suspend{${cronjob}}`]: "0x9 1x230" },
    { "30m": [], "65m": [], "75m": ["ProphetAutoscalerSuspended"] },
  ],
  [
    "three of the kept runs failed, whatever the reason",
    { ...healthy, ...failed(1, "1x60"), ...failed(2, "1x60", "DeadlineExceeded"), ...failed(3, "_x4 1x60") },
    { "4m": [], "9m": ["ProphetAutoscalerRunsFail"] },
  ],
  [
    "two failed: the next tick was the retry",
    { ...healthy, ...failed(1, "1x60"), ...failed(2, "1x60") },
    { "30m": [] },
  ],
  [
    "jobs of others fail",
    {
      ...healthy,
      'kube_job_status_failed{namespace="shop",job_name="nightly-1"}': "1x60",
      'kube_job_status_failed{namespace="shop",job_name="nightly-2"}': "1x60",
      'kube_job_status_failed{namespace="shop",job_name="nightly-3"}': "1x60",
    },
    { "30m": [] },
  ],
  [
    "the metrics of a run tell of no success: for ten minutes, and for as long as the last day knows of one",
    { [ofJob("last_success_timestamp_seconds")]: "5+60x10 _x230" },
    { "15m": [], "23m": ["ProphetAutoscalerNoSuccess"], "4h": ["ProphetAutoscalerNoSuccess"] },
  ],
  [
    "a target is blind, and sees again",
    { [ofTarget("blind_seconds")]: "0x9 600+60x10 0x20" },
    { "9m": [], "12m": ["ProphetAutoscalerBlind"], "25m": [] },
  ],
  ["a forecast as good as the last value", forecast("2 1 "), { "90m": [] }],
  ["a forecast that is better", forecast("1.5 1.5 "), { "90m": [] }],
  [
    "a forecast that is worse than the last value for an hour",
    forecast("3 0 "),
    { "5m": [], "90m": ["ProphetAutoscalerForecastWorse"] },
  ],
  [
    "at the maximum with more wanted for a quarter of an hour; at the maximum with enough is no alarm",
    {
      [ofTarget("desired_replicas")]: "10x60",
      [ofTarget("max_replicas")]: "10x60",
      [ofTarget("needed_replicas")]: "10x9 12x25 10x25",
    },
    { "9m": [], "20m": [], "27m": ["ProphetAutoscalerAtMax"], "40m": [] },
  ],
  [
    "another target's maximum is its own",
    {
      [ofTarget("desired_replicas")]: "10x60",
      [ofTarget("max_replicas")]: "10x60",
      [ofTarget("needed_replicas").replace('"web"', '"web-api"')]: "12x60",
    },
    { "30m": [] },
  ],
  [
    "overruled by another writer",
    { [ofTarget("reason", ',reason="Overruled"')]: "0x9 1x10 0x10" },
    { "9m": [], "14m": ["ProphetAutoscalerOverruled"], "25m": [] },
  ],
  [
    "a state of four fifths of its limit",
    { [ofJob("state_bytes")]: "100x9 900x60", [ofJob("state_limit_bytes")]: "1000x60" },
    { "9m": [], "20m": [], "30m": ["ProphetAutoscalerStateLarge"] },
  ],
];
const { groups } = parse(readFileSync(rules, "utf8")) as { groups: { rules: { alert: string }[] }[] };
const alerts = groups.flatMap((group) => group.rules.map(({ alert }) => alert));

test("each alert fires in a case, and no case names another", () => {
  const fired = new Set(cases.flatMap(([, , firing]) => Object.values(firing).flat()));
  expect([...fired].sort(), "the alerts of the cases above, beside those of rules.yaml").toEqual([...alerts].sort());
});

describe.skipIf(skip(missingPrometheus()))("the alert rules, by promtool", () => {
  let dir: string;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), "rules-"));
  });
  afterAll(() => rm(dir, { recursive: true, force: true }));

  /** Runs promtool on one case; resolves to what it says, rejects when an alert fires or keeps still where it must not. */
  async function check(series: Series, firing: Readonly<Record<string, readonly string[]>>): Promise<string> {
    const values = Object.entries(series).map(([name, text]) => ({ series: name, values: text }));
    // of the alerts' own labels and texts only the names are compared, so the expressions are asked for ALERTS
    const tests = Object.entries(firing).flatMap(([eval_time, names]) =>
      alerts.map((name) => ({
        expr: `count(ALERTS{alertname="${name}",alertstate="firing"})`,
        eval_time,
        exp_samples: names.includes(name) ? [{ labels: "{}", value: 1 }] : [],
      })),
    );
    const file = join(dir, "test.json");
    const text = {
      rule_files: [rules],
      evaluation_interval: "30s",
      tests: [{ interval: "1m", input_series: values, promql_expr_test: tests }],
    };
    await writeFile(file, JSON.stringify(text));
    return (await promisify(execFile)(promtool()!, ["test", "rules", file])).stdout;
  }

  test.each(cases)("%s", async (_what, series, firing) => {
    expect(await check(series, firing)).toMatch(/SUCCESS/);
  });

  test("promtool would say if one fired or kept still where it must not", async () => {
    await expect(check(healthy, { "20m": ["ProphetAutoscalerSilent"] })).rejects.toThrow(/FAILED/);
    await expect(check({ ...healthy, ...stuck }, { "30m": [] })).rejects.toThrow(/FAILED/);
  });
});
