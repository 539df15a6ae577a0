/** The whole job on real servers: Prometheus with cadvisor's series or over a running stress-app, the API server with the base manifests. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { missingControlPlane, missingPrometheus, skip } from "../cluster/available.ts";
import { freePort, startPrometheus, type TestPrometheus } from "../cluster/prometheus.ts";
import { type Rig, settings, startRig } from "./rig.ts";

const missing = missingControlPlane() ?? missingPrometheus();

/** OpenMetrics of CPU counters, one sample every 15 s over `seconds` up to `end`; `cores` per series. */
function counters(end: number, seconds: number, series: readonly (readonly [string, number])[]): string {
  const lines = ["# TYPE container_cpu_usage_seconds counter"];
  for (const [labels, cores] of series) {
    for (let t = -seconds; t <= 0; t += 15) {
      lines.push(`container_cpu_usage_seconds_total{${labels}} ${((t + seconds) * cores).toFixed(3)} ${end + t}`);
    }
  }
  return `${lines.join("\n")}\n# EOF\n`;
}

const pod = (name: string, container: string, namespace = "shop") =>
  `namespace="${namespace}",pod="${name}",container="${container}"`;

describe.skipIf(skip(missing))("the job on cadvisor's series", () => {
  let rig: Rig;
  let prometheus: TestPrometheus;
  beforeAll(async () => {
    const end = Math.floor(Date.now() / 1000) + 900;
    prometheus = await startPrometheus({
      history: counters(end, 2880, [
        // two pods of 0.115 cores: 5 replicas of 0.05; the sum is far from what four would carry within the tolerance, which is 0.22
        [pod("stress-app-5d4f8c9b7-x2x4z", "stress-app"), 0.115],
        [pod("stress-app-5d4f8c9b7-bcdfg", "stress-app"), 0.115],
        // the same again as pod-level cgroup and pause container, which count twice without a filter
        [pod("stress-app-5d4f8c9b7-x2x4z", ""), 0.115],
        [pod("stress-app-5d4f8c9b7-x2x4z", "POD"), 0.115],
        // the same container scraped by a second job
        [`${pod("stress-app-5d4f8c9b7-x2x4z", "stress-app")},job="second"`, 0.115],
        // others: a workload whose name begins alike, another namespace, a DaemonSet, a StatefulSet
        [pod("stress-app-api-5d4f8c9b7-x2x4z", "stress-app"), 3],
        [pod("stress-app-5d4f8c9b7-x2x4z", "stress-app", "other"), 3],
        [pod("stress-app-x2x4z", "stress-app"), 3],
        [pod("stress-app-0", "stress-app"), 3],
      ]),
    });
    rig = await startRig();
    await rig.setReplicas(2);
  });
  afterAll(async () => {
    await rig?.stop();
    await prometheus?.stop();
  });

  test("the default query sees this Deployment's containers once each, and the replicas follow the forecast", async () => {
    const run = await rig.run(settings(prometheus.url));
    expect(run).toMatchObject({ code: 0, targets: [{ name: "stress-app", action: "scaled", from: 2, to: 5 }] });
    const { forecast, to } = run.targets[0]!;
    expect(forecast!.quantile).toBeGreaterThan(0.22);
    expect(forecast!.quantile).toBeLessThan(0.24);
    expect(to).toBe(Math.ceil(forecast!.quantile / 0.05));
    expect(await rig.replicas()).toBe(5);
    expect(await rig.memory()).toContain("shop/stress-app");
  });

  test("an immediate second run changes nothing", async () => {
    await rig.mark();
    expect(await rig.run(settings(prometheus.url))).toMatchObject({
      code: 0,
      targets: [{ action: expect.stringMatching(/^(unchanged|held)$/), from: 5, to: 5 }],
    });
    expect(
      (await rig.calls()).filter((call) => call.objectRef?.subresource === "scale").map((call) => call.verb),
    ).toEqual(["get"]);
  });

  test("a workload without series is no data, not zero load", async () => {
    const run = await rig.run(settings(prometheus.url, {}, { query: "sum(no_such_metric)" }));
    expect(run).toMatchObject({ code: 0, targets: [{ action: "held", from: 5, to: 5, reason: "NoData" }] });
  });

  test("a query of many series holds and says so", async () => {
    const run = await rig.run(settings(prometheus.url, {}, { query: "rate(container_cpu_usage_seconds_total[1m])" }));
    expect(run).toMatchObject({ code: 0, targets: [{ action: "held", to: 5, reason: "SeveralSeries" }] });
  });

  test("a wrong query fails with Prometheus' own words", async () => {
    const run = await rig.run(settings(prometheus.url, {}, { query: "sum(" }));
    expect(run.code).toBe(1);
    expect(run.targets[0]!.message).toMatch(/400 bad_data.*parse error/);
  });

  test("Prometheus is down: the replicas stay, the exit code and the message say why; back, it goes on", async () => {
    await prometheus.pause();
    const down = await rig.run(settings(prometheus.url));
    expect(down).toMatchObject({ code: 1, targets: [{ action: "failed", from: 5, to: 5 }] });
    expect(down.targets[0]!.message).toMatch(/vector\(1\).*ECONNREFUSED.*replicas stay/s);
    expect(await rig.replicas()).toBe(5);
    await prometheus.resume();
    expect(await rig.run(settings(prometheus.url))).toMatchObject({ code: 0, targets: [{ to: 5 }] });
  });
});

describe.skipIf(skip(missing))("the job over a running stress-app", () => {
  let rig: Rig;
  let prometheus: TestPrometheus;
  let app: ChildProcess;
  let url = "";
  beforeAll(async () => {
    const port = await freePort();
    app = spawn(process.execPath, ["stress-app/server.ts", "--port", String(port), "--workers", "1"], {
      stdio: "pipe",
    });
    await once(app.stdout!, "data");
    url = `http://127.0.0.1:${port}`;
    prometheus = await startPrometheus({
      scrape: [{ job: "stress-app", targets: [`127.0.0.1:${port}`] }],
      interval: 1,
    });
    rig = await startRig();
    await rig.setReplicas(1);
  });
  afterAll(async () => {
    if (app && app.exitCode === null) {
      app.kill("SIGKILL");
      await once(app, "exit");
    }
    await rig?.stop();
    await prometheus?.stop();
  });

  /** Burns on the one worker for so long: about one core, less where others compete for it. */
  async function burn(seconds: number): Promise<void> {
    const end = Date.now() + seconds * 1000;
    while (Date.now() < end) await (await fetch(`${url}/stress?intensity=0.5`)).text();
  }

  test("load comes: out at once, as forecast; load goes: in, but only after the stabilisation", async () => {
    const window = 15;
    const target = {
      // three pods for a tenth of a core: on a busy machine the one worker gets far less than a whole one
      targetCpu: 0.05,
      history: 60,
      step: 1,
      horizon: 5,
      interval: 5,
      podStart: 1,
      metricLag: 2,
      minCoverage: 0.2,
      // the load ends at once: where runs are seconds apart, this looks like an outage, which holds for minutes
      suddenDropHold: 0,
      behavior: { scaleDown: { stabilizationWindowSeconds: window } },
    };
    const config = settings(prometheus.url, target, {
      query: 'sum(rate(process_cpu_seconds_total{job="stress-app"}[5s]))',
    });
    await burn(30);
    const up = await rig.run(config);
    expect(up).toMatchObject({ code: 0, targets: [{ action: "scaled", from: 1 }] });
    const high = up.targets[0]!.to!;
    expect(high).toBeGreaterThanOrEqual(3);
    // the present demand may need one more than pays within the tolerance
    expect(high).toBeGreaterThanOrEqual(Math.min(10, Math.ceil(up.targets[0]!.forecast!.quantile / 0.05 - 1e-9)));
    expect(await rig.replicas()).toBe(high);

    // no load any more: until the window has passed since the last high recommendation, nothing shrinks
    const ended = Date.now();
    let last = await rig.run(config);
    while (last.targets[0]!.to === high && Date.now() - ended < 120_000) {
      // the window is real time; each run costs a second
      await new Promise((resolve) => setTimeout(resolve, 2000));
      last = await rig.run(config);
    }
    const waited = (Date.now() - ended) / 1000;
    expect(last).toMatchObject({ code: 0, targets: [{ action: "scaled", from: high }] });
    expect(last.targets[0]!.to).toBeLessThan(high);
    expect(waited).toBeGreaterThan(window - 3);
    expect(await rig.replicas()).toBe(last.targets[0]!.to);
  });
});
