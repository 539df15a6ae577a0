/** Starts a real Prometheus for a recording: configuration in a temporary folder, targets by file, answers as bytes. */
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { end, spawnUrgent } from "./record-processes.ts";

/** Seconds between two scrapes, and the step of every query. */
export const SCRAPE_INTERVAL = 15;

/** A running Prometheus of a recording. */
export interface RecordPrometheus {
  /** Puts a group's addresses in force, or none to stop its scrapes. */
  setTargets(group: string, ports: readonly number[]): Promise<void>;
  /** The body of query_range over [start, end] at STEP, byte for byte. */
  queryRange(query: string, start: number, end: number): Promise<Uint8Array>;
  stop(): Promise<void>;
}

/** Asks the system for a port nobody has. */
async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}

const CONFIG = `global: { scrape_interval: ${SCRAPE_INTERVAL}s, scrape_timeout: 5s }
scrape_configs:
  - job_name: stress-app
    file_sd_configs: [{ files: [targets/*.json], refresh_interval: 5s }]
`;

async function waitReady(url: string): Promise<void> {
  for (let i = 0; i < 120; i++) {
    const ready = await fetch(`${url}/-/ready`)
      .then((r) => r.ok)
      .catch(() => false);
    if (ready) return;
    await sleep(250);
  }
  throw new Error("prometheus was not ready within 30 s");
}

/**
 * Starts the program `binary` on a free port of the loopback, and resolves when it is ready. Where there is none, it throws and says how
 * to install it.
 */
export async function startRecordPrometheus(binary = "/usr/bin/prometheus"): Promise<RecordPrometheus> {
  if (!existsSync(binary)) {
    throw new Error(`no ${binary}: apt-get install -y --no-install-recommends prometheus`);
  }
  const folder = await mkdtemp(join(tmpdir(), "record-"));
  await mkdir(join(folder, "targets"));
  await writeFile(join(folder, "prometheus.yml"), CONFIG);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const flags = [`--config.file=${folder}/prometheus.yml`, `--storage.tsdb.path=${folder}/data`];
  flags.push(`--web.listen-address=127.0.0.1:${port}`, "--log.level=warn");
  const child = spawnUrgent(binary, flags, "prometheus");
  const stop = async () => {
    await end(child);
    await rm(folder, { recursive: true, force: true });
  };
  await waitReady(url).catch(async (error: unknown) => {
    await stop();
    throw error;
  });

  return {
    async setTargets(group, ports) {
      const targets = ports.map((p) => `127.0.0.1:${p}`);
      const path = join(folder, "targets", `${group}.json`);
      // Written beside and renamed: a half-written file would drop the targets for a moment.
      await writeFile(`${path}.new`, JSON.stringify([{ targets, labels: { group } }]));
      await rename(`${path}.new`, path);
    },
    async queryRange(query, start, end) {
      const body = new URLSearchParams({
        query,
        start: String(start),
        end: String(end),
        step: String(SCRAPE_INTERVAL),
      });
      const response = await fetch(`${url}/api/v1/query_range`, { method: "POST", body });
      if (!response.ok) throw new Error(`query_range ${query}: ${response.status} ${await response.text()}`);
      return new Uint8Array(await response.arrayBuffer());
    },
    stop,
  };
}
