/** Further flags in the chart: each flag of a run is taken, and what the job would refuse is refused before there is a CronJob. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { COMMANDS } from "../../job/cli/options.ts";
import { skip } from "../cluster/available.ts";
import { cli } from "../fakes/cli.ts";
import { chart, type Helm, missingHelm, startHelm } from "./helm-program.ts";

/** What the chart itself gives. */
const GIVEN = ["config", "every", "for"];
const flags = COMMANDS.find(({ name }) => name === "run")!.options.map(({ flag }) => flag);

describe.skipIf(skip(missingHelm()))("cronJob.extraArgs", () => {
  let helm: Helm;
  beforeAll(async () => {
    helm = await startHelm();
  });
  afterAll(() => helm?.stop());

  const render = (extraArgs: readonly string[], more: object = {}, values: object = {}) => {
    const file = join(helm.dir, "values.json");
    writeFileSync(file, JSON.stringify({ cronJob: { extraArgs, ...more }, ...values }));
    return helm("template", "a", chart, "--values", file);
  };

  test("takes every flag that a run has, by = or in two words", async () => {
    const free = flags.filter((flag) => !GIVEN.includes(flag));
    expect(free.length).toBeGreaterThan(40);
    await expect(render(free.map((flag) => `--${flag}=1`))).resolves.toContain("--dry-run=1");
    await expect(render(["--log-level", "debug"])).resolves.toContain("- debug");
  });

  test("--once is refused beside cronJob.every alone", async () => {
    const every = { every: "15s", for: "50s", activeDeadlineSeconds: 56 };
    await expect(render(["--once"], every)).rejects.toThrow(
      "extraArgs[0]: --once cannot be combined with cronJob.every",
    );
    await expect(render(["--dry-run"], every)).resolves.toContain("- --dry-run");
  });

  test("what a flag or a variable gives is not missed in the file, and what it replaces is not refused", async () => {
    const targets = [{ scaleTargetRef: { name: "web" }, minReplicas: 15 }];
    const more = { config: { targets } };
    const args = ["--target-cpu=0.5", "--max", "20"];
    await expect(render([], {}, more)).rejects.toThrow(/minReplicas: 15 is above[\s\S]*targetCpu: is missing/);
    await expect(render(args, {}, more)).resolves.toContain("- --max");
    await expect(render(args.slice(0, 1), {}, more)).rejects.toThrow("minReplicas: 15 is above");
    const env = [{ name: "PROPHET_AUTOSCALER_TARGET_CPU", value: "1" }];
    await expect(render(args.slice(1), { env }, more)).resolves.toContain("- --max");
    await expect(render(args, { envFrom: [{ secretRef: { name: "more" } }] }, more)).resolves.toContain("- --max");
  });

  test.each(["--dryrun", "--no-plot", "--config=other.yaml", "--every=15s"])(
    "%s is refused, as by the job",
    async (arg) => {
      await expect(render([arg])).rejects.toThrow(
        `the job would refuse these values:\ncronJob.extraArgs[0]: ${arg.split("=")[0]} `,
      );
      const { code, err } = await cli(`--once --config autoscaler.yaml ${arg}`);
      expect([code, err]).toEqual([2, expect.stringMatching(/^prophet-autoscaler: --/)]);
    },
  );
});
