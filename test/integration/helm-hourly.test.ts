/** The chart's values for pods that live for an hour: what they render, and which times are refused. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { skip } from "../cluster/available.ts";
import { chart, type Helm, missingHelm, objectsOf, startHelm } from "./helm-program.ts";

const hourly = parse(readFileSync(join(chart, "values/hourly.yaml"), "utf8")) as { cronJob: object };

describe.skipIf(skip(missingHelm()))("a pod an hour", () => {
  let helm: Helm;
  beforeAll(async () => {
    helm = await startHelm();
  });
  afterAll(() => helm?.stop());
  const render = async (values: object) => {
    const file = join(helm.dir, "hourly.json");
    writeFileSync(file, JSON.stringify(values));
    return helm("template", "prophet-autoscaler", chart, "-n", "shop", "--values", file);
  };

  test("with shards each index begins again by itself, and the job plans for a minute", async () => {
    const all = objectsOf(await render({ ...hourly, shards: { count: 3 } }));
    const { spec } = all.find(({ kind }) => kind === "CronJob") as unknown as { spec: Record<string, never> };
    expect(spec).toMatchObject({
      concurrencyPolicy: "Allow",
      jobTemplate: { spec: { completions: 3, backoffLimitPerIndex: 20, activeDeadlineSeconds: 3720 } },
    });
    expect(JSON.stringify(spec)).not.toContain('"backoffLimit"');
    // a minute is the default: it is not written
    expect(JSON.stringify(all)).not.toContain("interval");
  });

  const refused: readonly (readonly [string, object, RegExp])[] = [
    [
      "three runs at once",
      { concurrencyPolicy: "Allow", activeDeadlineSeconds: 120 },
      /activeDeadlineSeconds 120 lets three runs decide at once.*Lower it below 120/,
    ],
    [
      "an hour that begins within half a minute or not at all",
      { ...hourly.cronJob, startingDeadlineSeconds: 30 },
      /cronJob.startingDeadlineSeconds 30: .* 3600 s later. Raise it to 300/,
    ],
    [
      "an hour that ends with its first pod",
      { ...hourly.cronJob, backoffLimit: 0 },
      /cronJob.backoffLimit 0: nobody would decide .* 3600 s at most/,
    ],
    [
      "an `every` as long as `for`",
      { every: "50s", for: 50, activeDeadlineSeconds: 56 },
      /cronJob.every 50s is not shorter than cronJob.for 50/,
    ],
    [
      "an `every` of more than an hour",
      { ...hourly.cronJob, every: "61m", for: "2h" },
      /cronJob.every 61m is out of range: the job takes 1s to 1h/,
    ],
    ["an `every` of less than a second", { every: "500ms", for: 50 }, /cronJob.every 500ms is out of range/],
    ["a minute without a decision at the end", { ...hourly.cronJob, for: "59m" }, /cronJob.for 59m ends too early/],
  ];
  test.each(refused)("refused: %s", async (_what, cronJob, message) => {
    await expect(render({ cronJob })).rejects.toThrow(message);
  });
});
