/** The contract suites against every implementation that needs no server of its own; the real servers have theirs in test/integration. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe } from "vitest";
import { fileHistory } from "../../job/adapters/history-file.ts";
import { prometheusHistory } from "../../job/adapters/prometheus.ts";
import { forgetfulState, pretendScaler } from "../../job/cli/world.ts";
import { config } from "../fakes/config.ts";
import { fakeServer, matrix } from "../fault/server.ts";
import { prometheusSettings } from "../fault/settings.ts";
import { fakeCluster } from "./api-server.ts";
import { historyContract } from "./history.ts";
import { scalerContract } from "./scaler.ts";
import { stateContract } from "./state.ts";

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});
async function cluster() {
  const made = await fakeCluster();
  ends.push(made.stop);
  return made.ports;
}

describe("Scaler: pretended replicas", () => {
  scalerContract(async () => ({ scaler: pretendScaler(3), target: config() }));
});
describe("Scaler: the adapter over a small API server", () => {
  scalerContract(async () => ({ scaler: (await cluster()).scaler, target: config() }));
});

describe("StateStore: of this process", () => {
  stateContract(async () => forgetfulState());
});
describe("StateStore: the adapter over a small API server", () => {
  stateContract(async () => (await cluster()).state);
});

const end = 1_700_000_010;
const grid = Array.from({ length: 200 }, (_, i) => end - 15 * (199 - i));
let dir = "";
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "history-"));
});
afterAll(() => rm(dir, { recursive: true }));

describe("History: a CSV file", () => {
  historyContract(async () => {
    const file = join(dir, "series.csv");
    await writeFile(file, `timestamp,value\n${grid.map((t) => `${t},${t / 1000}`).join("\n")}\n`);
    return { history: fileHistory(file), end };
  });
});
describe("History: the JSON of query_range in a file", () => {
  historyContract(async () => {
    const file = join(dir, "series.json");
    await writeFile(file, matrix(grid.map((t) => [t, String(t / 1000)])));
    return { history: fileHistory(file), end };
  });
});
describe("History: the adapter over a small Prometheus", () => {
  historyContract(async () => {
    const server = await fakeServer(({ url, body }) => {
      const vector = { resultType: "vector", result: [{ metric: {}, value: [end, "1"] }] };
      if (url.endsWith("/query")) return { body: JSON.stringify({ status: "success", data: vector }) };
      const form = new URLSearchParams(body);
      const inside = grid.filter((t) => t >= Number(form.get("start")) && t <= Number(form.get("end")));
      return { body: matrix(inside.map((t) => [t, String(t / 1000)])) };
    });
    ends.push(server.stop);
    return { history: prometheusHistory(prometheusSettings(server.url, { query: "x" })), end };
  });
});
