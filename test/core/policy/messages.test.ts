/** What a decision tells of itself: amounts in their unit, the metric that a single figure is about, and a rule that changes nothing. */
import { describe, expect, it } from "vitest";
import { decide } from "../../../job/core/policy/decide.ts";
import { preciseAmount } from "../../../job/core/policy/stage.ts";
import { leadingMetric } from "../../../job/core/policy/types.ts";
import { config } from "../../fakes/config.ts";
import { policyInput } from "../../fakes/policy-input.ts";
import { sampleRecord } from "../../report/sample.ts";

describe("amount", () => {
  it.each([
    [0.12345, "cores", "0.123 cores"],
    [0.12345, "", "0.1235"],
    [12.3456, "req/s", "12.35 req/s"],
    [-12.3456, "req/s", "-12.35 req/s"],
    [999.94, "", "999.9"],
    [123456.7, "messages", "123457 messages"],
    [-123456.7, "", "-123457"],
    [Number.NaN, "", "unknown"],
    [Number.POSITIVE_INFINITY, "cores", "unknown cores"],
  ])("of %d %s is %s", (value, unit, text) => {
    expect(preciseAmount(value, { unit })).toBe(text);
  });
});

it("a single figure is about the metric that asks for most, the first of equals", () => {
  const record = sampleRecord();
  const asking = (...replicas: readonly number[]) =>
    leadingMetric({ ...record, metrics: replicas.map((one) => ({ ...record.metrics[0]!, replicas: one, lead: one })) });
  expect([asking(3, 7, 5), asking(7, 3), asking(1, 2)].map(({ replicas }) => replicas)).toEqual([7, 7, 2]);
  const first = { ...record.metrics[0]!, demand: 1 };
  const second = { ...first, demand: 2 };
  expect(leadingMetric({ ...record, metrics: [first, second] })).toBe(first);
});

it.each([
  [5, "ScheduleFloor", 6],
  [6, "DesiredWithinRange", 6],
  [7, "DesiredWithinRange", 7],
])("a floor of 6 where %d pods are asked for: %s", (wanted, reason, to) => {
  const once = { from: "2023-11-14T00:00", to: "2023-11-15T00:00" };
  const schedule = [{ name: "day", timeZone: "UTC", once, minReplicas: 6 }];
  const averageValue = 0.5;
  const { trail } = decide(
    policyInput({
      current: 2,
      quantileCores: wanted * averageValue,
      config: config({ targetCpu: averageValue, schedule }),
    }),
  ).decision;
  expect(trail.find(({ stage }) => stage === "schedule")).toMatchObject({ from: wanted, reason, to });
});
