/** The built job when it cannot tell: stderr a closed pipe or a full disk, stdout a full disk, terminals of any size, Ctrl-C. What it does and its exit code stay what they are. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { stateAnnotation } from "../job/adapters/kubernetes-state.ts";
import { fakeCluster } from "./contract/api-server.ts";
import { fakeServer, matrix } from "./fault/server.ts";
import { FULL_DISK, hasFullDisk, hasTerminal, SCRIPT } from "./linux.ts";

const job = join(import.meta.dirname, "../dist/job.js");
if (!existsSync(job)) console.log("skipped: dist/job.js is not there; npm run build makes it");
const folder = mkdtempSync(join(tmpdir(), "telling-"));
afterAll(() => rmSync(folder, { recursive: true }));

const DAY = join(folder, "day.csv");
const rows = Array.from(
  { length: 5760 },
  (_, i) => `${1_700_000_000 + 15 * i},${(3 + 2 * Math.sin(i / 9)).toFixed(3)}`,
);
writeFileSync(DAY, `timestamp,value\n${rows.join("\n")}\n`);

async function textOf(stream: ChildProcess["stdout"]): Promise<string> {
  let text = "";
  for await (const chunk of stream ?? []) text += String(chunk);
  return text;
}

/** Where a stream goes: kept, or a place that takes nothing. */
type Sink = "pipe" | "closed" | "full";

async function run(args: readonly string[], stdout: Sink, stderr: Sink, env: Record<string, string> = {}) {
  const sink = (kind: Sink) => (kind === "full" ? openSync(FULL_DISK, "w") : "pipe");
  const child = spawn(process.execPath, [job, ...args], { stdio: ["ignore", sink(stdout), sink(stderr)], env });
  const ended = once(child, "exit");
  if (stderr === "closed") child.stderr?.destroy();
  if (stdout === "closed") child.stdout?.destroy();
  const texts = Promise.all(
    [stdout, stderr].map((kind, i) => (kind === "pipe" ? textOf(child.stdio[i + 1] as ChildProcess["stdout"]) : "")),
  );
  const [code] = await ended;
  const [out, err] = await texts;
  return { code, out: out!, err: err! };
}

describe.skipIf(!existsSync(job))("a run whose log nobody can read", () => {
  test.each(["pipe", "closed", ...(hasFullDisk() ? ["full"] : [])] as Sink[])(
    "scales and ends with 0, stderr %s, where the memory is garbage and worth a warning",
    async (stderr) => {
      const cluster = await fakeCluster({
        start: (objects) => {
          objects.annotations = { [stateAnnotation]: "{garbage" };
        },
      });
      const prometheus = await fakeServer(({ url, body }) => {
        const now = Math.floor(Date.now() / 1000);
        const vector = { resultType: "vector", result: [{ metric: {}, value: [now, "1"] }] };
        if (url.endsWith("/query")) return { body: JSON.stringify({ status: "success", data: vector }) };
        const form = new URLSearchParams(body);
        const [start, end] = [Number(form.get("start")), Number(form.get("end"))];
        return { body: matrix(Array.from({ length: (end - start) / 15 + 1 }, (_, i) => [start + 15 * i, "2.2"])) };
      });
      try {
        const env = { KUBECONFIG: cluster.kubeconfig, PROPHET_AUTOSCALER_STATE_CONFIG_MAP_NAME: "state" };
        const target = ["--prometheus", prometheus.url, "--namespace", "shop", "--deployment", "web", "--max", "20"];
        const args = ["--once", "--json", "--log-level", "debug", ...target, "--target-cpu", "0.5"];
        const { code, out, err } = await run(args, "pipe", stderr, env);
        expect(code).toBe(0);
        expect(JSON.parse(out)).toMatchObject({ targets: [{ action: "scaled", from: 3, to: 5 }] });
        expect(cluster.objects.replicas).toBe(5);
        if (stderr === "pipe") expect(err).toContain("state");
      } finally {
        await prometheus.stop();
        await cluster.stop();
      }
    },
  );
});

describe.skipIf(!existsSync(job))("an answer that cannot be written", () => {
  const once = ["--once", "--history-file", DAY, "--target-cpu", "0.5", "--max", "20", "--dry-run", "--json"];
  const backtest = ["backtest", DAY, "--origins", "3", "--methods", "naive", "--json"];

  test.skipIf(!hasFullDisk())(
    "is told, and is no failure of a run; it is one of a command that only answers",
    async () => {
      const [decided, judged] = await Promise.all([run(once, "full", "pipe"), run(backtest, "full", "pipe")]);
      expect(decided.code).toBe(0);
      expect(decided.err).toMatch(/the answer could not be written: ENOSPC/);
      expect(judged.code).toBe(1);
      expect(judged.err).toMatch(/the answer could not be written: ENOSPC/);
    },
  );

  const answers = [
    "--help",
    "--version",
    "schema",
    "completion",
    "explain --help",
    "kubectl --help",
    "kubectl --version",
  ];
  test.skipIf(!hasFullDisk()).each(answers)("is told by %s too", async (words) => {
    const { code, err } = await run(words.split(" "), "full", "pipe");
    expect([code, err]).toEqual([
      1,
      expect.stringMatching(/^prophet-autoscaler: the answer could not be written: ENOSPC.*\n$/),
    ]);
  });

  test("is nobody's failure where the reader went away", async () => {
    expect((await run(backtest, "closed", "pipe")).code).toBe(0);
  });
});

describe.skipIf(!existsSync(job) || !hasTerminal())("a terminal", () => {
  const replay = `${process.execPath} ${job} replay ${DAY} --policies hpa,oracle`;
  const shown = async (size: string, env: Record<string, string> = {}) => {
    const child = spawn(SCRIPT, ["-qec", `stty ${size}; ${replay}`, "/dev/null"], {
      stdio: ["ignore", "pipe", "inherit"],
      env: { PATH: process.env.PATH ?? "", ...env },
    });
    return (await textOf(child.stdout)).replaceAll("\r\n", "\n");
  };
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what the bar writes over itself is taken off
  const withoutBar = (text: string) => text.replaceAll(/\r\u001b\[K[^\n\r]*/g, "");

  test("that was told no size shows every figure, as a wide one does", async () => {
    const [none, wide] = await Promise.all([shown("cols 0 rows 0"), shown("cols 200 rows 50")]);
    // on a busy machine the work lasts long enough for a bar
    expect(none).toBe(withoutBar(wide));
    expect(none).toMatch(/\nhpa +\d+/);
  });

  test("of 40 characters is kept to", async () => {
    const text = withoutBar(await shown("cols 40 rows 50", { NO_COLOR: "1" }));
    for (const line of text.split("\n"))
      if (!line.startsWith(folder)) expect(line.length, line).toBeLessThanOrEqual(40);
    expect(text).toMatch(/\n {2}pod-hours +\d/);
  });

  test("that is dumb gets no control character", async () => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    expect(await shown("cols 80 rows 50", { TERM: "dumb" })).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
  });
});

/** Makes the job say when it begins to listen for Ctrl-C. */
const HEARS = `data:text/javascript,process.on("newListener",(name)=>name==="SIGINT"&&console.error("hears"))`;

describe.skipIf(!existsSync(job))("Ctrl-C", () => {
  test.each([
    ["replay", ["replay", DAY, "--policies", "auto,hpa,prophet"], "steps"],
    ["backtest", ["backtest", DAY, "--origins", "1000000", "--window", "960"], "origins"],
    ["advise", ["advise", DAY], "current.cost"],
  ] as const)("ends %s with what is done so far, and 130", async (_, args, unit) => {
    const child = spawn(process.execPath, ["--import", HEARS, job, ...args, "--json"], { env: {} });
    const out = textOf(child.stdout);
    const ended = once(child, "exit");
    // from its beginning on the work listens for the signal, and says so by the line above
    await once(child.stderr, "data");
    child.kill("SIGINT");
    const [code] = await ended;
    expect(code).toBe(130);
    const answer = JSON.parse(await out) as Record<string, unknown>;
    expect(answer.interrupted).toBe(true);
    const found = unit.split(".").reduce<unknown>((part, key) => (part as Record<string, unknown>)[key], answer);
    expect(Number(found)).toBeGreaterThan(0);
  });
});
