/** Which rules bind: floors and large factors ahead of time, ceilings and small factors only when in force. */
import { describe, expect, it } from "vitest";
import { scheduleAt } from "../../../job/core/policy/schedule.ts";
import type { ScheduleRule } from "../../../job/core/target.ts";

const utc = (text: string) => Date.parse(`${text}Z`) / 1000;
const rule = (more: Partial<ScheduleRule>): ScheduleRule => ({
  name: "r",
  timeZone: "UTC",
  recurring: { days: [0, 1, 2, 3, 4, 5, 6], from: "09:00", to: "17:00" },
  ...more,
});
const at = (rules: readonly ScheduleRule[], time: string, lead = 120) =>
  scheduleAt(rules, utc(`2026-06-03T${time}`), utc(`2026-06-03T${time}`) + lead);

describe("scheduleAt", () => {
  it("raises a floor early enough for its pods to be ready, and drops it at the end", () => {
    const rules = [rule({ minReplicas: 7 })];
    expect(at(rules, "08:57:59").floor).toBeNull();
    expect(at(rules, "08:58:00").floor).toEqual({ value: 7, rule: "r" });
    expect(at(rules, "16:59:59").floor?.value).toBe(7);
    expect(at(rules, "17:00:00").floor).toBeNull();
  });

  it("sees a floor that is shorter than the lead time", () => {
    const rules = [rule({ minReplicas: 7, recurring: { days: [3], from: "09:00", to: "09:01" } })];
    expect(at(rules, "08:50:00", 1800).floor?.value).toBe(7);
  });

  it("lowers a ceiling only while it is in force", () => {
    const rules = [rule({ maxReplicas: 3 })];
    expect(at(rules, "08:59:59").ceiling).toBeNull();
    expect(at(rules, "09:00:00").ceiling?.value).toBe(3);
  });

  it("applies a factor above 1 ahead and one below 1 only inside", () => {
    expect(at([rule({ factor: 2 })], "08:59:00").factor.value).toBe(2);
    expect(at([rule({ factor: 0.5 })], "08:59:00").factor.value).toBe(1);
    expect(at([rule({ factor: 0.5 })], "09:00:00").factor.value).toBe(0.5);
    expect(at([rule({ factor: 0.5 })], "16:59:00").factor.value).toBe(1);
  });

  it("takes the highest floor, the lowest ceiling and the product of factors", () => {
    const rules = [
      rule({ name: "a", minReplicas: 3, maxReplicas: 9, factor: 2 }),
      rule({ name: "b", minReplicas: 5, maxReplicas: 20, factor: 1.5 }),
    ];
    expect(at(rules, "12:00:00")).toEqual({
      floor: { value: 5, rule: "b" },
      ceiling: { value: 9, rule: "a" },
      factor: { value: 3, rule: "a, b" },
    });
  });

  it("asks nothing without rules", () => {
    expect(at([], "12:00:00")).toEqual({ floor: null, ceiling: null, factor: { value: 1, rule: "none" } });
  });
});
