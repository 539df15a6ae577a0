/** The settings of docs/prophet.md on a real Prometheus that holds a year of a recorded series: one query of 8784 hours, fitted with the window. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runCli } from "../../job/cli/program.ts";
import { missingPrometheus, skip } from "../cluster/available.ts";
import { startPrometheus, type TestPrometheus } from "../cluster/prometheus.ts";
import { QUIET } from "../fakes/io.ts";

const HOUR = 3600;
const NOW = Math.floor(Date.now() / 15_000) * 15;
const HOURS = Array.from({ length: 366 * 24 }, (_, i) => Math.floor(NOW / HOUR) * HOUR - i * HOUR).reverse();
/** A day's rhythm, in cores. */
const load = (t: number) => 10 + 4 * Math.sin((2 * Math.PI * t) / 86_400);

function past(): string {
  const recorded = HOURS.map(
    (t) => `workload:load:avg1h{namespace="shop",workload="web",metric="cpu"} ${load(t).toFixed(4)} ${t}`,
  );
  const pod = 'namespace="shop",pod="web-5d4f8c9b7-x2x4z",container="web"';
  const counted = Array.from(
    // ten minutes more than until now: however long the tests take, none is missing
    { length: 521 },
    (_, i) =>
      `container_cpu_usage_seconds_total{${pod}} ${(1000 + load(NOW) * 15 * i).toFixed(2)} ${NOW - 7200 + 15 * i}`,
  );
  const types = ["# TYPE workload:load:avg1h gauge", "# TYPE container_cpu_usage_seconds counter"];
  return [types[0], ...recorded, types[1], ...counted, "# EOF\n"].join("\n");
}

describe.skipIf(skip(missingPrometheus()))("a longer history of a year", () => {
  let prometheus: TestPrometheus;
  let dir = "";
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), "long-history-"));
    prometheus = await startPrometheus({ history: past(), block: "744h", flags: ["--storage.tsdb.retention.time=2y"] });
  });
  afterAll(async () => {
    await prometheus?.stop();
    await rm(dir, { recursive: true });
  });

  async function run(name: string, change: (settings: string) => string) {
    const page = await readFile("docs/prophet.md", "utf8");
    const [example, query] = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text]) => text!) as [string, string];
    const recorded = /^ {4}query: .*$/m.exec(query)![0];
    const settings = example
      .replace(/url: .*/, `url: ${prometheus.url}`)
      .replace(/step: 1h.*/, `step: 1h\n${recorded}`);
    const [config, svg] = [join(dir, `${name}.yaml`), join(dir, `${name}.svg`)];
    await writeFile(config, change(settings));
    let [out, err] = ["", ""];
    const io = {
      argv: ["--once", "--dry-run", "--config", config, "--replicas", "24", "--json", "--svg", svg, "--components"],
      env: {},
      version: "0",
      out: (text: string) => {
        out += text;
      },
      err: (text: string) => {
        err += text;
      },
      ...QUIET,
    };
    expect(await runCli(io), err).toBe(0);
    return { ...JSON.parse(out).targets[0], err, svg: await readFile(svg, "utf8") };
  }

  test("is read whole and fitted by Prophet with its seasons and events", async () => {
    const { forecast, svg, err } = await run("year", (settings) => settings);
    expect(err).not.toMatch(/warn/);
    expect(forecast.method).toBe("prophet");
    expect(forecast.max).toBeGreaterThan(0.7 * load(NOW));
    expect(forecast.max).toBeLessThan(1.3 * load(NOW));
    for (const panel of [
      "trend, cores",
      "holidays, % of the trend",
      "workday, %",
      "day-off, %",
      "yearly, %",
      "weekly, %",
    ])
      expect(svg).toContain(panel);
  });

  test("joins the pool of auto", async () => {
    const { forecast, svg } = await run("auto", (settings) => settings.replace("method: prophet", "method: auto"));
    expect(forecast.method).toBe("auto");
    expect(svg).toContain("(Prophet over the longer history)");
    for (const panel of ["holidays, % of the trend", "workday, %", "yearly, %"]) expect(svg).toContain(panel);
  });

  test("that fails is told, and the window decides", async () => {
    const wrong = (settings: string) => settings.replace(/workload:load:avg1h.*/, "nonsense(");
    const { forecast, err } = await run("wrong", wrong);
    expect(err).toMatch(/nonsense/);
    expect(forecast.method).toBe("prophet");
  });
});
