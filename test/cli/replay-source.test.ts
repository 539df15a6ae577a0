/** A range of Prometheus for a replay: chunked below its limit of points, whole or not at all. */
import { describe, expect, it } from "vitest";
import { runCli } from "../../job/cli/program.ts";
import { readRange } from "../../job/cli/replay-source.ts";
import { resolveTarget } from "../../job/config/target-settings.ts";
import type { History } from "../../job/ports.ts";
import { QUIET } from "../fakes/io.ts";
import { queryOf } from "../fakes/queries.ts";

const target = resolveTarget({ scaleTargetRef: { name: "web" }, targetCpu: 0.4 });
const cpu = queryOf(target, "cpu");
const NOW = 1_000_000;

/** A history that answers what it is asked, and remembers it. */
function recording(fail = -1): { history: History; asked: (readonly [number, number])[] } {
  const asked: (readonly [number, number])[] = [];
  const history: History = {
    now: async () => NOW,
    read: async ([query], until) => {
      const one = query!.target;
      asked.push([until - one.history, until]);
      if (asked.length - 1 === fail) return [new Error("cut off")];
      const times = Float64Array.from({ length: one.history / one.step }, (_, i) => until - one.history + (i + 1) * 15);
      return [{ samples: { times, values: times.map(() => 1) }, partial: false, seriesCount: 1, source: "fake" }];
    },
  };
  return { history, asked };
}

async function cli(...argv: string[]): Promise<{ code: number; err: string }> {
  let err = "";
  const write = (text: string) => {
    err += text;
  };
  const code = await runCli({ argv, env: {}, version: "0", out: write, err: write, ...QUIET });
  return { code, err };
}

describe("readRange", () => {
  it("asks once for a day, and in parts of at most 10,000 points for a week, without hole or overlap", async () => {
    const day = recording();
    expect((await readRange(day.history, cpu, 86_400)).samples.times.length).toBe(5760);
    expect(day.asked).toEqual([[NOW - 86_400, NOW]]);
    const week = recording();
    const { times } = (await readRange(week.history, cpu, 7 * 86_400)).samples;
    expect(week.asked.length).toBe(5);
    for (const [from, until] of week.asked) expect((until - from) / 15).toBeLessThanOrEqual(10_000);
    expect(times.length).toBe((7 * 86_400) / 15);
    expect(times.every((t, i) => i === 0 || t - times[i - 1]! === 15)).toBe(true);
  });

  it("fails when any part fails", async () => {
    await expect(readRange(recording(2).history, cpu, 7 * 86_400)).rejects.toThrow("cut off");
  });
});

describe("replay without a file", () => {
  it("says what to give", async () => {
    expect(await cli("replay")).toMatchObject({ code: 2, err: expect.stringContaining("--from-prometheus") });
    expect(await cli("replay", "a.csv", "--from-prometheus")).toMatchObject({ code: 2 });
    const workload = ["--from-prometheus", "--deployment", "web"];
    const none = await cli("replay", ...workload);
    expect(none).toMatchObject({ code: 2, err: expect.stringContaining("targetCpu: is missing") });
    const missing = await cli("replay", ...workload, "--target-cpu", "0.4");
    expect(missing).toMatchObject({ code: 2, err: expect.stringContaining("--prometheus URL") });
  });
});
