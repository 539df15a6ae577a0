/** `explain --at` and `history` from outside: the same decision by both ways in, oldest first, and what is refused. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { cli, WAVE_START, waveFile } from "../fakes/cli.ts";

const folder = mkdtempSync(join(tmpdir(), "prophet-past-"));
afterAll(() => rmSync(folder, { recursive: true }));
const WAVE = waveFile(folder);
const END = WAVE_START + 719 * 15;
const TARGET = `--history-file ${WAVE} --target-cpu 0.05 --min 1 --max 10`;

interface Answer {
  readonly time: string;
  readonly dryRun: boolean;
  readonly targets: readonly { readonly time?: string; readonly from: number; readonly to: number }[];
}
const answer = async (line: string): Promise<Answer> => JSON.parse((await cli(`${line} --json`)).out);

describe("past decisions", () => {
  it("explain --at tells one in sentences, with its zone, and draws it", async () => {
    const { code, out, err } = await cli(`explain ${TARGET} --at ${END - 1200} --plot`);
    expect([code, err]).toEqual([0, ""]);
    expect(out).toMatch(
      /^default\/workload at \d{4}-\d\d-\d\d \d\d:\d\d:\d\d \(UTC[^)]*\): \d+ (-> \d+ )?replicas \(\w+\)/,
    );
    expect(out).toContain("What came afterwards");
    expect(out.split("What came afterwards")[1]).toMatch(/[\u2800-\u28ff]/);
  });

  it("history has a run each interval until now, oldest first, and the decisions of explain --at", async () => {
    const { time, dryRun, targets } = await answer(`history ${TARGET} --since 10m`);
    expect([time, dryRun]).toEqual([new Date(END * 1000).toISOString(), true]);
    const times = targets.map((one) => Date.parse(one.time!) / 1000);
    const last = Math.floor(END / 60) * 60;
    expect(times).toEqual(Array.from({ length: 11 }, (_, i) => last - 600 + 60 * i));
    // each goes on from the one before
    for (const [i, { from }] of targets.entries()) if (i > 0) expect(from).toBe(targets[i - 1]!.to);
    const one = await answer(`explain ${TARGET} --at ${times[4]}`);
    const { time: _, ...row } = targets[4]!;
    // it begins at another time to replay, and has settled to the same long before
    expect(one.targets).toEqual([row]);
  });

  it("begins with the replicas that are pretended", async () => {
    const { targets } = await answer(`history ${TARGET} --since 1m --replicas 7 --interval 3600`);
    expect(targets.length).toBeGreaterThan(0);
  });

  it("-o wide adds the sentences, -o json is --json", async () => {
    const WHY = /quantile 0\.\d+ of the maximum/;
    const plain = await cli(`history ${TARGET} --since 5m`);
    const wide = await cli(`history ${TARGET} --since 5m -o wide`);
    expect(plain.out).not.toMatch(WHY);
    expect(wide.out).toMatch(WHY);
    const json = await cli(`history ${TARGET} --since 5m -o json`);
    expect(JSON.parse(json.out)).toEqual(await answer(`history ${TARGET} --since 5m`));
  });

  it.each([
    [`history ${TARGET} -o yaml`, 2, /--output: must be wide or json, got "yaml"/],
    [`history ${TARGET} --since never`, 2, /--since/],
    [`explain ${TARGET} --at 25:00`, 2, /--at: must be a time such as 14:05/],
    [`explain ${TARGET} --at ${END + 60}`, 2, /has not come yet/],
    [`explain --history-file ${join(folder, "none.csv")} --target-cpu 1 --at ${END - 60}`, 1, /none\.csv/],
  ])("%s is refused with %d", async (line, code, message) => {
    const result = await cli(line);
    expect([result.code, result.out]).toEqual([code, ""]);
    expect(result.err).toMatch(message);
  });

  it("of a time before all data it says that nothing was there, and fails", async () => {
    const { code, out } = await cli(`explain ${TARGET} --at ${WAVE_START - 86_400}`);
    expect(out).toContain("The load was not known.");
    expect(code).toBe(0);
  });
});
