/** The table of fields by version: what was there from the start, what came later, what is behind a gate, and what has the wrong form. */
import { describe, expect, test } from "vitest";
import { FIELDS, unknownTo } from "./fields.ts";

const cronJob = (spec: object) => ({ apiVersion: "batch/v1", kind: "CronJob", metadata: { name: "a" }, spec });
const lifecycle = (preStop: object) => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "a" },
  spec: { containers: [{ name: "a", lifecycle: { preStop } }] },
});

describe("what a Kubernetes knows", () => {
  test("the table begins with the oldest version that the chart takes, and has no hole", () => {
    expect(FIELDS.versions).toEqual(FIELDS.versions.map((_, i) => `1.${25 + i}`));
    expect(FIELDS.versions.length).toBeGreaterThanOrEqual(13);
  });

  test("a field of every version, and the time zone", () => {
    for (const version of FIELDS.versions)
      expect(unknownTo(version, cronJob({ schedule: "* * * * *", timeZone: "UTC" }))).toEqual([]);
  });

  test("a field that came later, was then behind a gate, and is there now", () => {
    const at = (version: string) => unknownTo(version, lifecycle({ sleep: { seconds: 3 } }));
    expect(at("1.28")).toEqual(["Pod.spec.containers[0].lifecycle.preStop.sleep is there from 1.29 on"]);
    expect(at("1.29")).toEqual(["Pod.spec.containers[0].lifecycle.preStop.sleep is behind a feature gate"]);
    expect(at("1.35")).toEqual([]);
  });

  test.each([
    ["a misspelt field", cronJob({ shedule: "* * * * *" }), "CronJob.spec.shedule is unknown"],
    [
      "a list that is none",
      cronJob({ jobTemplate: { spec: { template: { spec: { volumes: {} } } } } }),
      /volumes is no list/,
    ],
    ["a number as text", cronJob({ startingDeadlineSeconds: "30" }), /startingDeadlineSeconds is "30", no number/],
    ["a text as number", cronJob({ schedule: 5 }), /schedule is 5, no string/],
    ["nothing at all", cronJob({ jobTemplate: null }), /jobTemplate is null/],
    ["an unknown kind", { apiVersion: "batch/v1beta1", kind: "CronJob" }, /batch\/v1beta1 CronJob is not in the table/],
  ])("refused: %s", (_what, object, why) => {
    expect(unknownTo("1.30", object)).toEqual([expect.stringMatching(why)]);
  });
});
