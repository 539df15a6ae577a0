/** The rules across fields: what the job refuses or warns of, the chart's templates refuse or warn of, in the same words. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ConfigError, loadSettings } from "../../job/config/load.ts";
import type { Rule } from "../../job/config/rules.ts";
import type { Node } from "../../job/config/schema.ts";
import { TABLE } from "../../job/config/table.ts";
import { skip } from "../cluster/available.ts";
import { chart, type Helm, missingHelm, startHelm } from "./helm-program.ts";

const target = (more: object) => ({ targets: [{ scaleTargetRef: { name: "web" }, targetCpu: "100m", ...more }] });
const source = (more: object) => ({ ...target({}), prometheus: { url: "http://p", ...more } });
const sending = (metrics: object) => ({ ...source({}), metrics });
const calendar = (more: object) => target({ schedule: [{ name: "x", ...more }] });
const week = { days: ["Mon"], from: "08:00", to: "18:00" };

/** A target of queues alone, one for each of these. */
const queue = (more: object, ...metrics: readonly object[]) => {
  const metric = { name: "queue", query: "sum(q)", averageValue: 3 };
  return {
    targets: [{ scaleTargetRef: { name: "web" }, ...more, metrics: metrics.map((m) => ({ ...metric, ...m })) }],
  };
};

/** Each breaks one rule, but for those that break none. */
const CASES: readonly (readonly [string, object])[] = [
  ["plain", target({})],
  [
    "everything at once, and right",
    {
      prometheus: {
        url: "http://p",
        tls: { certFile: "/c", keyFile: "/k" },
        headersFrom: { A: { env: "E" } },
        longHistory: {},
      },
      ...target({
        minReplicas: 10,
        podCpuLimit: "100m",
        fallback: { replicas: 10 },
        quantile: 0.9,
        scaleDownQuantile: "90%",
        history: "1h30m",
        schedule: [
          { name: "a", recurring: { ...week, to: "24:00" }, minReplicas: 10 },
          { name: "b", once: { from: "2027-01-01T00:00", to: "2027-01-02T00:00" }, factor: 2 },
        ],
      }),
    },
  ],
  [
    "a share of the request, and a limit",
    { ...target({ targetCpu: "70%", podCpuLimit: "500m" }), kubernetes: { detectScalers: true } },
  ],
  [
    "a share of a request that may not be read",
    { ...target({ targetCpu: "70%" }), kubernetes: { detectScalers: false } },
  ],
  ["the minimum above the maximum", target({ minReplicas: 5, maxReplicas: 3 })],
  ["the minimum above the maximum that nobody set", target({ minReplicas: 11 })],
  ["the minimum of all above a target's maximum", { defaults: { minReplicas: 5 }, ...target({ maxReplicas: 3 }) }],
  ["a target of nothing", { targets: [{ scaleTargetRef: { name: "web" } }] }],
  ["a target of another metric alone", queue({ minReplicas: 1 }, {})],
  ["0 replicas of the CPU alone", target({ minReplicas: 0 })],
  ["0 replicas, and a metric that wakes", queue({ minReplicas: 0 }, { activation: 0 })],
  ["0 replicas, and none that wakes", queue({ minReplicas: 0 }, {})],
  ["0 replicas of an HPA", queue({ minReplicas: 0, actuator: "hpa" }, { activation: 0 })],
  ["two metrics of one name", queue({}, {}, {})],
  ["a target above the limit", target({ targetCpu: "501m", podCpuLimit: "500m" })],
  ["milli-cores without their unit", target({ targetCpu: 400 })],
  ["a large target that its limit allows", target({ targetCpu: 400, podCpuLimit: 500 })],
  ["several cores a pod", target({ targetCpu: 4 })],
  ["several cores a pod, as meant", target({ targetCpu: 4, podCpuLimit: 5 })],
  ["a fallback above the maximum", target({ fallback: { replicas: 11 } })],
  ["quantiles the wrong way round", target({ quantile: 0.9, scaleDownQuantile: 0.8 })],
  ["a horizon of less than a step", target({ horizon: "10s" })],
  ["a history of less than two steps", target({ history: "1m", step: "31s" })],
  ["too many steps of history", target({ history: "7d", step: "1s" })],
  ["too many steps of calibration", target({ calibration: "7d", step: "1s", horizon: "1m" })],
  ["a calendar floor above the maximum", calendar({ recurring: week, minReplicas: 40 })],
  ["a calendar floor above its own ceiling", calendar({ recurring: week, minReplicas: 4, maxReplicas: 3 })],
  [
    "a calendar ceiling below the minimum",
    target({ minReplicas: 3, schedule: [{ name: "x", recurring: week, maxReplicas: 2 }] }),
  ],
  [
    "a calendar ceiling at the minimum",
    target({ minReplicas: 3, schedule: [{ name: "x", recurring: week, maxReplicas: 3 }] }),
  ],
  ["an entry that is never", calendar({ minReplicas: 4 })],
  [
    "an entry that is twice",
    calendar({ recurring: week, once: { from: "2027-01-01T00:00", to: "2027-01-02T00:00" }, minReplicas: 4 }),
  ],
  ["an entry that changes nothing", calendar({ recurring: week })],
  ["an interval without a length", calendar({ recurring: { ...week, to: "08:00" }, minReplicas: 4 })],
  [
    "an interval that ends before it begins",
    calendar({ once: { from: "2027-01-02T00:00", to: "2027-01-01T00:00" }, minReplicas: 4 }),
  ],
  ["two ways to authenticate", source({ bearerTokenFile: "/t", basic: { username: "u", passwordFile: "/p" } })],
  ["two ways to authenticate, one of them without settings", source({ bearerTokenFile: "/t", googleIam: {} })],
  ["two ways to send metrics", sending({ otlp: "http://p/api/v1/otlp", textfile: "/metrics/job.prom" })],
  [
    "two proofs for one server of metrics",
    sending({ otlp: "http://p/api/v1/otlp", bearerTokenFile: "/t", azureAd: {} }),
  ],
  ["a certificate without its key", source({ tls: { certFile: "/c" } })],
  ["a header from nowhere", source({ headersFrom: { A: {} } })],
  ["a header from two places", source({ headersFrom: { A: { env: "E", file: "/f" } } })],
  ["Prophet's floor at its capacity", target({ prophet: { growth: "logistic", cap: 2000, floor: 2000 } })],
  ["too long a longHistory", source({ longHistory: { range: "31d", step: "15s" } })],
];

/** Every rule that stands in the table. */
function rulesIn(node: Node): readonly Rule[] {
  if (node.kind === "list" || node.kind === "dict") return rulesIn(node.of);
  return node.kind === "group" ? [...(node.rules ?? []), ...Object.values(node.fields).flatMap(rulesIn)] : [];
}

describe.skipIf(skip(missingHelm()))("rules across fields", () => {
  let helm: Helm;
  const said = new Set<string>();
  beforeAll(async () => {
    helm = await startHelm();
  });
  afterAll(() => helm?.stop());

  async function byJob(config: object): Promise<{ refused: readonly string[]; warned: readonly string[] }> {
    const readFile = async () => JSON.stringify(config);
    try {
      const settings = await loadSettings({ flags: { config: "file" }, env: { E: "value" }, readFile });
      return { refused: [], warned: settings.warnings.map((line) => `config.${line}`) };
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      return { refused: error.issues.map(({ path, message }) => `config.${path}: ${message}`), warned: [] };
    }
  }

  async function byChart(values: object): Promise<{ refused: readonly string[]; warned: readonly string[] }> {
    const file = join(helm.dir, "values.yaml");
    writeFileSync(file, JSON.stringify(values));
    try {
      const notes = await helm("install", "--dry-run=client", "x", chart, "-f", file);
      return { refused: [], warned: /^Warning: (.*)$/m.exec(notes)?.slice(1, 2) ?? [] };
    } catch (error) {
      const text = String(error);
      expect(text).toContain("the job would refuse these values:\n");
      const lines = text.split("the job would refuse these values:\n")[1]!.split("\n");
      return { refused: lines.filter((line) => /^config\./.test(line)), warned: [] };
    }
  }

  test.each(CASES)("%s: job and chart say the same", async (_name, config) => {
    const prometheus = { url: "http://p" };
    const job = await byJob({ prometheus, ...config });
    expect(await byChart({ config: { prometheus, ...config } })).toEqual(job);
    for (const line of [...job.refused, ...job.warned]) said.add(line);
  });

  test("no rule of the table is left out above", () => {
    // the chart takes no password, no secret key, no webhook's URL and no number of a shard, so their rules cannot be broken there
    const rules = [...rulesIn(TABLE.run), ...rulesIn(TABLE.target)].filter(
      ({ says }) => !/password|secretKey|urlFile|must be below shards/.test(says),
    );
    expect(rules.length).toBeGreaterThan(15);
    for (const { says } of rules) {
      const words = says.split(/\{left\}|\{right\}/);
      expect(
        [...said].some((line) => words.every((part) => line.includes(part))),
        says,
      ).toBe(true);
    }
  });
});
