/** The CronJob suspended for an hour and resumed, under the real CronJob controller: the last slot if it is young enough, those to come, and no backlog. */
import { mkdir, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { missingControllers, skip } from "../cluster/available.ts";
import { type ControlPlane, startControlPlane } from "../cluster/controlplane.ts";

const MINUTE = 60_000;
const base = join(import.meta.dirname, "../../manifests/base");
const suspended = { op: "add", path: "/spec/suspend", value: true };
const noDeadline = { op: "remove", path: "/spec/startingDeadlineSeconds" };
/** One namespace each: resumed soon after a slot; more than 30 s after it; and then too, but without the setting that makes the difference. */
const lives = { soon: [suspended], late: [suspended], unbounded: [suspended, noDeadline] } as const;
type Life = keyof typeof lives;

describe.skipIf(skip(missingControllers()))("suspended for an hour, then resumed", () => {
  let cluster: ControlPlane;
  /** The slot during which all is resumed. */
  let slot: number;
  const own = (life: Life, ...args: string[]) => cluster.kubectl(["-n", life, ...args]);
  /** At once: three kubectl after each other take a good part of the 30 s on a busy machine. */
  const each = <T>(ask: (life: Life) => Promise<T>) => Promise.all((Object.keys(lives) as Life[]).map(ask));

  beforeAll(async () => {
    cluster = await startControlPlane();
    for (const [life, patch] of Object.entries(lives)) {
      const folder = join(cluster.dir, life);
      await mkdir(folder);
      const patches = [{ target: { kind: "CronJob" }, patch: JSON.stringify(patch) }];
      const overlay = { namespace: life, resources: [relative(folder, base)], patches };
      await writeFile(join(folder, "kustomization.yaml"), JSON.stringify(overlay));
      await cluster.kubectl(["create", "namespace", life]);
      await cluster.kubectl(["apply", "-k", folder]);
    }
    // a slot that has just passed, with time to do the rest within its 30 s
    await sleep(Date.now() % MINUTE < 4000 ? 0 : MINUTE - (Date.now() % MINUTE) + 500);
    slot = Math.floor(Date.now() / MINUTE) * MINUTE;
    // the hour: the controller has no other memory than this of what it started last
    const status = { lastScheduleTime: new Date(slot - 60 * MINUTE).toISOString().replace(".000Z", "Z") };
    const patch = ["--subresource=status", "--type=merge", "-p", JSON.stringify({ status })];
    await each((life) => own(life, "patch", "cronjob", "prophet-autoscaler", ...patch));
  });
  afterAll(() => cluster?.stop());

  /** The slots whose Jobs were started, as minutes after the one of the resumption. */
  async function started(life: Life): Promise<number[]> {
    type Job = { metadata: { annotations: Record<string, string> } };
    const { items } = JSON.parse(await own(life, "get", "jobs", "-o", "json")) as { items: Job[] };
    const at = "batch.kubernetes.io/cronjob-scheduled-timestamp";
    return items.map(({ metadata }) => (Date.parse(metadata.annotations[at]!) - slot) / MINUTE).sort((a, b) => a - b);
  }
  const resume = (life: Life) =>
    own(life, "patch", "cronjob", "prophet-autoscaler", "-p", '{"spec":{"suspend":false}}');
  /** Waits until so many seconds after the slot. */
  const until = (seconds: number) => sleep(Math.max(0, slot + 1000 * seconds - Date.now()));
  /** Polls until then: as long as what is seen still shows what it should. */
  const within = (seconds: number) => ({ timeout: slot + 1000 * seconds - Date.now() });

  test("as long as it is suspended none of 60 missed slots is started", async () => {
    // the controller looks when the status is patched, at once
    await sleep(4000);
    expect(await each(started)).toEqual([[], [], []]);
  });

  test("resumed within 30 s of a slot: that one runs, and of the 60 before it none", async () => {
    await resume("soon");
    await expect.poll(() => started("soon"), within(29)).toEqual([0]);
    expect(Date.now() - slot, "too slow to show it").toBeLessThan(30_000);
  });

  test("resumed later: none runs until the next slot; without startingDeadlineSeconds the old one would", async () => {
    await until(33);
    await Promise.all([resume("late"), resume("unbounded")]);
    await expect.poll(() => started("unbounded"), within(59)).toEqual([0]);
    expect(await started("late")).toEqual([]);
    expect(Date.now() - slot, "too slow to show it").toBeLessThan(60_000);
  });

  test("from then on each slot once", async () => {
    await until(61);
    await expect.poll(() => started("late"), within(90)).toEqual([1]);
    // its first Job has no node to run on: ended after 50 s, or a moment later than the slot, which then begins late
    await expect.poll(() => started("soon"), within(110)).toEqual([0, 1]);
    await until(75);
    expect([await started("late"), await started("soon")]).toEqual([[1], [0, 1]]);
  });
});
