/** Shards in the settings: which one this is by the Job's index, and what does not fit their number. */
import { describe, expect, it } from "vitest";
import { loadSettings } from "../../job/config/load.ts";
import { shardIssues } from "../../job/config/shard-settings.ts";

const target = (name: string) => ({ scaleTargetRef: { name }, targetCpu: 1 });
const file = (more: object, targets: readonly object[] = [target("web")]) => JSON.stringify({ ...more, targets });
const load = (text: string, env: Record<string, string> = {}, flags: object = {}) =>
  loadSettings({ flags: { config: "a.yaml", ...flags }, env, readFile: async () => text });
const three = { shards: { count: 3 } };

describe("shards", () => {
  it("are one unless somebody says so, and the state has an object for each", async () => {
    expect(await load(file({}))).toMatchObject({ shards: { count: 1 }, state: { configMap: { count: 1 } } });
    expect(await load(file(three))).toMatchObject({ shards: { count: 3 }, state: { configMap: { count: 3 } } });
    expect((await load(file(three))).shards).not.toHaveProperty("index");
    const given = { state: { configMap: { count: 4 } } };
    expect(await load(file(given))).toMatchObject({ state: { configMap: { count: 4 } } });
  });

  it("are counted by the Job's index, and without a Job file, environment or flag say which one this is", async () => {
    const env = { JOB_COMPLETION_INDEX: "2" };
    const index = async (...given: Parameters<typeof load>) => (await load(...given)).shards.index;
    expect(await index(file(three), env)).toBe(2);
    expect(await index(file(three), { JOB_COMPLETION_INDEX: "" })).toBeUndefined();
    expect(await index(file({}), env, { shards: "4" })).toBe(2);
    expect(await index(file({ shards: { count: 3, index: 0 } }))).toBe(0);
    expect(await index(file(three), { PROPHET_AUTOSCALER_SHARDS_INDEX: "1" })).toBe(1);
    expect(await index(file(three), {}, { "shard-index": "0" })).toBe(0);
  });

  it.each<[string, ...Parameters<typeof load>]>([
    ["the file", file({ shards: { count: 3, index: 0 } })],
    ["the environment", file(three), { PROPHET_AUTOSCALER_SHARDS_INDEX: "0" }],
    ["a flag", file(three), {}, { "shard-index": "0" }],
    ["a file without shards", file({ shards: { index: 0 } })],
  ])(
    "of an Indexed Job are not all the same one by %s: nobody would decide for the others",
    async (_what, ...given) => {
      const [text, env, flags] = given;
      for (const own of [1, 2])
        await expect(load(text, { ...env, JOB_COMPLETION_INDEX: `${own}` }, flags)).rejects.toThrow(
          `shards.index: is 0, and JOB_COMPLETION_INDEX of this pod is ${own}`,
        );
      expect((await load(text, { ...env, JOB_COMPLETION_INDEX: "0" }, flags)).shards.index).toBe(0);
    },
  );

  it.each<[string, string, Record<string, string>, RegExp]>([
    [
      "an index as large as the count",
      file(three),
      { JOB_COMPLETION_INDEX: "3" },
      /shards\.index: 3 must be below shards\.count, which is 3/,
    ],
    [
      "an Indexed Job of a file without shards",
      file({}),
      { JOB_COMPLETION_INDEX: "1" },
      /1 must be below shards\.count, which is 1.*completions/,
    ],
    [
      "an index that is none",
      file(three),
      { JOB_COMPLETION_INDEX: "one" },
      /JOB_COMPLETION_INDEX: must be .*got "one"/,
    ],
    ["too many shards", file({ shards: { count: 65 } }), {}, /shards\.count: must be .*from 1 to 64/],
    [
      "another number of ConfigMaps",
      file({ ...three, state: { configMap: { count: 2 } } }),
      {},
      /state\.configMap\.count: is 2, and shards\.count is 3/,
    ],
  ])("refuse %s", async (_what, text, env, message) => {
    await expect(load(text, env)).rejects.toThrow(message);
  });

  it("have no more targets together than their runs take", () => {
    const of = (count: number, targets: number) => shardIssues({ count }, { configMap: {} }, targets, undefined);
    expect(of(2, 20_000)).toEqual([]);
    expect(of(2, 20_001)).toEqual([
      {
        path: "targets",
        message: "has 20001 entries. A run takes up to 10000, and shards.count is 2: 3 shards are needed.",
      },
    ]);
  });
});
