/** The wide goldens hold what they are to hold: each of the situations that the simulation was widened to, many times over. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import type { GoldenHistory, GoldenStep } from "../../oracle/hpa/format.ts";

const file = fileURLToPath(new URL("../../../fixtures/oracle/hpa/wide.jsonl.gz", import.meta.url));
const histories = gunzipSync(readFileSync(file))
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
