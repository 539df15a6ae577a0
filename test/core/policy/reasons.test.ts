/** Every reason of the vocabulary is given by something, has its row in the page, and nothing else is given. */
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { decide } from "../../../job/core/policy/decide.ts";
import { REASONS } from "../../../job/core/policy/reasons.ts";
import { STAGES } from "../../../job/core/policy/stages.ts";
import { tick } from "../../../job/core/tick.ts";
import { FAILURES } from "../../../job/run/explanations.ts";
import { runOnce } from "../../../job/run.ts";
import { reasonsOfNoStage, reasonsPage } from "../../../scripts/reasons-page.ts";
import { config, NOW } from "../../fakes/config.ts";
import { last } from "../../fakes/forecaster.ts";
import { policyInput } from "../../fakes/policy-input.ts";
import { fakePorts, fakeWorld } from "../../fakes/ports.ts";
import { samplesOf } from "../../fakes/series.ts";
import { LIMIT_CASES } from "./cases-limits.ts";
import { METRIC_CASES } from "./cases-metrics.ts";
import { RECOMMENDATION_CASES } from "./cases-recommendation.ts";

/** Reasons of the trail of one tick over 120 samples, each of the value at its index. */
function ofData(value: (i: number) => number, more: object = {}, end = NOW - 5): readonly string[] {
  const samples = samplesOf(value, { end });
  const history = { samples, partial: false, seriesCount: 1, ...more };
  const settings = config({ podCpuLimit: 1 });
  const input = { now: NOW, histories: [history], current: 2, conditions: {}, memory: undefined, config: settings };
  return tick(input, last).decision.trail.map(({ reason }) => reason);
}

const newest = (value: number) => (i: number) => (i === 119 ? value : 1);
const DATA: Readonly<Record<string, readonly string[]>> = {
  DataComplete: ofData(() => 1),
  NoData: ofData(() => 1, { samples: samplesOf(() => 1, { end: NOW, points: 0 }) }),
  TooFewSamples: ofData(() => 1, { samples: samplesOf(() => 1, { end: NOW - 5, points: 1 }) }),
  StaleData: ofData(() => 1, {}, NOW - 300),
  FutureData: ofData(() => 1, {}, NOW + 300),
  WrongTimeUnit: ofData(() => 1, {}, NOW * 1000),
  ZeroUsage: ofData(newest(0)),
  GapsInData: ofData(() => 1, { samples: samplesOf(() => 1, { end: NOW - 5, points: 5 }) }),
  PartialAnswer: ofData(() => 1, { partial: true }),
  NotFinite: ofData(newest(Number.NaN)),
  NegativeData: ofData(newest(-1)),
  AboveCapacity: ofData(newest(9)),
  SeveralSeries: ofData(() => 1, { seriesCount: 2 }),
};

/** The reason of a run that is overtaken at this port call. */
async function overtaken(call: string): Promise<string> {
  const world = fakeWorld({ load: () => 2.2 });
  world.onCall = (name) => {
    if (name === "claim" && call === "claim") world.state.version++;
    if (name.startsWith("scale") && call === "scale") world.replicas.web = (world.replicas.web ?? 0) + 1;
  };
  const { targets } = await runOnce(fakePorts(world), [config()], { forecaster: last });
  return targets[0]!.reason;
}

/** The reason of a run whose whole fleet wants to shrink at once. */
async function dropped(): Promise<string> {
  const targets = ["a", "b"].map((name) => config({ name, suddenDropHold: 0, scaleDownCooldown: 0 }));
  const world = fakeWorld({ load: () => 0.4, replicas: { a: 8, b: 8 } });
  const fleetDrop = { share: 0.5, targets: 2, hold: 600 };
  for (let minute = 0; minute < 6; minute++) {
    await runOnce(fakePorts(world), targets, { forecaster: last, fleetDrop });
    world.now += 60;
  }
  return world.outcomes.at(-1)!.reason;
}

describe("the vocabulary of reasons", () => {
  it("holds what is given, and everything in it is given", async () => {
    const quarrel = { ...policyInput().memory, lastWritten: { at: NOW, replicas: 2, overruled: 1, foreign: true } };
    const inputs = [...RECOMMENDATION_CASES, ...LIMIT_CASES, ...METRIC_CASES].map(([, input]) => input);
    const decided = [...inputs, policyInput({ memory: quarrel })].flatMap((input) => {
      const { reason, trail } = decide(input).decision;
      return [reason, ...trail.map((entry) => entry.reason)];
    });
    for (const [reason, given] of Object.entries(DATA)) expect(given).toContain(reason);
    const run = [await overtaken("claim"), await overtaken("scale"), await dropped()];
    const given = new Set([...decided, ...Object.values(DATA).flat(), ...run]);
    const never = Object.keys(REASONS).filter((reason) => !given.has(reason));
    expect(never, "in reasons.ts, but no case of cases-*.ts and no window above gives it").toEqual([]);
    const unknown = [...given].filter((reason) => !(reason in REASONS));
    expect(unknown, "given, but not in reasons.ts").toEqual([]);
  });

  it("is listed by the stages, but for what is no stage's", () => {
    const listed: readonly string[] = STAGES.flatMap(({ reasons }) => reasons);
    expect(new Set(listed).size).toBe(listed.length);
    expect(reasonsOfNoStage(), "those that no row of target-stages.ts or metric-stages.ts lists").toEqual([
      "DesiredWithinRange",
      "FleetDrop",
      "StateConflict",
      "ScaleConflict",
    ]);
  });

  it("has a sentence or two on what each means and what to do, in cells that can be read", () => {
    const cells = reasonsPage("").match(/(?<=\| )[^|]+(?= \|)/g)!;
    expect(cells.filter((text) => text.length > 140)).toEqual([]);
    const sentences = cells.flatMap((text) => text.split(/(?<=[.:;]) /));
    expect(sentences.filter((text) => text.split(" ").length > 30)).toEqual([]);
  });

  it("explains every error that can end a target's run", () => {
    const folder = new URL("../../../job/adapters/", import.meta.url);
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
    const sources = files.map((name) => readFileSync(new URL(name, folder), "utf8"));
    const names = sources.flatMap((text) => [...text.matchAll(/readonly name = "(\w+)"/g)].map(([, name]) => name!));
    // causes of the named ones, never thrown to a run by themselves; those of a webhook, of metrics and of lists end no target's run
    const causes = [
      "TransportError",
      "AnswerError",
      "JsonBoundsError",
      "WebhookError",
      "MetricsError",
      "DiscoveryError",
    ];
    expect(names.length).toBeGreaterThan(2);
    const unknown = names.filter((name) => !causes.includes(name) && !(name in FAILURES));
    expect(unknown, "neither among `causes` above, nor explained in FAILURES").toEqual([]);
  });
});
