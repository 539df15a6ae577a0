/** The CronJob's schedule beside `interval`: how far apart the slots are, and when the doctor says that they differ. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Kubernetes } from "../../job/adapters/kubernetes-http.ts";
import { scheduleChecks, slotOf } from "../../job/cli/doctor-schedule.ts";
import { loadSettings } from "../../job/config/load.ts";
import { SCHEDULES } from "../fakes/schedules.ts";

const settingsOf = (more: string) =>
  loadSettings({
    flags: { config: "a" },
    env: { PROPHET_AUTOSCALER_NAMESPACE: "ops" },
    readFile: async () => `targets: [{ namespace: shop, scaleTargetRef: { name: web }, targetCpu: 1, ${more} }]`,
  });

/** An API server with these CronJobs; what it was asked for. */
function apiOf(...jobs: readonly (readonly [schedule: string, ...args: string[]])[]) {
  const asked: string[] = [];
  const items = jobs.map(([schedule, ...args], i) => ({
    metadata: { name: `job-${i}` },
    spec: { schedule, jobTemplate: { spec: { template: { spec: { containers: [{ args }] } } } } },
  }));
  const api: Kubernetes = {
    send: async ({ path }) => {
      asked.push(path);
      return { items };
    },
    close: () => {},
  };
  return { api, asked };
}

describe("slotOf", () => {
  it.each<readonly [string, number | undefined]>([
    ...SCHEDULES,
    ["@hourly", undefined],
    ["60 * * * *", undefined],
    ["5-1 * * * *", undefined],
    ["*/0 * * * *", undefined],
    ["* ", undefined],
    ["", undefined],
    ["x * * * *", undefined],
  ])("of %j is %j s", (schedule, seconds) => {
    expect(slotOf(schedule)).toBe(seconds);
  });

  it("is the longest gap that a walk over three hours of minutes finds", () => {
    const part = fc.oneof(
      fc.integer({ min: 0, max: 59 }).map((m) => ({ text: `${m}`, fits: (minute: number) => minute === m })),
      fc
        .tuple(fc.integer({ min: 0, max: 59 }), fc.integer({ min: 0, max: 59 }), fc.integer({ min: 1, max: 40 }))
        .map(([a, b, by]) => {
          const [low, high] = [Math.min(a, b), Math.max(a, b)];
          const fits = (minute: number) => minute >= low && minute <= high && (minute - low) % by === 0;
          return { text: `${low}-${high}/${by}`, fits };
        }),
      fc.integer({ min: 1, max: 59 }).map((by) => ({ text: `*/${by}`, fits: (minute: number) => minute % by === 0 })),
    );
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 4 }), (parts) => {
        const runs = Array.from({ length: 180 }, (_, i) => i).filter((i) => parts.some(({ fits }) => fits(i % 60)));
        const gaps = runs.slice(1).map((at, i) => at - runs[i]!);
        expect(slotOf(`${parts.map(({ text }) => text).join(",")} * * * *`)).toBe(60 * Math.max(...gaps));
      }),
    );
  });
});

describe("the doctor", () => {
  it("says that an interval is the schedule's, and fails where it is not", async () => {
    const { api, asked } = apiOf(["*/5 * * * *", "--once"]);
    expect(await scheduleChecks(api, await settingsOf("interval: 5m"))).toEqual([
      { check: "interval of shop/web", status: "ok", message: '5m, as the CronJob job-0 "*/5 * * * *" has it' },
    ]);
    expect(await scheduleChecks(api, await settingsOf(""))).toEqual([
      {
        check: "interval of shop/web",
        status: "fail",
        message:
          '1m, but the runs of the CronJob job-0 "*/5 * * * *" begin every 5m: pods are planned for another time',
        todo: "set interval: 5m, or change the schedule",
      },
    ]);
    // beside the state, where the job is
    expect(asked[0]).toBe(
      "/apis/batch/v1/namespaces/ops/cronjobs?labelSelector=app.kubernetes.io%2Fname%3Dprophet-autoscaler",
    );
  });

  it("fails where the CronJob ends a run before its own time is over", async () => {
    const withDeadline = async (...deadlines: readonly number[]) => {
      const items = deadlines.map((seconds) => ({
        spec: { jobTemplate: { spec: { activeDeadlineSeconds: seconds } } },
      }));
      return scheduleChecks({ send: async () => ({ items }), close: () => {} }, await settingsOf(""));
    };
    expect(await withDeadline(45)).toMatchObject([{ check: "timeout", status: "fail" }]);
    expect((await withDeadline(45))[0]!.message).toBe(
      "45s, but the CronJob ends a run after 45 s: a slow one would not act",
    );
    expect([await withDeadline(46), await withDeadline(45, 50), await withDeadline()]).toEqual([[], [], []]);
  });

  it.each<[string, Kubernetes, string]>([
    ["a target that is off", apiOf(["*/5 * * * *"]).api, "mode: Off"],
    ["no CronJob", apiOf().api, ""],
    ["a process that decides several times", apiOf(["*/5 * * * *", "--every", "15s"]).api, ""],
    ["the same with a sign", apiOf(["*/5 * * * *", "--every=15s"]).api, ""],
    ["a schedule by the hours", apiOf(["0 8 * * *"]).api, ""],
    ["one of several that does not tell", apiOf(["*/5 * * * *"], ["0 8 * * *"]).api, ""],
    ["no right to list them", { send: () => Promise.reject(new Error("403")), close: () => {} }, ""],
    ["an answer of another form", { send: async () => null, close: () => {} }, ""],
  ])("has nothing to say of %s", async (_, api, more) => {
    expect(await scheduleChecks(api, await settingsOf(more))).toEqual([]);
  });

  it("takes one of several CronJobs that fits, for nobody knows which has these settings", async () => {
    const { api } = apiOf(["*/5 * * * *"], ["* * * * *"]);
    expect(await scheduleChecks(api, await settingsOf(""))).toMatchObject([{ status: "ok" }]);
    expect(await scheduleChecks(api, await settingsOf("interval: 2m"))).toMatchObject([
      { status: "fail", message: expect.stringContaining("begin every 5m or 1m") },
    ]);
  });
});
