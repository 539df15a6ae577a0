/** Settings from file, environment and flags: precedence, and every mistake named with field, value and range. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ConfigError, loadSettings } from "../../job/config/load.ts";
import type { Settings } from "../../job/config/types.ts";

interface Given {
  readonly file?: string;
  readonly env?: Record<string, string>;
  readonly flags?: Record<string, unknown>;
}

function load({ file, env = {}, flags = {} }: Given): Promise<Settings> {
  return loadSettings({
    flags: file === undefined ? flags : { config: "autoscaler.yaml", ...flags },
    env,
    readFile: async () => file ?? "",
  });
}

async function issuesOf(given: Given): Promise<readonly string[]> {
  try {
    await load(given);
  } catch (error) {
    if (error instanceof ConfigError) return error.issues.map((i) => `${i.path}: ${i.message}`);
    throw error;
  }
  return [];
}

const FILE = `
prometheus: { url: "http://prometheus:9090/" }
defaults: { quantile: 0.8, namespace: shop }
targets:
  - scaleTargetRef: { name: web }
    targetCpu: 100m
    maxReplicas: 20
  - scaleTargetRef: { kind: StatefulSet, name: db }
    namespace: data
    targetCpu: 1.5
`;

describe("loadSettings", () => {
  it("fills in defaults and parses units", async () => {
    const { targets, prometheus, state } = await load({ file: FILE });
    expect(targets[0]).toMatchObject({
      name: "web",
      namespace: "shop",
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "web" },
      targetCpu: 0.1,
      minReplicas: 1,
      maxReplicas: 20,
      quantile: 0.8,
      history: 1800,
      step: 15,
      mode: "Active",
    });
    expect(targets[0]?.behavior.scaleDown.stabilizationWindowSeconds).toBe(10);
    expect(targets[1]).toMatchObject({ name: "db", namespace: "data", targetCpu: 1.5 });
    expect(prometheus?.url).toBe("http://prometheus:9090");
    // where the job is, not where its first target is
    expect(state.configMap).toEqual({ namespace: "default", name: "prophet-autoscaler-state", count: 1 });
  });

  it("lets the level of scale-in and the past that calibrates it follow the quantile, unless they are given", async () => {
    const at = async (more: string) => {
      const { targets } = await load({ file: FILE.replace("quantile: 0.8, ", more) });
      return [targets[0]?.scaleDownQuantile, targets[0]?.calibration];
    };
    expect(await at("")).toEqual([undefined, 7200]);
    expect(await at("slo: 1%, ")).toEqual([undefined, 7200]);
    expect(await at("quantile: 0.7, ")).toEqual([0.91, 7200]);
    expect(await at("quantile: 0.8, ")).toEqual([0.96, 8100]);
    expect(await at("quantile: 0.85, ")).toEqual([0.9775, 14_400]);
    expect(await at("quantile: 0.9, ")).toEqual([0.99, 21_600]);
    expect(await at("quantile: 0.99, ")).toEqual([0.995, 21_600]);
    expect(await at("quantile: 0.9, scaleDownQuantile: 0.95, calibration: 1h, ")).toEqual([0.95, 3600]);
    // at steps of a second, six hours are more than one query gives
    expect((await at("quantile: 0.9, step: 1s, "))[1]).toBe(11_000);
  });

  it("puts flags before environment before file before defaults", async () => {
    const env = { PROPHET_AUTOSCALER_QUANTILE: "0.95", PROPHET_AUTOSCALER_MAX_REPLICAS: "30" };
    const all = await load({ file: FILE, env, flags: { quantile: "0.7" } });
    expect(all.targets[0]).toMatchObject({ quantile: 0.7, maxReplicas: 30, targetCpu: 0.1 });
    expect((await load({ file: FILE, env })).targets[0]?.quantile).toBe(0.95);
    expect((await load({ file: FILE.replace("quantile: 0.8, ", "") })).targets[0]?.quantile).toBeUndefined();
  });

  it("lets a namespace from outside fill in what the file leaves open, not override it", async () => {
    const env = { PROPHET_AUTOSCALER_NAMESPACE: "outside" };
    const { targets } = await load({ file: FILE, env });
    expect(targets.map((t) => t.namespace)).toEqual(["outside", "data"]);
  });

  it("takes one target of the file by --deployment, and a new one that the file does not list", async () => {
    const one = await load({ file: FILE, flags: { deployment: "web" } });
    expect(one.targets.map((t) => [t.name, t.maxReplicas])).toEqual([["web", 20]]);
    const other = await load({ file: FILE, flags: { deployment: "api", "target-cpu": "0.2" } });
    expect(other.targets.map((t) => [t.name, t.maxReplicas, t.quantile])).toEqual([["api", 10, 0.8]]);
  });

  it("works without a file", async () => {
    const { targets, prometheus } = await load({
      flags: { prometheus: "https://p", namespace: "a", deployment: "web", "target-cpu": "50m", min: "2", max: "4" },
    });
    expect(targets).toHaveLength(1);
    expect(targets[0]).toMatchObject({ namespace: "a", targetCpu: 0.05, minReplicas: 2, maxReplicas: 4 });
    expect(prometheus?.url).toBe("https://p");
  });

  it("maps days and keeps the calendar", async () => {
    const schedule = `schedule: [{ name: sale, timeZone: Europe/Berlin, recurring: { days: [Mon, Sat], from: "08:00", to: "20:00" }, minReplicas: 5 }]`;
    const { targets } = await load({ file: `targets: [{ scaleTargetRef: { name: web }, targetCpu: 1, ${schedule} }]` });
    expect(targets[0]?.schedule[0]).toMatchObject({ timeZone: "Europe/Berlin", recurring: { days: [1, 6] } });
  });

  it("takes matchers of label names only", async () => {
    const given = (matchers: string) => load({ file: FILE.replace('9090/"', `9090/", matchers: ${matchers}`) });
    expect((await given("{ cluster: eu-1 }")).prometheus.matchers).toEqual({ cluster: "eu-1" });
    await expect(given('{ "a=b": c }')).rejects.toThrow(/prometheus\.matchers\.a=b: must be named by a label name/);
    await expect(given("{ 1st: c }")).rejects.toThrow(/must be named by a label name/);
  });

  it.each<[string, Given, readonly (string | RegExp)[]]>([
    [
      "an unknown field, with the nearest name",
      { file: "targets: [{ scaleTargetRef: { name: web }, targetCpu: 1, maxReplica: 3 }]" },
      [/^targets\[0\]\.maxReplica: is not a known field\. Did you mean maxReplicas\?/],
    ],
    [
      "a value out of range, with value and range",
      { file: "targets: [{ scaleTargetRef: { name: web }, targetCpu: 1, quantile: 1.5 }]" },
      [/^targets\[0\]\.quantile: must be .*from 0\.5 to 0\.995, got 1\.5\./],
    ],
    [
      "several mistakes at once",
      { file: "targets: [{ scaleTargetRef: { name: Web_1 }, targetCpu: lots, step: -3 }]" },
      [/scaleTargetRef\.name.*got "Web_1"/, /targetCpu.*got "lots"/, /step.*got -3/],
    ],
    [
      "a wrong flag by its flag",
      { flags: { deployment: "web", "target-cpu": "much" } },
      [/^--target-cpu: must be .*got "much"/],
    ],
    [
      "a wrong variable by its name",
      { env: { PROPHET_AUTOSCALER_TARGET_CPU: "0" }, flags: { deployment: "web" } },
      [/^PROPHET_AUTOSCALER_TARGET_CPU: must be .*from 1m.*got "0"/],
    ],
    [
      "an unknown variable",
      { env: { PROPHET_AUTOSCALER_MAX_REPLICA: "3" }, flags: { deployment: "web", "target-cpu": "1" } },
      [/MAX_REPLICA: is not a known variable\. Did you mean PROPHET_AUTOSCALER_MAX_REPLICAS\?/],
    ],
    ["what is missing and how to set it", { flags: { deployment: "web" } }, [/^targetCpu: is missing.*--target-cpu/]],
    [
      "min above max",
      { flags: { deployment: "web", "target-cpu": "1", min: "5", max: "2" } },
      [/^--min: 5 is above maxReplicas, which is 2/],
    ],
    [
      "the same target twice",
      {
        file: "targets: [{ scaleTargetRef: { name: web }, targetCpu: 1 }, { scaleTargetRef: { name: web }, targetCpu: 2 }]",
      },
      [/^targets\[1\]: default\/web appears twice/],
    ],
    [
      "two credentials",
      {
        file: "prometheus: { url: http://p, bearerToken: abcdef, bearerTokenFile: /t }\ntargets: [{ scaleTargetRef: { name: web }, targetCpu: 1 }]",
      },
      [/^prometheus: has several ways to authenticate/],
    ],
    [
      "a schedule that says nothing",
      {
        file: "targets: [{ scaleTargetRef: { name: web }, targetCpu: 1, schedule: [{ name: x, timeZone: Mars/Base }] }]",
      },
      [/timeZone: must be .*got "Mars\/Base"/, /either recurring or once/, /changes nothing/],
    ],
    [
      "a range query of too many points",
      { flags: { deployment: "w", "target-cpu": "1", history: "7d", step: "1s" } },
      [/^--history: 7d is more than 11000 steps/],
    ],
    [
      "a URL with a password in it",
      { flags: { prometheus: "http://u:p@h", deployment: "w", "target-cpu": "1" } },
      [/^--prometheus/],
    ],
    [
      "a name that the file does not list",
      { file: "targets: [{ scaleTargetRef: { name: web }, targetCpu: 1 }]", flags: { deployment: "wep" } },
      [/^targetCpu: is missing/, /^scaleTargetRef\.name: wep is none of the file's 1 target, .* Did you mean web\?$/],
    ],
    ["YAML that is none", { file: "targets: [", flags: { deployment: "w", "target-cpu": "1" } }, [/autoscaler\.yaml/]],
    [
      "a list where a map belongs",
      { file: "- a\n- b", flags: { deployment: "w", "target-cpu": "1" } },
      [/^: must be a mapping/],
    ],
  ])("refuses %s", async (_name, given, expected) => {
    const issues = await issuesOf(given);
    expect(issues).toHaveLength(expected.length);
    expected.forEach((pattern, i) => {
      expect(issues[i]).toMatch(pattern);
    });
  });

  it("never shows a secret in a message", async () => {
    const file =
      "prometheus: { url: http://p, bearerToken: { a: canary-secret } }\ntargets: [{ scaleTargetRef: { name: w }, targetCpu: 1 }]";
    const issues = await issuesOf({ file });
    expect(issues).toHaveLength(1);
    expect(issues.join()).not.toContain("canary");
  });

  it("gives settings or a ConfigError, whatever is in the file", async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (content) => {
        const settings = await load({ file: JSON.stringify(content) }).catch((error: unknown) => error);
        expect(settings instanceof ConfigError || (settings as Settings).targets.length > 0).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it("gives settings or a ConfigError, whatever a flag says", async () => {
    const flag = fc.constantFrom(
      "quantile",
      "min",
      "max",
      "history",
      "step",
      "mode",
      "namespace",
      "kind",
      "prometheus",
    );
    await fc.assert(
      fc.asyncProperty(fc.dictionary(flag, fc.string()), async (flags) => {
        const given = { flags: { deployment: "w", "target-cpu": "1", ...flags } };
        const settings = await load(given).catch((error: unknown) => error);
        expect(settings instanceof ConfigError || (settings as Settings).targets.length === 1).toBe(true);
      }),
    );
  });
});
