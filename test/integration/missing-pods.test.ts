/** Scrape targets lost without a warning, on a real Prometheus: no run takes pods away for it, and none adds pods when they come back. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { prometheusHistory } from "../../job/adapters/prometheus.ts";
import { resolveTarget } from "../../job/config/target-settings.ts";
import { forecasterOf } from "../../job/core/forecast/method.ts";
import type { TargetState } from "../../job/core/state/types.ts";
import { type TickOutput, tick } from "../../job/core/tick.ts";
import type { HistoryReading } from "../../job/ports.ts";
import { queriesOf } from "../../job/run/read.ts";
import { missingPrometheus, skip } from "../cluster/available.ts";
import { startPrometheus, type TestPrometheus } from "../cluster/prometheus.ts";
import { prometheusSettings } from "../fault/settings.ts";

const END = Math.floor(Date.now() / 15_000) * 15 - 60;
const START = END - 4 * 3600;
/** When what happens begins. */
const EVENT = END - 3000;
const PODS = 10;

/** Whether pod k is measured, so many seconds after the event. */
type Measured = (k: number, after: number) => boolean;

const EVENTS: Readonly<Record<string, Measured>> = {
  whole: () => true,
  half: (k, after) => after < 0 || after > 900 || k < 5,
  third: (k, after) => after < 0 || after > 600 || k < 3,
  // all gone for eight minutes, back with 3 of 10 for two minutes, then whole
  outage: (k, after) => after < 0 || after > 600 || (after > 480 && k < 3),
  // the same, after four minutes: too short for coverage to tell
  blink: (k, after) => after < 0 || after > 360 || (after > 240 && k < 3),
};

/** 10 pods, 4 cores in all, with a slow wave and noise; a sample in 15 s. */
function past(): string {
  const cores = (t: number) => 0.4 + 0.05 * Math.sin((t - EVENT) / 900) + 0.02 * Math.sin((t - EVENT) * 12.9898);
  const totals: number[] = [0];
  for (let t = START + 15; t <= END; t += 15) totals.push(totals.at(-1)! + 15 * cores(t));
  const lines = Object.entries(EVENTS).flatMap(([namespace, measured]) =>
    Array.from({ length: PODS }, (_, k) => {
      const pod = `web-5d4f8c9b7-${"bcdfghjklm"[k]}2x4z`;
      const labels = `namespace="${namespace}",pod="${pod}",container="web"`;
      return totals.flatMap((total, i) =>
        measured(k, START + 15 * i - EVENT)
          ? [`container_cpu_usage_seconds_total{${labels}} ${total.toFixed(4)} ${START + 15 * i}`]
          : [],
      );
    }).flat(),
  );
  return ["# TYPE container_cpu_usage_seconds counter", ...lines, "# EOF\n"].join("\n");
}

const forecaster = forecasterOf("auto");

describe.skipIf(skip(missingPrometheus()))("targets of the scrape are lost", () => {
  let prometheus: TestPrometheus;
  beforeAll(async () => {
    prometheus = await startPrometheus({ history: past() });
  });
  afterAll(() => prometheus?.stop());

  /** A run a minute from ten minutes before the event to twenty after its longest end; what each decided. */
  async function live(namespace: string, query?: string): Promise<readonly TickOutput[]> {
    const target = resolveTarget({
      namespace,
      scaleTargetRef: { name: "web" },
      targetCpu: 0.5,
      maxReplicas: 50,
      ...(query === undefined ? {} : { query }),
    });
    const history = prometheusHistory(prometheusSettings(prometheus.url));
    const outputs: TickOutput[] = [];
    let [current, memory]: [number, TargetState | undefined] = [10, undefined];
    for (let now = EVENT - 600 + 7; now < EVENT + 2100; now += 60) {
      const [reading] = (await history.read(queriesOf(target), now)) as [HistoryReading];
      const output = tick({ now, histories: [reading], current, conditions: {}, memory, config: target }, forecaster);
      outputs.push(output);
      ({ memory } = output);
      current = output.decision.replicas;
    }
    history.close();
    return outputs;
  }

  const replicas = (outputs: readonly TickOutput[]) => outputs.map(({ decision }) => decision.replicas);
  const own = 'sum(rate(container_cpu_usage_seconds_total{namespace="$namespace",pod=~"$pods"}[1m]))';

  test.each(["half", "third", "outage", "blink"])(
    "%s: the replicas are those of the whole sum, give or take one",
    async (namespace) => {
      const [lost, whole] = [await live(namespace), await live("whole")];
      const difference = replicas(lost).map((n, i) => n - replicas(whole)[i]!);
      expect(Math.min(...difference), "fewer").toBeGreaterThanOrEqual(-1);
      expect(Math.max(...difference), "more").toBeLessThanOrEqual(1);
      const missing = lost.map(
        ({ decision }) => decision.trail.find(({ stage }) => stage === "missing")?.detail?.missing,
      );
      expect(Math.max(...missing.map(Number).filter(Number.isFinite))).toBeGreaterThanOrEqual(3);
    },
  );

  test.each(["outage", "blink"])(
    "%s, read by a query that cannot count: no fewer than for the whole sum",
    async (namespace) => {
      const [lost, whole] = [await live(namespace, own), await live("whole", own)];
      const difference = replicas(lost).map((n, i) => n - replicas(whole)[i]!);
      expect(Math.min(...difference)).toBeGreaterThanOrEqual(-1);
      expect(Math.max(...replicas(lost))).toBeLessThanOrEqual(Math.max(...replicas(whole)) + 1);
    },
  );

  test("half, read by a query of one's own: held for five minutes as a sudden drop", async () => {
    const lost = await live("half", own);
    const at = (seconds: number) => lost.find(({ record }) => record.now - EVENT > seconds)!.decision.replicas;
    expect(at(90)).toBe(at(-60));
    expect(at(300)).toBe(at(-60));
    const reasons = lost.flatMap(({ decision }) => decision.trail.map(({ reason }) => reason));
    expect(reasons).toContain("SuddenDrop");
  });
});
