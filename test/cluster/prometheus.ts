/** A real Prometheus on loopback for tests: scrapes what it is told to, can be stopped and started again, can be given a past. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { prometheusBinary, promtool } from "./available.ts";
import { passingFolder } from "./folder.ts";

/** One scrape job. */
export interface ScrapeJob {
  readonly job: string;
  /** host:port of each target. */
  readonly targets: readonly string[];
  /** Default /metrics. */
  readonly path?: string;
  /** Labels added to every series of these targets. */
  readonly labels?: Readonly<Record<string, string>>;
}

export interface TestPrometheusOptions {
  readonly scrape?: readonly ScrapeJob[];
  /** Seconds between scrapes, and between evaluations of the rules; default 1. */
  readonly interval?: number;
  /** Absolute paths of files of rules. */
  readonly rules?: readonly string[];
  /** A past to be born with, in OpenMetrics text with timestamps in unix seconds and a last line `# EOF`; in pieces where it is longer than a string may be. Needs promtool. */
  readonly history?: string | Iterable<string>;
  /** Longest block of that past, e.g. "744h": a year in blocks of two hours takes minutes. */
  readonly block?: string;
  /** The program; default: whichever is there. */
  readonly binary?: string;
  /** More command line flags. */
  readonly flags?: readonly string[];
  /** More of its configuration file. */
  readonly more?: Readonly<Record<string, unknown>>;
}

export interface TestPrometheus {
  /** http://127.0.0.1:PORT */
  readonly url: string;
  readonly pid: number;
  /** An instant query; resolves to data.result. */
  query(promql: string, time?: number): Promise<InstantSample[]>;
  /** Ends the server as in an outage; the data and the port stay. */
  pause(): Promise<void>;
  /** Starts it again on the same port and data. */
  resume(): Promise<void>;
  /** Ends it and removes its data. May be called twice. */
  stop(): Promise<void>;
}

export interface InstantSample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

/** Starts Prometheus and waits until it is ready (about 1 s). The kernel ends it when this thread ends, and its data goes with this process. */
export async function startPrometheus(options: TestPrometheusOptions = {}): Promise<TestPrometheus> {
  const binary = options.binary ?? prometheusBinary();
  if (!binary) throw new Error("Prometheus is missing: see missingPrometheus()");
  const { dir, remove } = await passingFolder("prom-");
  await writeFile(join(dir, "prometheus.json"), configuration(options)); // JSON is YAML
  if (options.history) await backfill(dir, options.history, options.block);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const launch = () => launchServer(binary, dir, port, options.flags ?? []);
  let server: ChildProcess | undefined = await launch();
  const pause = async () => {
    if (server) await kill(server);
    server = undefined;
  };
  return {
    url,
    get pid() {
      return server?.pid ?? -1;
    },
    query: (promql, time) => instant(url, promql, time),
    pause,
    resume: async () => {
      server ??= await launch();
    },
    stop: async () => {
      await pause();
      await remove();
    },
  };
}

function configuration(options: TestPrometheusOptions): string {
  const interval = `${Math.round((options.interval ?? 1) * 1000)}ms`;
  return JSON.stringify({
    ...options.more,
    global: { scrape_interval: interval, scrape_timeout: interval, evaluation_interval: interval },
    rule_files: options.rules ?? [],
    scrape_configs: (options.scrape ?? []).map(({ job, targets, path, labels }) => ({
      job_name: job,
      metrics_path: path ?? "/metrics",
      static_configs: [{ targets, labels: labels ?? {} }],
    })),
  });
}

async function backfill(dir: string, history: string | Iterable<string>, block = "2h"): Promise<void> {
  const program = promtool();
  if (program === undefined)
    throw new Error("promtool is missing: apt-get install prometheus, or run test/cluster/setup.sh promtool");
  const file = join(dir, "history.om");
  await writeFile(file, history);
  const from = ["tsdb", "create-blocks-from", `--max-block-duration=${block}`, "openmetrics"];
  await promisify(execFile)(program, [...from, file, join(dir, "data")]);
}

async function launchServer(
  binary: string,
  dir: string,
  port: number,
  flags: readonly string[],
): Promise<ChildProcess> {
  const args = [
    `--config.file=${join(dir, "prometheus.json")}`,
    `--storage.tsdb.path=${join(dir, "data")}`,
    `--web.listen-address=127.0.0.1:${port}`,
    ...flags,
  ];
  // setpriv: the kernel ends it also when this process is killed
  const child = spawn("/usr/bin/setpriv", ["--pdeathsig", "KILL", binary, ...args], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
    said = (said + chunk).slice(-4000);
  });
  // it tells nobody when it is ready: asked again for half a minute
  for (let tries = 0; tries < 300; tries++) {
    if (child.exitCode !== null) break;
    const ready = await fetch(`http://127.0.0.1:${port}/-/ready`).catch(() => undefined);
    if (ready?.ok) return child;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await kill(child);
  throw new Error(`Prometheus was not ready: ${said}`);
}

/** SIGKILL: its data is thrown away or read back from the write-ahead log. */
async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill("SIGKILL");
  await gone;
}

async function instant(url: string, promql: string, time: number | undefined): Promise<InstantSample[]> {
  const body = new URLSearchParams({ query: promql, ...(time === undefined ? {} : { time: String(time) }) });
  const answer = await fetch(`${url}/api/v1/query`, { method: "POST", body });
  if (!answer.ok) throw new Error(`POST ${url}/api/v1/query ${promql}: ${answer.status} ${await answer.text()}`);
  return ((await answer.json()) as { data: { result: InstantSample[] } }).data.result;
}

/**
 * A port of loopback that nothing listens on now, below the range of outgoing connections (32768 on): the kernel gives it to nobody's client
 * before its server has begun, or while that is paused.
 */
export async function freePort(): Promise<number> {
  const port = randomInt(20_000, 32_000);
  const server = createServer().listen(port, "127.0.0.1");
  const free = await once(server, "listening").catch(() => undefined);
  if (free === undefined) return freePort();
  server.close();
  await once(server, "close");
  return port;
}
