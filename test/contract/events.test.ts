/** Events: the object that was read, HPA's words, one Event for what goes on, and never more than a warning when they fail. */
import { afterEach, describe, expect, test } from "vitest";
import { ClusterError, HistoryError } from "../../job/adapters/errors.ts";
import { EVENT_REASONS, kubernetesEvents } from "../../job/adapters/kubernetes-events.ts";
import type { Kubernetes } from "../../job/adapters/kubernetes-http.ts";
import type { Standing } from "../../job/core/state/types.ts";
import { createRedactor } from "../../job/output/redactor.ts";
import type { Failure, History, Outcome } from "../../job/ports.ts";
import { runOnce } from "../../job/run.ts";
import { config, NOW } from "../fakes/config.ts";
import { last } from "../fakes/forecaster.ts";
import { fakePorts, fakeWorld, reading } from "../fakes/ports.ts";
import type { Reply } from "../fault/server.ts";
import { type FakeEvent, type FakeObjects, type FakeOptions, fakeCluster } from "./api-server.ts";

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

const refuse = (code: number, message: string): Reply => ({
  status: code,
  body: JSON.stringify({ reason: "Forbidden", message }),
});

/** Runs a minute apart that want 5 pods of 3, each in a process of its own, with Events. */
async function runs(
  times: number,
  options: FakeOptions = {},
  more: { history?: History; actuator?: "scale" | "hpa" } = {},
) {
  const cluster = await fakeCluster({ inspect: true, settings: { events: true }, ...options });
  ends.push(cluster.stop);
  const world = fakeWorld({ load: () => 2.2 });
  const target = config({ actuator: more.actuator ?? "scale" });
  const outcomes = [];
  for (let i = 0; i < times; i++) {
    world.now = NOW + 60 * i;
    const { scaler, state, events } = cluster.reopen();
    const ports = { ...fakePorts(world), scaler, state, ...(more.history && { history: more.history }) };
    const { targets, now } = await runOnce(ports, [target], { forecaster: last });
    await events!.write(target, targets[0]!, now);
    outcomes.push(targets[0]!);
  }
  return { outcomes, events: Object.values(cluster.objects.events), cluster };
}

const broken = (words: string): History => ({
  now: () => Promise.reject(new HistoryError("POST query", 503, words)),
  read: async () => [],
});
const dark = broken("no \u001b[31mstore s3cr3t-t0ken");
const at = (call: string, reply: Reply): FakeOptions => ({ before: (seen) => (seen === call ? reply : undefined) });

describe("reasons and objects", () => {
  test("a change: Normal, on the workload that was read, by its uid", async () => {
    const { events } = await runs(1);
    expect(events).toMatchObject([
      {
        reason: "SuccessfulRescale",
        type: "Normal",
        message: expect.stringMatching(/^3 -> 5 replicas, ForecastQuantile: /),
        involvedObject: {
          apiVersion: "apps/v1",
          kind: "Deployment",
          namespace: "shop",
          name: "web",
          uid: "5f0c1d2e-uid-of-web",
        },
        count: 1,
      },
    ]);
  });

  test("the uid comes with the workload itself, too, where that may be read", async () => {
    const { events, cluster } = await runs(1, { settings: { events: true, detectScalers: true } });
    expect(cluster.calls()).not.toContain("GET scale");
    expect(events[0]!.involvedObject.uid).toBe("5f0c1d2e-uid-of-web");
  });

  test("with actuator hpa: on the HPA, whose minReplicas changed", async () => {
    const { events } = await runs(1, {}, { actuator: "hpa" });
    expect(events).toMatchObject([
      {
        message: expect.stringMatching(/^3 -> 5 minReplicas, /),
        involvedObject: { apiVersion: "autoscaling/v2", kind: "HorizontalPodAutoscaler", name: "web", uid: "hpa-uid" },
      },
    ]);
  });

  const cases: readonly (readonly [string, string, FakeOptions, History | undefined])[] = [
    ["the metric cannot be read", "FailedGetResourceMetric", {}, dark],
    ["the scale cannot be read", "FailedGetScale", at("GET scale", refuse(403, "no get")), undefined],
    ["the state cannot be read", "FailedUpdateStatus", at("GET state", refuse(403, "no get")), undefined],
    ["the state cannot be written", "FailedUpdateStatus", at("PATCH state", refuse(403, "no patch")), undefined],
    ["the write is refused", "FailedRescale", at("PATCH scale", refuse(403, "no patch")), undefined],
  ];
  test.each(cases)("%s: %s, a warning", async (_what, reason, options, history) => {
    const { events, outcomes } = await runs(1, options, history ? { history } : {});
    expect(outcomes[0]!.action).toBe("failed");
    expect(events).toMatchObject([{ reason, type: "Warning", count: 1, involvedObject: { name: "web" } }]);
  });
});

describe("what goes on", () => {
  test("is one Event, counted up, with its beginning, its latest time and its latest words", async () => {
    const { events, outcomes } = await runs(5, {}, { history: dark });
    expect(outcomes.map(({ action }) => action)).toEqual(Array(5).fill("failed"));
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({
      count: 5,
      firstTimestamp: "2023-11-14T22:13:20Z",
      lastTimestamp: "2023-11-14T22:17:20Z",
    });
    expect(events[0]!.metadata.name).toBe("web.5f0c1d2e.failedgetresourcemetric");
  });

  test("begins anew when the server has dropped it", async () => {
    const forget: FakeOptions["before"] = (call, objects, number) => {
      if (call.startsWith("PATCH web.") && number > 20) objects.events = {};
      return undefined;
    };
    const { events } = await runs(9, { before: forget }, { history: dark });
    expect(events).toMatchObject([{ count: 1 }]);
  });

  test("stands once, uncounted, where the Role may only create", async () => {
    const logs: string[] = [];
    const only: FakeOptions["before"] = (call) => (call.startsWith("PATCH web.") ? refuse(403, "no patch") : undefined);
    const { events } = await runs(
      3,
      { before: only, log: (level, message) => logs.push(`${level} ${message}`) },
      { history: dark },
    );
    expect(events).toMatchObject([{ count: 1 }]);
    expect(logs).toEqual(Array(2).fill(expect.stringMatching(/^debug no event: .*409/)));
  });

  test("changes are an Event each", async () => {
    const reset: FakeOptions["before"] = (call, objects) => {
      if (call === "GET scale") objects.replicas = 3;
      return undefined;
    };
    const { events } = await runs(2, { before: reset });
    expect(events.map(({ reason, count }) => `${reason} ${count}`)).toEqual(Array(2).fill("SuccessfulRescale 1"));
  });
});

describe("what stands", () => {
  const pause = { "prophet-autoscaler/paused": "true" };
  const hpas = {
    items: [{ metadata: { name: "own" }, spec: { scaleTargetRef: { kind: "Deployment", name: "web" } } }],
  };
  const LOOK = { settings: { events: true, detectScalers: true } };
  /** In the runs 3 to 5 of 8 the look gives this. */
  const during = (what: string, body: (objects: FakeObjects) => object): FakeOptions => {
    let run = 0;
    return {
      ...LOOK,
      before: (call, objects, _number, url) => {
        if (url.includes("/deployments/web") && !url.includes("scale")) run += 1;
        const there = run >= 3 && run <= 5 && url.includes(what) && !url.includes("/scale");
        return there && call.startsWith("GET") ? { body: JSON.stringify(body(objects)) } : undefined;
      },
    };
  };
  const lines = (events: readonly FakeEvent[]) => events.map(({ type, reason, count }) => `${type} ${reason} ${count}`);
  const others = (events: readonly FakeEvent[]) => lines(events).filter((line) => !line.includes("SuccessfulRescale"));

  test("a pause is one Event when it begins, and one when it ends", async () => {
    const workload = ({ replicas }: FakeObjects) => ({
      metadata: { name: "web", uid: "u", annotations: pause },
      spec: { replicas },
    });
    const { events, outcomes } = await runs(8, during("/deployments/web", workload));
    expect(outcomes.map(({ reason }) => reason).filter((reason) => reason === "Paused")).toHaveLength(3);
    expect(others(events)).toEqual(["Normal Paused 1", "Normal Resumed 1"]);
  });

  test("another scaler is one Event when it begins, and one when it ends", async () => {
    const { events, outcomes } = await runs(
      8,
      during("/horizontalpodautoscalers", () => hpas),
    );
    expect(outcomes.map(({ reason }) => reason).filter((reason) => reason === "OtherScaler")).toHaveLength(3);
    expect(others(events)).toEqual(["Warning OtherScaler 1", "Normal OtherScalerGone 1"]);
    expect(events.find(({ reason }) => reason === "OtherScaler")!.message).toContain("HorizontalPodAutoscaler/own");
  });

  test("a blind target is one Event when it has been for blindAfter, and one when it sees again", async () => {
    const samples = { times: new Float64Array(0), values: new Float64Array(0) };
    let asked = 0;
    const history: History = {
      now: async () => NOW + 60 * asked++,
      read: async () => [
        asked < 15
          ? { samples, partial: false, seriesCount: 0, source: "q" }
          : reading(() => 1.5, NOW + 60 * (asked - 1)),
      ],
    };
    const { events } = await runs(18, {}, { history });
    expect(lines(events)).toEqual(["Warning Blind 1", "Normal DataUsable 1"]);
    expect(events[0]!.message).toMatch(/NoData: .*holds no sample.*; blind since 2023-11-14T22:13:20/);
  });
});

test("every reason of an Event is given by an outcome, and no other", async () => {
  const outcome: Outcome = {
    namespace: "shop",
    name: "web",
    object: "Deployment/web",
    sets: "replicas",
    action: "held",
    from: 3,
    to: 3,
    reason: "Paused",
    message: "",
    forecast: null,
    metrics: [],
    trail: [],
  };
  const failures: Record<Failure, true> = { metric: true, scale: true, state: true, rescale: true, settings: true };
  const standings: Record<Standing, true> = { Blind: true, OtherScaler: true, Paused: true, FleetDrop: true };
  const overruled = { stage: "gate", from: 3, to: 3, reason: "Overruled", message: "", detail: {} } as const;
  const outcomes: readonly Partial<Outcome>[] = [
    { action: "scaled" },
    ...Object.keys(failures).map((failed) => ({ action: "failed", failed: failed as Failure }) as const),
    ...Object.keys(standings).map((name) => ({ standing: { began: [name as Standing], ended: [name as Standing] } })),
    { trail: [overruled], otherWriter: { by: null, replicas: 2, times: 3, since: NOW, message: "" } },
  ];
  const given = new Set<string>();
  const send: Kubernetes["send"] = async ({ method, body }) => {
    if (method === "PATCH") throw new ClusterError("PATCH", 404, "NotFound", "no such Event");
    given.add((body as { reason: string }).reason);
    return {};
  };
  const tools = { log: () => {}, aboutOf: () => undefined, redact: (text: string) => text };
  const events = kubernetesEvents(async () => ({ send }) as Kubernetes, tools);
  for (const more of outcomes) await events.write(config(), { ...outcome, ...more }, NOW);
  const never = Object.keys(EVENT_REASONS).filter((reason) => !given.has(reason));
  expect(never, "in EVENT_REASONS, but no outcome above gives it").toEqual([]);
  expect([...given].filter((reason) => !(reason in EVENT_REASONS))).toEqual([]);
});

test("an Event that cannot be written changes nothing of what was done", async () => {
  const { outcomes, cluster } = await runs(1, at("POST events", refuse(403, "no create")));
  expect(outcomes[0]).toMatchObject({ action: "scaled", to: 5 });
  expect(cluster.objects.replicas).toBe(5);
});

test("no secret and no control character comes into an Event, and a kilobyte at most", async () => {
  const redactor = createRedactor("s3cr3t-t0ken");
  const { events } = await runs(1, { redactor }, { history: dark });
  expect(events[0]!.message).toContain("\\u001b[31mstore");
  expect(JSON.stringify(events)).not.toContain("s3cr3t-t0ken");
  const long = broken("x".repeat(9000));
  expect((await runs(1, {}, { history: long })).events[0]!.message).toHaveLength(1000);
});
