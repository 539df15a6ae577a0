/** Clocks that disagree and time that is lost: the node 90 s off, Prometheus 90 s off, one of two, a pause of an hour. The time of Prometheus counts. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { missingControlPlane, skip } from "../cluster/available.ts";
import { type FakeServer, fakeServer } from "../fault/server.ts";
import { answer, type Rig, settings, startRig } from "./rig.ts";

/** Makes every clock of the job's process wrong by so many seconds, as on a node without NTP. */
function wrongBy(seconds: number): Readonly<Record<string, string>> {
  const code = `const Right = Date; const by = ${seconds} * 1000;
    globalThis.Date = class extends Right { constructor(...given) { super(...(given.length ? given : [Right.now() + by])); } static now() { return Right.now() + by; } };`;
  return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(code)}` };
}

describe.skipIf(skip(missingControlPlane()))("clocks", () => {
  let rig: Rig;
  let prometheus: FakeServer;
  /** Seconds that the clock of Prometheus, and its data with it, are ahead of the machine's. */
  let ahead = 0;
  let load = (_time: number): number => 0.22;
  /** Seconds that the newest sample is behind the clock of Prometheus. */
  let late = 0;
  let config: object;

  const time = () => Date.now() / 1000 + ahead;
  beforeAll(async () => {
    prometheus = await fakeServer((seen) => {
      const fresh = (at: number) => at <= time() - late;
      const body = JSON.parse(answer(seen.body, seen.url, (at) => load(at), time)) as {
        data: { result: { values?: [number, string][] }[] };
      };
      for (const series of body.data.result) series.values &&= series.values.filter(([at]) => fresh(at));
      return { body: JSON.stringify(body) };
    });
    rig = await startRig();
    config = settings(prometheus.url);
  });
  afterAll(async () => {
    await prometheus?.stop();
    await rig?.stop();
  });
  beforeEach(async () => {
    [ahead, late, load] = [0, 0, () => 0.22];
    await rig.setReplicas(2);
    await rig.setMemory(null);
  });
  /** When the newest recommendation was remembered. */
  const remembered = async () =>
    Math.max(...(JSON.parse(await rig.memory()) as { t: Record<string, { w: number[] }> }).t["shop/stress-app"]!.w);

  test.each([90, -90])(
    "the node's clock is off by %i s: a warning with the number, and the time of Prometheus counts",
    async (seconds) => {
      const run = await rig.run(config, { env: wrongBy(seconds) });
      expect(run.stderr).toMatch(/clock of the metric source is (89|90|91)\.\d s away from ours; its time is used/);
      expect(run).toMatchObject({ code: 0, targets: [{ action: "scaled", from: 2, to: 5 }] });
      expect(Math.abs((await remembered()) - Date.now() / 1000)).toBeLessThan(30);
    },
  );

  test.each([90, -90])(
    "the clock of Prometheus is off by %i s: a warning, and the decision is the same",
    async (seconds) => {
      ahead = seconds;
      const run = await rig.run(config);
      expect(run.stderr).toMatch(/clock of the metric source is (89|90|91)\.\d s away from ours/);
      expect(run).toMatchObject({ code: 0, targets: [{ action: "scaled", from: 2, to: 5 }] });
    },
  );

  test("one tick on a node that is right and the next on one that is 90 s off: nothing shrinks earlier", async () => {
    await rig.setReplicas(8);
    for (const seconds of [0, 90, -90, 0]) {
      const run = await rig.run(config, { env: wrongBy(seconds) });
      expect(run).toMatchObject({ code: 0, targets: [{ from: 8, to: 8, reason: "ScaleDownStabilized" }] });
    }
  });

  test("the clock of Prometheus goes back by 90 s between two ticks: nothing shrinks earlier", async () => {
    await rig.setReplicas(8);
    for (const seconds of [90, 0]) {
      ahead = seconds;
      expect(await rig.run(config)).toMatchObject({
        code: 0,
        targets: [{ from: 8, to: 8, reason: "ScaleDownStabilized" }],
      });
    }
  });

  test("the clocks agree and the data are 150 s late, more than maxAge: held as stale", async () => {
    late = 150;
    const run = await rig.run(config);
    expect(run).toMatchObject({ code: 0, targets: [{ action: "held", from: 2, to: 2, reason: "StaleData" }] });
    expect(run.targets[0]!.message).toMatch(/newest sample is \d+ s old/);
    expect(run.stderr).not.toMatch(/clock/);
  });

  test("with the clock of the node wrong by an hour and Prometheus gone, nothing changes", async () => {
    expect(await rig.run(config)).toMatchObject({ targets: [{ to: 5 }] });
    const before = await rig.memory();
    for (const seconds of [3600, -3600]) {
      const run = await rig.run(settings("http://127.0.0.1:9"), { env: wrongBy(seconds) });
      expect(run).toMatchObject({ code: 1, targets: [{ action: "failed", from: 5, to: 5 }] });
    }
    expect(await rig.replicas()).toBe(5);
    expect(before).not.toBe("");
    expect(await rig.run(config)).toMatchObject({
      code: 0,
      targets: [{ action: expect.stringMatching(/^(unchanged|held)$/), to: 5 }],
    });
  });

  test("suspended for an hour and resumed: a memory that old is read, grown demand is met at once, and a fall holds first", async () => {
    expect(await rig.run(config)).toMatchObject({ targets: [{ action: "scaled", to: 5 }] });
    ahead = 3600;
    load = (at) => (at > time() - 1200 ? 0.38 : 0.22);
    const grown = await rig.run(config);
    expect(grown).toMatchObject({ code: 0, targets: [{ action: "scaled", from: 5 }] });
    expect(grown.targets[0]!.to).toBeGreaterThanOrEqual(8);
    const high = grown.targets[0]!.to ?? 0;
    ahead = 7200;
    load = () => 0.1;
    expect(await rig.run(config)).toMatchObject({
      code: 0,
      targets: [{ action: "held", from: high, to: high, reason: "ScaleDownStabilized" }],
    });
  });
});
