/** Grouped reading of a Prometheus that misbehaves: every doubt is one more single query, and no reading becomes another for it. */
import { afterEach, describe, expect, test } from "vitest";
import { prometheusHistory } from "../../job/adapters/prometheus.ts";
import { RECORDS } from "../../job/adapters/prometheus-records.ts";
import type { HistoryReading } from "../../job/ports.ts";
import { cpuOf } from "../fakes/queries.ts";
import { type FakeServer, fakeServer, matrix, type ReceivedRequest, type Reply } from "./server.ts";
import { hasty, prometheusSettings } from "./settings.ts";

const NOW = 1_700_000_007;
const servers: FakeServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

const asked = ({ body }: ReceivedRequest) => new URLSearchParams(body).get("query") ?? "";
const isGrouped = (seen: ReceivedRequest) => asked(seen).includes("scale_target");
const names = (seen: ReceivedRequest) => /scale_target=~"([^"]*)"/.exec(asked(seen))![1]!.split("|");
const rows = (seen: ReceivedRequest, more: object = {}) => {
  const record = /^[^{]+/.exec(asked(seen))![0];
  const window = Number(/\[(\d+)s\]/.exec(asked(seen))?.[1]);
  const count = Math.floor(window / 15);
  const value = record === RECORDS.pods ? "3" : "1.5";
  const values = Array.from({ length: count }, (_, i) => [NOW - 2 - 15 * (count - 1 - i), value]);
  return names(seen).map((scale_target) => ({ metric: { __name__: record, scale_target, ...more }, values }));
};
const answer = (result: unknown, more: object = {}) =>
  JSON.stringify({ status: "success", data: { resultType: "matrix", result }, ...more });
/** What single queries are answered: 2.5 cores. */
function single({ body }: ReceivedRequest): Reply {
  const [start = 0, end = 0] = ["start", "end"].map((name) => Number(new URLSearchParams(body).get(name)));
  return { body: matrix(Array.from({ length: (end - start) / 15 + 1 }, (_, i) => [start + 15 * i, "2.5"] as const)) };
}

/** Reads so many targets of a server whose grouped answers are these. */
async function read(grouped: (seen: ReceivedRequest) => Reply, count = 12, more: object = {}, twice = false) {
  const server = await fakeServer((seen) => (isGrouped(seen) ? grouped(seen) : single(seen)));
  servers.push(server);
  const warned: string[] = [];
  const settings = prometheusSettings(server.url, { retries: 0, ...more });
  const history = prometheusHistory(settings, { timing: hasty(), log: (_level, text) => warned.push(text) });
  const queries = Array.from({ length: count }, (_, i) =>
    cpuOf({ name: `w${i}`, scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: `w${i}` } }),
  );
  const readings = (await history.read(queries, NOW)) as HistoryReading[];
  // a run a minute later, of the same process
  if (twice) await history.read(queries, NOW + 60);
  history.close();
  const first = readings.map(({ samples }) => samples.values[0]);
  return { first, readings, warned, seen: server.seen.filter(isGrouped), all: server.seen };
}
const good = (seen: ReceivedRequest): Reply => ({ body: answer(rows(seen)) });

describe("many targets read together", () => {
  test("two queries for all, and no more", async () => {
    const { first, readings, all, warned } = await read(good, 150, { grouped: "always" });
    expect(new Set(first)).toEqual(new Set([1.5]));
    expect(readings[0]!.pods!.values).toEqual(Float64Array.from({ length: 20 }, () => 3));
    expect(readings.every(({ partial, seriesCount }) => !partial && seriesCount === 1)).toBe(true);
    expect(all.map((seen) => isGrouped(seen))).toEqual([true, true]);
    expect(warned).toEqual([]);
  });

  test("more than an answer may hold: several queries, each of so many that it stays within 2 MiB", async () => {
    const { first, seen } = await read(good, 900);
    expect(new Set(first)).toEqual(new Set([1.5]));
    const sizes = seen.filter((one) => asked(one).startsWith(RECORDS.cores)).map((one) => names(one).length);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(200);
    expect(Math.max(...sizes) * 120 * 40).toBeLessThanOrEqual(2 * 1024 * 1024);
  });

  const faults: readonly (readonly [string, (seen: ReceivedRequest) => Reply, RegExp | null])[] = [
    [
      "an error",
      () => ({ status: 422, body: '{"status":"error","errorType":"execution","error":"too many samples"}' }),
      /too many samples/,
    ],
    ["a page in its place", () => ({ status: 200, body: "<html>" }), /not JSON/],
    ["an answer that breaks off", (seen) => ({ ...good(seen), end: "cut" }), /each is asked for by itself/],
    ["a partial answer", (seen) => ({ body: answer(rows(seen), { warnings: ["a store is gone"] }) }), /partial/],
    ["an answer of 5 MiB", () => ({ body: `{"status":"${" ".repeat(5 * 1024 * 1024)}` }), /larger than/],
    [
      "a value that is no number",
      (seen) => ({ body: answer(rows(seen).map((row) => ({ ...row, values: [[NOW, "x"]] }))) }),
      /must be a number/,
    ],
    ["a vector", () => ({ body: '{"status":"success","data":{"resultType":"vector","result":[]}}' }), /matrix/],
    ["nothing at all", () => ({ body: answer([]) }), null],
    [
      "an answer without names: of a proxy that answers everything alike",
      () => ({ body: matrix([[NOW, "2.5"]]) }),
      null,
    ],
    [
      "other workloads than were asked for",
      (seen) => ({ body: answer(rows(seen, { scale_target: "shop/Deployment/other" })) }),
      null,
    ],
    ["another record in its place", (seen) => ({ body: answer(rows(seen, { __name__: RECORDS.podStart })) }), null],
    ["every series twice", (seen) => ({ body: answer([...rows(seen), ...rows(seen, { replica: "b" })]) }), null],
  ];
  test.each(faults)("%s: all of them by single queries", async (_what, grouped, warning) => {
    const { first, warned } = await read(grouped);
    expect(first).toEqual(Array.from({ length: 12 }, () => 2.5));
    if (warning === null) expect(warned).toEqual([]);
    else expect(warned[0]).toMatch(warning);
  });

  test("no answer: it is waited for once, and two that failed in a row are the last", async () => {
    const { first, warned, seen } = await read(() => ({ end: "hang" }), 400, { timeout: 2.4 });
    expect(first).toEqual(Array.from({ length: 400 }, () => 2.5));
    expect(warned).toHaveLength(2);
    expect(warned[0]).toMatch(/each is asked for by itself/);
    // two parts of three, each for its load and its pods
    expect(seen).toHaveLength(4);
  });

  test("pods that are not counted make the sum doubtful: single queries", async () => {
    const { first } = await read((seen) => (asked(seen).startsWith(RECORDS.pods) ? { body: answer([]) } : good(seen)));
    expect(first).toEqual(Array.from({ length: 12 }, () => 2.5));
  });

  test("the pod start is good to have: without it, and with one that cannot be, the history is read all the same", async () => {
    const vector = (value: string) => (seen: ReceivedRequest) =>
      JSON.stringify({
        status: "success",
        data: {
          resultType: "vector",
          result: names(seen).map((scale_target) => ({ metric: { scale_target }, value: [NOW, value] })),
        },
      });
    const starts = async (body: (seen: ReceivedRequest) => string) => {
      const reply = (seen: ReceivedRequest) =>
        asked(seen).startsWith(RECORDS.podStart) ? { body: body(seen) } : good(seen);
      const { first, readings } = await read(reply, 12, { measurePodStart: true });
      expect(new Set(first)).toEqual(new Set([1.5]));
      return new Set(readings.map(({ podStart }) => podStart));
    };
    expect(await starts(vector("42"))).toEqual(new Set([42]));
    expect(await starts(vector("901"))).toEqual(new Set([undefined]));
    expect(await starts(vector("NaN"))).toEqual(new Set([undefined]));
    expect(await starts(() => "oops")).toEqual(new Set([undefined]));
  });

  test("a pod start that is recorded twice is nobody's", async () => {
    const starts = (seen: ReceivedRequest): Reply => {
      const row = (name: string, value: string) => ({ metric: { scale_target: name }, value: [NOW, value] });
      const result = names(seen).flatMap((name, i) => [row(name, "12"), ...(i === 0 ? [row(name, "40")] : [])]);
      return { body: JSON.stringify({ status: "success", data: { resultType: "vector", result } }) };
    };
    const reply = (seen: ReceivedRequest) => (asked(seen).startsWith(RECORDS.podStart) ? starts(seen) : good(seen));
    const { readings } = await read(reply, 12, { measurePodStart: true });
    expect(readings.map(({ podStart }) => podStart)).toEqual([undefined, ...Array(11).fill(12)]);
  });

  test.each([
    [9, "auto", false],
    [10, "auto", true],
    [1, "always", true],
    [150, "never", false],
  ] as const)("%i targets, %s: read together: %s", async (count, grouped, together) => {
    const { seen } = await read(good, count, { grouped });
    expect(seen.length > 0).toBe(together);
  });

  test("where nothing is recorded it is not asked again for five minutes", async () => {
    const { seen } = await read(() => ({ body: answer([]) }), 12, {}, true);
    expect(seen.filter((one) => asked(one).startsWith(RECORDS.cores))).toHaveLength(1);
  });
});
