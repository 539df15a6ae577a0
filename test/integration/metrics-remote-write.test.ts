/** Metrics of real runs by remote write into real Prometheus servers, 2 and 3: read back, equal to what the runs said, and the same series that OTLP makes. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { METRIC_PREFIX, METRIC_TABLE } from "../../job/report/metric-table.ts";
import { missingControlPlane, missingOtlp, missingPrometheus, otlpPrometheus, skip } from "../cluster/available.ts";
import { startPrometheus, type TestPrometheus } from "../cluster/prometheus.ts";
import { fakeServer } from "../fault/server.ts";
import { answer, type Rig, type RigRunResult, settings, startRig } from "./rig.ts";

const TARGET = 'namespace="metrics",kind="Deployment",name="stress-app"';
const LABELS = `{${TARGET},metric="cpu",unit="cores"`;

/** The load is stamped in whole seconds: another value of the same one would be refused. */
const nextSecond = () => new Promise((resolve) => setTimeout(resolve, 1500));
/** Far enough ahead that forecasts have their time. */
const later = () => Date.now() / 1000 + 200;

/** By the name of the server, its program; undefined: the one of the system. */
const SERVERS = [
  ["the system's Prometheus", missingPrometheus(), undefined],
  ["Prometheus 3", missingOtlp(), otlpPrometheus()],
] as const;

describe.each(SERVERS)("by remote write into %s", (_name, missing, binary) => {
  describe.skipIf(skip(missingControlPlane() ?? missing))("metrics of real runs", () => {
    const ends: (() => unknown)[] = [];
    const runs: RigRunResult[] = [];
    let rig: Rig;
    let prometheus: TestPrometheus;
    let load = 0.3;
    let source: { url: string };
    const run = (metrics: object, target: object = {}) =>
      rig.run({ ...settings(source.url, { step: 1, history: 400, ...target }), metrics });
    const value = async (query: string, time?: number) => {
      const [first, second] = await prometheus.query(query, time);
      expect(second, query).toBeUndefined();
      return first === undefined ? null : Number(first.value[1]);
    };
    const to = () => ({ remoteWrite: `${prometheus.url}/api/v1/write` });

    beforeAll(async () => {
      const fake = await fakeServer((seen) => ({ body: answer(seen.body, seen.url, () => load) }));
      source = fake;
      ends.push(fake.stop);
      rig = await startRig("metrics");
      ends.push(() => rig.stop());
      await rig.setReplicas(2);
      const flags = ["--web.enable-remote-write-receiver", ...(binary ? ["--web.enable-otlp-receiver"] : [])];
      prometheus = await startPrometheus({ ...(binary && { binary }), flags });
      ends.push(() => prometheus.stop());
      runs.push(await run(to()));
      // a fall that the stabilisation window holds, twice
      load = 0.05;
      for (let i = 0; i < 2; i++) {
        await nextSecond();
        runs.push(await run(to()));
      }
    });
    afterAll(async () => {
      for (const end of ends.reverse()) await end();
    });

    test("nothing was refused", () => {
      expect(runs.map(({ code, stderr }) => [code, stderr.includes("WARN")])).toEqual(Array(3).fill([0, false]));
      expect(runs.map(({ targets }) => targets[0]!.action)).toEqual(["scaled", "held", "held"]);
    });

    test("every metric of the table is there, under its name and no other", async () => {
      const found = await prometheus.query(`count by (__name__) ({__name__=~"${METRIC_PREFIX}.*"})`, later());
      const names = found.map(({ metric }) => metric.__name__!.replace(METRIC_PREFIX, ""));
      expect(names.sort()).toEqual(Object.keys(METRIC_TABLE).sort());
    });

    test("what was done, and for how long it was held", async () => {
      const { to: replicas, reason } = runs[2]!.targets[0]! as { to: number; reason: string };
      expect(await value(`${METRIC_PREFIX}desired_replicas{${TARGET}}`)).toBe(replicas);
      const reasons = await prometheus.query(`${METRIC_PREFIX}reason{${TARGET}} == 1`);
      expect(reasons.map(({ metric }) => metric.reason)).toEqual([reason]);
      const [second, third] = runs.slice(1).map(({ time }) => Date.parse(time) / 1000);
      expect(await value(`${METRIC_PREFIX}held_seconds{${TARGET}}`)).toBeCloseTo(third! - second!, 2);
      expect(third! - second!).toBeGreaterThan(1);
      const [last] = await prometheus.query(`${METRIC_PREFIX}last_success_timestamp_seconds`);
      expect(last!.metric).toMatchObject({ job: "prophet-autoscaler", instance: "metrics/prophet-autoscaler-state" });
      expect(Number(last!.value[1])).toBeCloseTo(third!, 1);
    });

    test("the forecast stands at the time that it is for, and not before", async () => {
      const at = (await value(`${METRIC_PREFIX}forecast_timestamp_seconds${LABELS}}`))!;
      const ahead = await value(`${METRIC_PREFIX}forecast_ahead${LABELS},level="0.5"}`);
      expect(await value(`${METRIC_PREFIX}forecast${LABELS},level="0.5"}`, at + 0.001)).toBe(ahead);
      expect(await value(`timestamp(${METRIC_PREFIX}forecast${LABELS},level="0.95"})`, at + 60)).toBeCloseTo(at, 2);
    });

    test("a lead that became shorter leaves its forecasts out, and warns nobody", async () => {
      await run(to(), { podStart: 300 });
      const before = await value(`timestamp(${METRIC_PREFIX}load${LABELS}})`);
      await nextSecond();
      const back = await run(to(), { podStart: 30 });
      expect([back.code, back.stderr.includes("WARN")]).toEqual([0, false]);
      expect(await value(`timestamp(${METRIC_PREFIX}load${LABELS}})`)).toBeGreaterThan(before!);
    });

    // Prometheus 2 takes no OTLP by default
    if (binary !== undefined) {
      test("they are the series that OTLP makes, label for label", async () => {
        const seriesOf = async () => {
          const found = await prometheus.query(
            `{__name__=~"${METRIC_PREFIX}.*",__name__!~".*_step_duration_.*"}`,
            later(),
          );
          return found.map(({ metric }) => JSON.stringify(Object.entries(metric).sort())).sort();
        };
        const before = await seriesOf();
        await nextSecond();
        const { code } = await run({ otlp: `${prometheus.url}/api/v1/otlp` }, { podStart: 300 });
        expect(code).toBe(0);
        expect(before.length).toBeGreaterThan(50);
        expect(await seriesOf()).toEqual(before);
      });
    }

    test("a Prometheus without the receiver is a warning and nothing else", async () => {
      const closed = await startPrometheus(binary ? { binary } : {});
      try {
        const { code, stderr } = await run({ remoteWrite: `${closed.url}/api/v1/write` });
        expect(code).toBe(0);
        expect(stderr).toMatch(
          /metrics to http:\/\/127\.0\.0\.1:\d+\/api\/v1\/write: 404: .*what was done is unchanged/,
        );
      } finally {
        await closed.stop();
      }
    });
  });
});
