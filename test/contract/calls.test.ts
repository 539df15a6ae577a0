/** Calls to the API server for one target: four in a plain run; counted at the server, in every path through a run. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encode } from "../../job/core/state/codec.ts";
import { type RunResult, runOnce } from "../../job/run.ts";
import { config, NOW } from "../fakes/config.ts";
import { last } from "../fakes/forecaster.ts";
import { fakePorts, fakeWorld } from "../fakes/ports.ts";
import type { Reply } from "../fault/server.ts";
import { type FakeObjects, type FakeOptions, fakeCluster } from "./api-server.ts";
import { recommended } from "./state.ts";

const LOOK = { inspect: true, settings: { detectScalers: true, events: true } };
const EVENTS = { inspect: true, settings: { events: true } };
const REFUSED = { settings: { detectScalers: true, events: true } };
const STATE = "prophet-autoscaler/last-forecast";

/** One run as the command does it, Events and all: 2.2 cores of 0.5 want 5 pods. */
async function run(options: FakeOptions = {}, target = config()) {
  const cluster = await fakeCluster(options);
  const world = fakeWorld({ load: () => 2.2 });
  try {
    const ports = { ...fakePorts(world), scaler: cluster.ports.scaler, state: cluster.ports.state };
    const result: RunResult = await runOnce(ports, [target], { forecaster: last });
    await cluster.ports.events?.write(target, result.targets[0]!, result.now);
    return { outcome: result.targets[0]!, calls: cluster.calls(), objects: cluster.objects };
  } finally {
    await cluster.stop();
  }
}

/** Does something before the first `times` calls of this name. */
function at(call: string, times: number, work: (objects: FakeObjects) => Reply | undefined): FakeOptions {
  let left = times;
  return {
    before: (seen, objects, _number, url) =>
      seen === call && !url.includes("dryRun") && left-- > 0 ? work(objects) : undefined,
  };
}

const edited = (objects: FakeObjects) => {
  objects.version += 1;
  return undefined;
};
const anotherRun = (objects: FakeObjects) => {
  const { targets, ...rest } = recommended(5);
  const web = { ...targets["shop/web"]!, recommendations: [{ at: NOW, replicas: 5 }] };
  objects.annotations = { [STATE]: encode({ ...rest, targets: { "shop/web": web } }) };
  return edited(objects);
};
const scaled = (objects: FakeObjects) => {
  objects.replicas += 1;
  return undefined;
};
/** A memory of two writes in a row that somebody undid. */
const quarrel = (objects: FakeObjects) => {
  const undone = { at: NOW - 60, replicas: 3, overruled: 2, foreign: true } as const;
  const { targets, ...rest } = recommended(5);
  const web = { ...targets["shop/web"]!, lastWritten: undone };
  objects.annotations = { [STATE]: encode({ ...rest, targets: { "shop/web": web } }) };
  objects.managedFields = [{ manager: "argocd-controller" }];
};
/** A third write of 5, of which nothing is left. */
const thrice = (objects: FakeObjects) => {
  const { targets, ...rest } = recommended(5);
  const web = { ...targets["shop/web"]!, lastWritten: { at: NOW - 60, replicas: 5, overruled: 2 } };
  objects.annotations = { [STATE]: encode({ ...rest, targets: { "shop/web": web } }) };
  objects.managedFields = [{ manager: "argocd-controller", fieldsV1: { "f:spec": { "f:replicas": {} } } }];
};
const refuse = (): Reply => ({ status: 403, body: '{"reason":"Forbidden","message":"no"}' });

const conflict = (): Reply => ({ status: 409, body: '{"reason":"Conflict","message":"try again"}' });
const nothingDone = ({ replicas }: FakeObjects): Reply => ({ body: JSON.stringify({ spec: { replicas } }) });

const [CLAIM, SCALE] = ["PATCH state", "PATCH scale"];
const kinds = { plain: {}, events: EVENTS, look: LOOK, "not allowed to look": REFUSED } as const;

/** What happens, to whom, what becomes of it, and the calls it takes. */
const cases: readonly (readonly [keyof typeof kinds, string, FakeOptions, string, number])[] = [
  ["plain", "nothing", {}, "scaled ForecastQuantile 5", 4],
  ["plain", "the state is edited once", at(CLAIM, 1, edited), "scaled ForecastQuantile 5", 7],
  ["plain", "the state is edited twice", at(CLAIM, 2, edited), "held StateConflict 3", 7],
  ["plain", "another run decides first", at(CLAIM, 1, anotherRun), "held StateConflict 3", 5],
  ["plain", "replicas change", at(SCALE, 1, scaled), "held ScaleConflict 4", 6],
  ["plain", "the write is refused", at(SCALE, 9, refuse), "failed ClusterError 3", 5],
  ["plain", "the claim meets 409 for ever, and nobody writes", at(CLAIM, 9, conflict), "failed ClusterError 3", 4],
  ["plain", "the write meets 409 for ever, and nobody writes", at(SCALE, 9, conflict), "failed ClusterError 3", 6],
  ["plain", "the write is answered with what was there", at(SCALE, 9, nothingDone), "failed ClusterError 3", 5],
  ["plain", "somebody resets", { start: quarrel }, "scaled ForecastQuantile 5", 5],
  ["plain", "somebody resets, replicas change", { start: quarrel, ...at(SCALE, 1, scaled) }, "held ScaleConflict 4", 7],
  ["events", "nothing", {}, "scaled ForecastQuantile 5", 5],
  ["look", "nothing", {}, "scaled ForecastQuantile 5", 6],
  ["look", "the state is edited once", at(CLAIM, 1, edited), "scaled ForecastQuantile 5", 9],
  ["look", "another run decides first", at(CLAIM, 1, anotherRun), "held StateConflict 3", 6],
  ["look", "replicas change", at(SCALE, 1, scaled), "held ScaleConflict 4", 7],
  ["look", "the write is refused", at(SCALE, 9, refuse), "failed ClusterError 3", 8],
  ["look", "a third write was undone", { start: thrice }, "held Overruled 3", 6],
  ["not allowed to look", "nothing", {}, "scaled ForecastQuantile 5", 7],
];

describe("calls of a run for one target", () => {
  test.each(cases)("%s, %s", async (kind, _what, options, expected, calls) => {
    const { outcome, calls: made, objects } = await run({ ...kinds[kind], ...options });
    expect(`${outcome.action} ${outcome.reason} ${objects.replicas}`).toBe(expected);
    expect(made, made.join(", ")).toHaveLength(calls);
  });

  test("what was claimed and not done is out of the memory again", async () => {
    for (const options of [at(SCALE, 9, refuse), { ...LOOK, ...at(SCALE, 1, scaled) }]) {
      const { objects } = await run(options);
      expect(JSON.parse(objects.annotations[STATE]!)).toEqual({ v: 1, t: {} });
    }
  });

  test("another run's memory stays as it wrote it", async () => {
    const { objects } = await run(at(CLAIM, 1, anotherRun));
    expect(JSON.parse(objects.annotations[STATE]!)).toMatchObject({ t: { "shop/web": { w: [NOW, 5] } } });
  });

  test("who is not said to have scaled has not, whoever does what before any of the calls", async () => {
    const act = fc.constantFrom("none", "none", "edit", "run", "scale", "refuse");
    await fc.assert(
      fc.asyncProperty(
        fc.array(act, { maxLength: 8 }),
        fc.constantFrom(...Object.values(kinds)),
        fc.constantFrom("scale" as const, "hpa" as const),
        fc.boolean(),
        async (acts, kind, actuator, resets) => {
          const { meddle, count } = meddler(acts);
          const start = resets ? { start: quarrel } : {};
          const { outcome, objects } = await run({ ...kind, ...start, before: meddle }, config({ actuator }));
          if (outcome.action === "scaled") expect(objects.replicas - 5).toBeLessThanOrEqual(count());
          else expect(objects.replicas).toBe(3 + count());
        },
      ),
      { numRuns: 80 },
    );
  });
});

/** Does the n-th thing before the n-th call; `count`: how often it has scaled. */
function meddler(acts: readonly string[]) {
  let scales = 0;
  const meddle = (call: string, objects: FakeObjects, number: number): Reply | undefined => {
    const what = acts[number - 1];
    if (what === "edit") return edited(objects);
    if (what === "run") return anotherRun(objects);
    if (what === "scale") scales += 1;
    if (what === "scale") return scaled(objects);
    return what === "refuse" && call.startsWith("PATCH") ? refuse() : undefined;
  };
  return { meddle, count: () => scales };
}
