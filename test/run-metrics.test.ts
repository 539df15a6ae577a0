/** One run of targets with several metrics: every history is asked for, one that fails is named, the outcome speaks of each. */
import { describe, expect, it } from "vitest";
import type { HistoryQuery } from "../job/ports.ts";
import { runOnce } from "../job/run.ts";
import { config } from "./fakes/config.ts";
import { last } from "./fakes/forecaster.ts";
import { type FakeWorld, fakePorts, fakeWorld, stateOf } from "./fakes/ports.ts";

const REQUESTS = { name: "requests", query: "x", averageValue: 50, unit: "requests/s" };
const two = config({ metrics: [REQUESTS] });
const loads: Record<string, number> = { web: 0.6, "web/requests": 390, api: 1 };
const busy = (more: Partial<FakeWorld> = {}) =>
  fakeWorld({ replicas: { web: 2, api: 2 }, load: (name) => loads[name]!, ...more });
const run = (world: FakeWorld, targets = [two]) => runOnce(fakePorts(world), targets, { forecaster: last });
const gone = (name: string) => (key: string) => {
  if (key !== name) return undefined;
  return Object.assign(new Error(`POST query_range of ${name}: 503`), { name: "HistoryError" });
};
/** Readings replaced where `of` gives one. */
const replacing = (of: ReturnType<typeof gone>) => ({ history: of as NonNullable<FakeWorld["history"]> });

describe("a run of several metrics", () => {
  it("asks once for all, each target's own in their order", async () => {
    const asked: string[] = [];
    const world = busy();
    const ports = fakePorts(world);
    const history = {
      ...ports.history,
      read: (queries: readonly HistoryQuery[], now: number) => {
        asked.push(...queries.map(({ target, metric }) => `${target.name} ${metric.name}`));
        return ports.history.read(queries, now);
      },
    };
    await runOnce({ ...ports, history }, [two, config({ name: "api" })], { forecaster: last });
    expect(asked).toEqual(["web cpu", "web requests", "api cpu"]);
    expect(world.calls.filter((call) => call === "history")).toHaveLength(1);
  });

  it("tells of each by name and unit, and in the contract's forecast of the one that asks for the most", async () => {
    const { targets } = await run(busy());
    expect(targets[0]).toMatchObject({
      action: "scaled",
      to: 8,
      forecast: { quantile: 390, method: "fake" },
      metrics: [
        { name: "cpu", unit: "cores", averageValue: 0.5, demand: 0.6, replicas: 2, data: { verdict: "act" } },
        { name: "requests", unit: "requests/s", averageValue: 50, demand: 390, replicas: 8, forecast: { level: 0.8 } },
      ],
    });
    expect(targets[0]?.trail.filter(({ metric }) => metric === "requests").length).toBeGreaterThan(5);
  });

  it("goes on without one that cannot be read, names it, and does not scale in", async () => {
    const world = busy({ replicas: { web: 9 }, ...replacing(gone("web/requests")) });
    const { targets, exitCode } = await run(world);
    expect(exitCode).toBe(0);
    expect(targets[0]).toMatchObject({ action: "held", from: 9, reason: "MetricMissing" });
    expect(targets[0]?.message).toContain("(requests: POST query_range of web/requests: 503)");
    expect(stateOf(world).targets["shop/web"]?.metrics).toMatchObject({ requests: { missingSince: world.now } });
  });

  it("fails a target of which none can be read", async () => {
    const world = busy({ history: (name) => gone(name)(name)! });
    const { targets, exitCode } = await run(world);
    expect(exitCode).toBe(1);
    expect(targets[0]).toMatchObject({
      action: "failed",
      reason: "HistoryError",
      metrics: [{ demand: null }, { demand: null }],
    });
  });
});
