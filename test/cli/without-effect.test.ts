/** A flag that changes nothing beside the others is told with the reason, in every command, and the answer stays the same. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { cli, waveFile } from "../fakes/cli.ts";

const folder = mkdtempSync(join(tmpdir(), "without-effect-"));
afterAll(() => rmSync(folder, { recursive: true }));
const wave = waveFile(folder);
const config = join(folder, "config.yaml");
writeFileSync(config, "targets: [{ scaleTargetRef: { name: web }, targetCpu: 0.2 }]\n");

const REPLAY = `replay ${wave} --policies hpa --warmup 3600`;
const MEASURED = `backtest ${wave} --methods naive --origins 5`;
const TRIAL = `--history-file ${wave} --target-cpu 1`;

test.each([
  [REPLAY, "--range 2d --query up --prometheus http://127.0.0.1:9", "the series comes from FILE"],
  [`${REPLAY} --config ${config}`, "--kubeconfig none --context none", "the series comes from FILE"],
  [`advise ${wave} --warmup 3600 --every 1h`, "--prometheus-tenant none", "the series comes from FILE"],
  [REPLAY, "--namespace shop --deployment web", "only --config has targets to choose from"],
  [MEASURED, "--api-version apps/v1 --kind StatefulSet", "only --config has targets to choose from"],
  [REPLAY, "--price 0.04", "only the page shows costs"],
  [
    TRIAL,
    "--query up --prometheus http://127.0.0.1:9 --rate-window 5m",
    "--history-file takes the place of Prometheus",
  ],
  [`history --since 10m ${TRIAL}`, "--prometheus http://127.0.0.1:9", "--history-file takes the place of Prometheus"],
  [`doctor ${TRIAL}`, "--prometheus-token-file none", "--history-file takes the place of Prometheus"],
  [
    `${TRIAL} --replicas 3 --dry-run`,
    "--kubeconfig none --state-config-map none",
    "--replicas takes the place of a cluster",
  ],
  [TRIAL, "--context none", "a cluster is used only where"],
  [`${TRIAL} --deployment workload`, "--kubernetes-timeout 3s", "a cluster is used only where"],
  [`${TRIAL} --json`, "--plot", "--json prints nothing else"],
  [`explain ${TRIAL} --json`, "--plot", "--json prints nothing else"],
  [`history --since 10m ${TRIAL} --json`, "--output wide", "--json prints nothing else"],
])("%s", async (line, flags, why) => {
  const names = flags.split(" ").filter((word) => word.startsWith("--"));
  const [plain, idle] = [await cli(line), await cli(`${line} ${flags}`)];
  expect([plain.code, plain.err]).toEqual([0, expect.not.stringContaining("no effect")]);
  // in the order of the help
  const [, told = "", reason] = /^prophet-autoscaler: (--.*) ha(?:s|ve) no effect: (.*)$/m.exec(idle.err) ?? [];
  expect([told.split(", ").sort(), reason]).toEqual([names.sort(), expect.stringContaining(why)]);
  const untimed = (text: string) => text.replaceAll(/"time":"[^"]*"/g, "");
  expect({ ...idle, err: "", out: untimed(idle.out) }).toEqual({ ...plain, err: "", out: untimed(plain.out) });
});

test.each([
  `${REPLAY} --config ${config} --deployment web`,
  `${REPLAY} --price 1 --report ${join(folder, "page.html")}`,
  `history --since 10m ${TRIAL} -o json --json`,
  `${TRIAL} --plot=false --json`,
])("and of one that counts nothing is said: %s", async (line) => {
  expect(await cli(line)).toMatchObject({ code: 0, err: expect.not.stringContaining("no effect") });
});
