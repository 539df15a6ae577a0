/** Every command of the pages as it stands there, in a shell, with a real Prometheus, API server and Helm. test/docs/page-commands.ts has the few that are not run here. */
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { missingPrometheus, skip } from "../cluster/available.ts";
import { placesOf, STAND_INS } from "../docs/page-commands.ts";
import { pageFiles, shellBlocksOf } from "../docs/page-files.ts";
import { missingHelm } from "./helm-program.ts";
import { type PageWorld, startPageWorld } from "./page-world.ts";

/** The blocks with something to run here, each without the lines that nothing runs. */
const blocks = pageFiles().flatMap((page) => {
  const places = new Map(placesOf(page));
  return shellBlocksOf(page).flatMap((block) => {
    const joined = block.replace(/\\\n\s*/g, "").split("\n");
    const rest = joined.filter((line) => {
      const place = places.get(line.replace(/(^|\s)# .*$/, "").trim());
      return place !== undefined && "run" in place;
    });
    return rest.length === 0 ? [] : [[page, rest.join("\n")] as const];
  });
});

describe.skipIf(skip(missingHelm() ?? missingPrometheus()))("the commands of the pages", () => {
  let world: PageWorld;
  beforeAll(async () => {
    world = await startPageWorld();
  });
  afterAll(() => world?.stop());

  test("are many", () => expect(blocks.length).toBeGreaterThan(25));

  test.each(blocks)("%s: %s", async (page, block) => {
    await world.open(page, block);
    let script = block;
    for (const [said, done] of STAND_INS(world.past, world.prometheus)) script = script.replaceAll(said, done);
    const options = { cwd: world.dir, env: world.env, timeout: 200_000, maxBuffer: 64 << 20 };
    // --norc: it takes the pipe of its stdin for a connection from elsewhere
    const { stdout } = await promisify(execFile)("bash", ["--norc", "-eo", "pipefail", "-c", script], options);
    // a command that writes a file or completes a shell says nothing
    if (!/>|completion/.test(block)) expect(stdout).not.toBe("");
  });

  test("would fail for a flag, a setting or a file that is not there", async () => {
    await world.open("README.md");
    const fails = [
      "node dist/job.js --once --dry-rum",
      "kubectl apply -k manifests/bass",
      "helm install x manifests/helm --set cronJob.tasks=1",
    ];
    for (const script of fails)
      await expect(promisify(execFile)("bash", ["-euc", script], { cwd: world.dir, env: world.env })).rejects.toThrow();
    expect(readFileSync("README.md", "utf8")).toContain("```yaml");
  });
});
