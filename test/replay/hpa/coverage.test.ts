/** The goldens hold what they are to hold: each of the situations that the simulation knows, many times over. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import type { HpaMetric } from "../../../job/replay/hpa/types.ts";
import type { GoldenHistory, GoldenStep } from "../../oracle/hpa/format.ts";

const read = (kind: string) =>
  gunzipSync(readFileSync(fileURLToPath(new URL(`../../../fixtures/oracle/hpa/${kind}.jsonl.gz`, import.meta.url))))
    .toString("utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as GoldenHistory);

const rules = (h: GoldenHistory) =>
  [h.behavior?.scaleUp, h.behavior?.scaleDown].filter((r) => r !== null && r !== undefined);
const anyStep = (of: (step: GoldenStep, i: number, h: GoldenHistory) => boolean) => (h: GoldenHistory) =>
  h.steps.some((step, i) => of(step, i, h));
const anyPod = (of: (pod: NonNullable<GoldenStep["pods"]>[number]) => boolean) =>
  anyStep((step) => (step.pods ?? []).some(of));

describe("one CPU metric", () => {
  const histories = read("wide");
  test.each<[string, (h: GoldenHistory) => boolean]>([
    ["several policies in one direction", (h) => rules(h).some((r) => (r.policies?.length ?? 0) > 1)],
    ["selectPolicy Min", (h) => rules(h).some((r) => r.selectPolicy === "Min")],
    ["selectPolicy Disabled", (h) => rules(h).some((r) => r.selectPolicy === "Disabled")],
    ["a tolerance of its own per direction", (h) => new Set(rules(h).map((r) => String(r.tolerance))).size === 2],
    ["an AverageValue target", (h) => h.averageValueMilli !== undefined],
    ["failed pods", anyPod((p) => p.phase === "Failed")],
    ["pending pods", anyPod((p) => p.phase === "Pending")],
    ["deleted pods", anyPod((p) => Boolean(p.deleted))],
    ["metrics that fail altogether", anyStep((s) => Boolean(s.metricsError))],
    ["replicas changed by hand", anyStep((s, i, h) => i > 0 && s.before !== h.steps[i - 1]!.after)],
    ["0 replicas", anyStep((s) => s.before === 0)],
    ["min or max changed on the way", anyStep((s, i) => i > 0 && (s.min !== undefined || s.max !== undefined))],
    ["behavior changed on the way", anyStep((s, i) => i > 0 && s.behavior !== undefined)],
  ])("%s: in 50 histories at least", (_, holds) => {
    expect(histories.filter(holds).length).toBeGreaterThanOrEqual(50);
  });
});

/** What a step meets: the spec that holds in it, and of its metrics those that gave a recommendation and those that did not. */
interface Met {
  readonly step: GoldenStep;
  readonly history: GoldenHistory;
  readonly valid: readonly HpaMetric[];
  readonly invalid: readonly HpaMetric[];
}

function meet(history: GoldenHistory): Met[] {
  let metrics = history.metrics ?? [];
  return history.steps.map((step) => {
    metrics = step.metrics ?? metrics;
    // asked at all: one was taken, or one failed
    const asked = step.metric !== undefined || step.invalid !== undefined ? metrics : [];
    const isInvalid = (m: HpaMetric) => step.invalid?.includes(m.name) ?? false;
    return { step, history, valid: asked.filter((m) => !isInvalid(m)), invalid: asked.filter(isInvalid) };
  });
}

describe("several metrics", () => {
  const histories = read("several").map(meet);
  const count = (holds: (met: Met) => boolean) => histories.filter((steps) => steps.some(holds)).length;
  const kind = (m: HpaMetric) =>
    `${m.type}${m.type === "Resource" ? ` ${m.name}` : ""} by ${Object.keys(m.target).join()}`;

  test.each([
    "Resource cpu by averageUtilization",
    "Resource cpu by averageValue",
    "Resource memory by averageUtilization",
    "Resource memory by averageValue",
    "Pods by averageValue",
    "Object by value",
    "Object by averageValue",
    "External by value",
    "External by averageValue",
  ])("%s: valid and missing, in 50 histories at least", (name) => {
    expect(count((m) => m.valid.some((metric) => kind(metric) === name))).toBeGreaterThanOrEqual(50);
    expect(count((m) => m.invalid.some((metric) => kind(metric) === name))).toBeGreaterThanOrEqual(50);
  });

  const all = (m: Met) => m.valid.length + m.invalid.length;
  test.each<[string, (m: Met) => boolean]>([
    ["1 metric", (m) => all(m) === 1],
    ["2 metrics", (m) => all(m) === 2],
    ["3 metrics", (m) => all(m) === 3],
    ["behavior", (m) => m.history.behavior !== undefined],
    ["no behavior", (m) => m.history.behavior === undefined],
    ["a later metric asks for the most", (m) => m.step.metric !== undefined && m.valid[0]?.name !== m.step.metric],
    ["some missing, the rest used", (m) => m.invalid.length > 0 && m.step.metric !== undefined],
    ["some missing, the rest not used", (m) => m.invalid.length > 0 && m.valid.length > 0 && !m.step.metric],
    ["all of 1 missing", (m) => all(m) === 1 && m.valid.length === 0],
    ["all of 2 missing", (m) => all(m) === 2 && m.valid.length === 0],
    ["all of 3 missing", (m) => all(m) === 3 && m.valid.length === 0],
    ...(["Resource", "Pods", "Object", "External"] as const).map((type): [string, (m: Met) => boolean] => [
      `condition FailedGet${type}Metric`,
      (m) => m.step.conditions?.ScalingActive === `FailedGet${type}Metric`,
    ]),
    ["resource metrics fail, others do not", (m) => Boolean(m.step.metricsError) && m.valid.length > 0],
    ["pods without a sample", (m) => m.valid.some((v) => v.type === "Pods" && lacks(m.step, v.name))],
    ["pods without a memory request", (m) => lacksMemory(m)],
    ["samples of pods that are gone", (m) => m.step.orphanValues !== undefined],
    ["several series of one external metric", (m) => Object.values(m.step.values ?? {}).some((v) => v.length > 1)],
    ["a number below zero", (m) => Object.values(m.step.values ?? {}).some((v) => v.some((x) => x < 0))],
    ["other pods than the spec says", (m) => m.step.statusReplicas !== undefined && m.step.metric !== undefined],
    ["min or max changed", (m) => m.step.t > 15 && m.step.max !== undefined],
    ["behavior changed", (m) => m.step.t > 15 && m.step.behavior !== undefined],
    ["metrics changed", (m) => m.step.t > 15 && m.step.metrics !== undefined],
    ["minReplicas 0 without the gate", (m) => !m.history.scaleToZero && m.history.min === 0],
    ["0 replicas by hand, without the gate", (m) => !m.history.scaleToZero && disabled(m)],
    ["0 replicas by hand, with the gate", (m) => m.history.scaleToZero === true && disabled(m)],
    ["the HPA goes to 0", (m) => m.step.before > 0 && m.step.conditions?.ScaledToZero === "ScaledToZero"],
    ["its metrics keep it at 0", (m) => m.step.before === 0 && m.step.after === 0 && m.step.metric !== undefined],
  ])("%s: in 40 histories at least", (_, holds) => {
    expect(count(holds)).toBeGreaterThanOrEqual(40);
  });

  test.each<[string, (m: Met) => boolean]>([
    ["it comes back from 0", (m) => m.step.before === 0 && m.step.after > 0],
    ["at 0 the pods' metrics hold nothing back", (m) => m.step.before === 0 && m.valid.length * m.invalid.length > 0],
  ])("%s: in 20 histories at least", (_, holds) => {
    expect(count(holds)).toBeGreaterThanOrEqual(20);
  });
});

const lacks = (step: GoldenStep, name: string) => (step.pods ?? []).some((pod) => pod.values?.[name] === undefined);
const lacksMemory = ({ step, history }: Met) =>
  history.memoryRequestMilli === undefined && (step.pods ?? []).some((pod) => pod.memoryRequestMilli === undefined);
const disabled = ({ step }: Met) => step.before === 0 && step.conditions?.ScalingActive === "ScalingDisabled";
