/** Metrics of real runs in a real Prometheus: sent by each way, read back, and equal to what the runs said. */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { METRIC_PREFIX, METRIC_TABLE } from "../../job/report/metric-table.ts";
import {
  missingControlPlane,
  missingOtlp,
  missingPrometheus,
  otlpPrometheus,
  promtool,
  skip,
} from "../cluster/available.ts";
import { freePort, startPrometheus, type TestPrometheus } from "../cluster/prometheus.ts";
import { fakeServer } from "../fault/server.ts";
import { answer, type Rig, type RigRunResult, settings, startRig } from "./rig.ts";

const pushgateway = process.env.PUSHGATEWAY ?? "/usr/bin/prometheus-pushgateway";
const missingPushgateway = existsSync(pushgateway)
  ? undefined
  : "the Pushgateway is missing: apt-get install prometheus-pushgateway";
const TARGET = 'namespace="metrics",kind="Deployment",name="stress-app"';
const LABELS = `{${TARGET},metric="cpu",unit="cores"`;

/** The load is stamped in whole seconds: another value of the same one would be refused. */
const nextSecond = () => new Promise((resolve) => setTimeout(resolve, 1500));

describe.skipIf(skip(missingControlPlane() ?? missingOtlp()))("metrics of real runs", () => {
  const ends: (() => unknown)[] = [];
  let dir: string;
  let rig: Rig;
  let source: { url: string };
  let load = 0.22;
  /** Steps of a second: each run sees a newer one. The HPA beside the decisions needs more than five minutes of them. */
  const run = (metrics: object, options: object = {}, target: object = {}) =>
    rig.run({ ...settings(source.url, { step: 1, history: 400, ...target }), metrics }, options);

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), "metrics-"));
    ends.push(() => rm(dir, { recursive: true }));
    const fake = await fakeServer((seen) => ({ body: answer(seen.body, seen.url, () => load) }));
    source = fake;
    ends.push(fake.stop);
    rig = await startRig("metrics");
    ends.push(() => rig.stop());
    await rig.setReplicas(2);
  });
  afterAll(async () => {
    for (const end of ends.reverse()) await end();
  });

  describe("by OTLP", () => {
    let prometheus: TestPrometheus;
    const runs: RigRunResult[] = [];
    const value = async (query: string, time?: number) => {
      const [first, second] = await prometheus.query(query, time);
      expect(second, query).toBeUndefined();
      return first === undefined ? null : Number(first.value[1]);
    };

    beforeAll(async () => {
      prometheus = await startPrometheus({ binary: otlpPrometheus()!, flags: ["--web.enable-otlp-receiver"] });
      ends.push(() => prometheus.stop());
      const to = { otlp: `${prometheus.url}/api/v1/otlp` };
      runs.push(await run(to));
      await nextSecond();
      load = 0.3;
      runs.push(await run(to));
    });

    test("nothing was refused, and the runs are as they are without", () => {
      expect(runs.map(({ code, stderr }) => [code, stderr.includes("WARN")])).toEqual([
        [0, false],
        [0, false],
      ]);
    });

    test("every metric of the table is there, under its name and no other", async () => {
      const found = await prometheus.query(
        `count by (__name__) ({__name__=~"${METRIC_PREFIX}.*"})`,
        Date.now() / 1000 + 200,
      );
      const names = found.map(({ metric }) => metric.__name__!.replace(METRIC_PREFIX, ""));
      expect(names.sort()).toEqual(Object.keys(METRIC_TABLE).sort());
    });

    test("what was done, and why", async () => {
      const { to, from, reason } = runs[1]!.targets[0]! as { to: number; from: number; reason: string };
      expect(await value(`${METRIC_PREFIX}desired_replicas{${TARGET}}`)).toBe(to);
      expect(await value(`${METRIC_PREFIX}current_replicas{${TARGET}}`)).toBe(from);
      // 0.3 cores all the time, of which a pod of the HPA beside it should carry 0.039
      expect(await value(`${METRIC_PREFIX}hpa_desired_replicas{${TARGET}}`)).toBe(8);
      // a load that stands still lies within any band
      expect(await value(`${METRIC_PREFIX}forecast_coverage_ratio${LABELS}}`)).toBe(1);
      expect(await value(`${METRIC_PREFIX}held_seconds{${TARGET}}`)).toBe(0);
      const reasons = await prometheus.query(`${METRIC_PREFIX}reason{${TARGET}} == 1`);
      expect(reasons.map(({ metric }) => metric.reason)).toEqual([reason]);
      expect(await value(`${METRIC_PREFIX}last_success_timestamp_seconds`)).toBeCloseTo(
        Date.parse(runs[1]!.time) / 1000,
        1,
      );
      const [last] = await prometheus.query(`${METRIC_PREFIX}last_run_timestamp_seconds`);
      expect(last!.metric).toMatchObject({ job: "prophet-autoscaler", instance: "metrics/prophet-autoscaler-state" });
    });

    test("the forecast stands at the time that it is for, and not before", async () => {
      const at = (await value(`${METRIC_PREFIX}forecast_timestamp_seconds${LABELS}}`))!;
      const ahead = await value(`${METRIC_PREFIX}forecast_ahead${LABELS},level="0.5"}`);
      expect(at).toBeGreaterThan(Date.now() / 1000);
      expect(await value(`${METRIC_PREFIX}forecast${LABELS},level="0.5"}`, at + 0.001)).toBe(ahead);
      expect(await value(`${METRIC_PREFIX}forecast${LABELS},level="0.5"}`)).toBeNull();
      // the load that was known then, at the same time
      expect(await value(`${METRIC_PREFIX}forecast_last_value${LABELS}}`, at + 0.001)).toBe(0.3);
      expect(await value(`timestamp(${METRIC_PREFIX}forecast${LABELS},level="0.95"})`, at + 60)).toBeCloseTo(at, 2);
    });

    test("a Prometheus without the receiver, or that is down, is a warning and nothing else", async () => {
      const closed = await startPrometheus({ binary: otlpPrometheus()! });
      try {
        const { code, stderr } = await run({ otlp: `${closed.url}/api/v1/otlp` });
        expect(code).toBe(0);
        expect(stderr).toMatch(
          /metrics to http:\/\/127\.0\.0\.1:\d+\/api\/v1\/otlp: 404: .*what was done is unchanged/,
        );
      } finally {
        await closed.stop();
      }
      const { code, stderr } = await run({ otlp: `${closed.url}/api/v1/otlp` });
      expect(code).toBe(0);
      expect(stderr).toContain("ECONNREFUSED");
    });

    test("its limits are those that the page names: ten minutes ahead, and no way back", async () => {
      const lead = (podStart: number) => run({ otlp: `${prometheus.url}/api/v1/otlp` }, {}, { podStart });
      // further ahead than Prometheus takes: the forecast stays out, and all else arrives
      const far = await lead(580);
      expect(far.stderr).not.toContain("WARN");
      expect(await value(`${METRIC_PREFIX}forecast_lead_seconds${LABELS}}`)).toBeGreaterThan(600);
      expect(
        await value(
          `max_over_time(timestamp(${METRIC_PREFIX}forecast${LABELS},level="0.5"})[15m:1s])`,
          Date.now() / 1000 + 900,
        ),
      ).toBeLessThan(Date.now() / 1000 + 570);
      // a lead that became shorter
      await lead(300);
      const before = await value(`timestamp(${METRIC_PREFIX}load${LABELS}})`);
      await nextSecond();
      const back = await lead(30);
      expect(back.code).toBe(0);
      expect(back.stderr).not.toContain("WARN");
      // what else is stamped is not lost with it
      expect(await value(`timestamp(${METRIC_PREFIX}load${LABELS}})`)).toBeGreaterThan(before!);
    });
  });

  test.skipIf(skip(missingPrometheus()))(
    "a textfile passes promtool's check, and a real Prometheus scrapes it",
    async () => {
      const textfile = join(dir, "job.prom");
      expect((await run({ textfile })).code).toBe(0);
      const text = await readFile(textfile, "utf8");
      const child = promisify(execFile)(promtool()!, ["check", "metrics"]);
      child.child.stdin!.end(text);
      expect(await child).toEqual({ stdout: "", stderr: "" });
      const collector = createServer((_request, response) => {
        response.setHeader("content-type", "text/plain; version=0.0.4");
        response.end(text);
      }).listen(0, "127.0.0.1");
      await once(collector, "listening");
      const { port } = collector.address() as { port: number };
      const prometheus = await startPrometheus({ scrape: [{ job: "node", targets: [`127.0.0.1:${port}`] }] });
      try {
        await expect.poll(() => prometheus.query(`${METRIC_PREFIX}desired_replicas{${TARGET}}`)).toHaveLength(1);
      } finally {
        await prometheus.stop();
        collector.close();
      }
    },
  );

  test.skipIf(skip(missingPushgateway))(
    "a real Pushgateway keeps one group, and the success of before a failure",
    async () => {
      const port = await freePort();
      const child = spawn(
        "/usr/bin/setpriv",
        ["--pdeathsig", "KILL", pushgateway, `--web.listen-address=127.0.0.1:${port}`],
        {
          stdio: "ignore",
        },
      );
      const url = `http://127.0.0.1:${port}`;
      const page = async () => (await fetch(`${url}/metrics`)).text();
      try {
        await expect.poll(() => page().catch(() => "")).toContain("pushgateway_build_info");
        expect((await run({ pushgateway: url })).code).toBe(0);
        const { code } = await rig.run({
          ...settings("http://127.0.0.1:9", {}, { retries: 0 }),
          metrics: { pushgateway: url },
        });
        expect(code).toBe(1);
        const lines = (await page()).split("\n").filter((line) => line.startsWith(METRIC_PREFIX));
        expect(
          lines.every((line) => line.includes('instance="metrics/prophet-autoscaler-state",job="prophet-autoscaler"')),
        ).toBe(true);
        const one = (name: string) => lines.filter((line) => line.startsWith(`${METRIC_PREFIX}${name}`));
        expect(one("last_success_timestamp_seconds")).toHaveLength(1);
        expect(one("action").filter((line) => line.endsWith(" 1"))).toEqual([
          expect.stringContaining('action="failed"'),
        ]);
      } finally {
        const gone = once(child, "exit");
        child.kill("SIGKILL");
        await gone;
      }
    },
  );
});
