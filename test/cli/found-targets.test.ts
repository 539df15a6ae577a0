/** The targets of a run among what was found: listed ones win, names are whole, room is shared, and what could not be listed is said. */
import { describe, expect, it } from "vitest";
import { DiscoveryError, type DiscoveryResult } from "../../job/adapters/kubernetes-discovery.ts";
import { findTargets } from "../../job/cli/found-targets.ts";
import type { FoundWorkload } from "../../job/config/found-target.ts";
import { loadSettings } from "../../job/config/load.ts";
import { MAX_TARGETS } from "../../job/config/shard-settings.ts";
import type { DiscoverySettings } from "../../job/config/types.ts";
import type { Level } from "../../job/report/log.ts";
import { mostInATurn, turnsDuring } from "../fakes/turns.ts";

const workload = (name: string, more: Partial<FoundWorkload> = {}): FoundWorkload => ({
  namespace: "shop",
  apiVersion: "apps/v1",
  kind: "Deployment",
  name,
  annotations: { "prophet-autoscaler/target-cpu": "500m" },
  ...more,
});

async function find(
  workloads: readonly FoundWorkload[],
  {
    file = {},
    flags = {},
    failures = [],
  }: { file?: object; flags?: object; failures?: DiscoveryResult["failures"] } = {},
) {
  const text = JSON.stringify({ discover: [{ namespaces: ["shop"] }], ...file });
  const settings = await loadSettings({ flags: { config: "a", ...flags }, env: {}, readFile: async () => text });
  const logs: string[] = [];
  const asked: unknown[] = [];
  const sleeps: number[] = [];
  const found = await findTargets(settings as typeof settings & { discovery: DiscoverySettings }, {
    discovery: {
      find: async (selectors) => {
        asked.push(...selectors);
        return { workloads, failures, lists: 2 };
      },
    },
    clean: (words) => words.replaceAll("s3cr3t", "***"),
    log: (level: Level, message: string) => void logs.push(`${level}: ${message}`),
    clock: { after: () => new AbortController().signal, sleep: async (seconds) => void sleeps.push(seconds) },
  });
  const refused = found.targets.flatMap(({ name, refused }) => (refused ? [`${name}: ${refused.message}`] : []));
  return {
    ...found,
    names: found.targets.map(({ namespace, name }) => `${namespace}/${name}`),
    refused,
    logs,
    asked,
    sleeps,
  };
}

describe("found targets", () => {
  it("of a large fleet leave room for others between a hundred of them", async () => {
    const looked: number[] = [];
    await turnsDuring((turn) => {
      const all = Array.from({ length: 3000 }, (_, i) => {
        const one = workload(`web-${i}`);
        const annotations = () => {
          looked.push(turn());
          return one.annotations;
        };
        return Object.defineProperty({ ...one }, "annotations", { get: annotations });
      });
      return find(all);
    });
    expect(looked.length).toBeGreaterThanOrEqual(3000);
    expect(mostInATurn(looked) / (looked.length / 3000)).toBeLessThanOrEqual(120);
  });

  it("come after those that are listed, by namespace and name; the list takes precedence, and that is said", async () => {
    const targets = [{ namespace: "shop", scaleTargetRef: { name: "web" }, targetCpu: 2, name: "first" }];
    const found = await find([workload("web"), workload("b"), workload("a"), workload("z", { namespace: "pay" })], {
      file: { targets },
    });
    expect(found.names).toEqual(["shop/first", "pay/z", "shop/a", "shop/b"]);
    expect(found.targets[0]).toMatchObject({ targetCpu: 2 });
    expect(found.targets[1]).toMatchObject({ targetCpu: 0.5 });
    expect(found.summary).toEqual({ found: 4, listed: 1, refused: 0, failures: [] });
    expect(found.logs).toEqual([
      "info: discover: 4 workloads found in 2 lists; 1 of them are listed too, and the list takes precedence",
    ]);
  });

  it("are looked for where the settings say: the job's own namespace, both kinds and the label, if nothing else", async () => {
    const { asked } = await find([], { file: { discover: [{}] }, flags: { namespace: "team" } });
    expect(asked).toEqual([
      { namespaces: ["team"], kinds: ["Deployment", "StatefulSet"], labelSelector: "prophet-autoscaler/enabled=true" },
    ]);
  });

  it("with wrong annotations fail by name, cleaned, and the others go on", async () => {
    const wrong = workload("bad", { annotations: { "prophet-autoscaler/target-cpu": "s3cr3t" } });
    const found = await find([wrong, workload("web")]);
    expect(found.names).toEqual(["shop/bad", "shop/web"]);
    expect(found.refused).toEqual([
      expect.stringMatching(/^bad: prophet-autoscaler\/target-cpu must be cores .*got "\*\*\*"$/),
    ]);
    expect(found.targets[0]!.refused).toMatchObject({ name: "InvalidSettings" });
    expect(found.summary).toMatchObject({ found: 2, refused: 1 });
  });

  it("of one name are both refused, and one whose name a listed target has: memory is kept by the name", async () => {
    const set = workload("db", { kind: "StatefulSet" });
    const targets = [{ namespace: "shop", scaleTargetRef: { name: "other" }, targetCpu: 1, name: "web" }];
    const found = await find([workload("db"), set, workload("web"), workload("api")], { file: { targets } });
    expect(found.names).toEqual([
      "shop/web",
      "shop/api",
      "shop/Deployment/db",
      "shop/StatefulSet/db",
      "shop/Deployment/web",
    ]);
    expect(found.refused).toHaveLength(3);
    expect(found.refused[0]).toMatch(
      /^Deployment\/db: shop\/db is the name of another target too.*list it in `targets`/,
    );
    // one alone is nobody's namesake
    expect((await find([set])).refused).toEqual([]);
  });

  it("beyond what a run takes fail by name; each namespace gives one in turn, so that none fills it alone", async () => {
    const many = Array.from({ length: MAX_TARGETS + 100 }, (_, i) => workload(`a-${i}`, { namespace: "aaa" }));
    const few = Array.from({ length: 5 }, (_, i) => workload(`z-${i}`, { namespace: "zzz" }));
    const found = await find([...many, ...few]);
    expect(found.targets).toHaveLength(MAX_TARGETS + 105);
    expect(found.summary.refused).toBe(105);
    expect(found.targets.filter(({ namespace, refused }) => namespace === "zzz" && refused)).toEqual([]);
    expect(found.refused[0]).toMatch(
      /there are more targets than the 10000 that each shard takes: raise shards\.count/,
    );
  });

  it("are the one that flags name, if it is not listed", async () => {
    const flags = { namespace: "shop", deployment: "web" };
    const all = [workload("web"), workload("api"), workload("web", { namespace: "pay" })];
    expect((await find(all, { flags })).names).toEqual(["shop/web"]);
    const none = await find([workload("api")], { flags });
    expect(none.names).toEqual([]);
    expect(none.summary.failures).toEqual([expect.stringMatching(/^web is not listed in `targets`, and no workload/)]);
    const targets = [{ namespace: "shop", scaleTargetRef: { name: "web" }, targetCpu: 2 }];
    const text = JSON.stringify({ discover: [{}], targets });
    const settings = await loadSettings({ flags: { config: "a", ...flags }, env: {}, readFile: async () => text });
    expect(settings).not.toHaveProperty("discovery");
  });

  it("that could not be listed are said, and so is a label that nobody has", async () => {
    const failures = [new DiscoveryError("Deployment", "pay", new Error("s3cr3t timeout"))];
    const found = await find([workload("web")], { failures });
    expect(found.names).toEqual(["shop/web"]);
    expect(found.summary.failures).toEqual(["Deployments in namespace pay could not be listed: *** timeout"]);
    expect(found.logs[0]).toMatch(/^error: Deployments in namespace pay .*; whatever opted in there is left as it is$/);
    expect((await find([])).logs).toEqual([
      "warn: discover: 0 workloads found in 2 lists: no workload has the labels prophet-autoscaler/enabled=true",
    ]);
  });

  it("are asked for by one shard after the other", async () => {
    const file = { shards: { count: 3 } };
    expect((await find([], { file, flags: { "shard-index": "2" } })).sleeps).toEqual([0.1]);
    expect((await find([])).sleeps).toEqual([]);
  });

  it.each<[string, object, RegExp]>([
    ["a namespace that is none", { namespaces: ["a/b"] }, /discover\[0\]\.namespaces\[0\]: must be a namespace/],
    ["no namespace", { namespaces: [] }, /discover\[0\]\.namespaces: must be a list of at least 1/],
    [
      "a kind that is not found",
      { kinds: "DaemonSet" },
      /discover\[0\]\.kinds: must be one of Deployment, StatefulSet/,
    ],
    [
      "a selector that is none",
      { labelSelector: "a=b&limit=1" },
      /discover\[0\]\.labelSelector: must be a label selector/,
    ],
    ["an empty selector, which is everything", { labelSelector: "" }, /discover\[0\]\.labelSelector: must be/],
  ])("%s is refused with the file", async (_what, entry, message) => {
    await expect(find([], { file: { discover: [entry] } })).rejects.toThrow(message);
  });
});
