/** Prometheus and what stands before it, misbehaving: every fault is a named error that says what was asked. */
import { describe, expect, test } from "vitest";
import { HistoryError } from "../../job/adapters/errors.ts";
import { prometheusHistory } from "../../job/adapters/prometheus.ts";
import type { HistoryReading } from "../../job/ports.ts";
import { queriesOf } from "../../job/run/read.ts";
import { config } from "../fakes/config.ts";
import { cpuOf } from "../fakes/queries.ts";
import { good, read, serve } from "./ask.ts";
import { fakeServer, matrix, type Reply } from "./server.ts";
import { hasty, prometheusSettings } from "./settings.ts";

/** A time within the window that read() asks for. */
const AT = 1_700_000_000;

describe("faults of the answer", () => {
  const cases: readonly (readonly [string, Reply, RegExp, number])[] = [
    [
      "bad query",
      { status: 400, body: '{"status":"error","errorType":"bad_data","error":"parse error"}' },
      /400 bad_data: parse error/,
      1,
    ],
    ["unauthorized", { status: 401, body: "<html>no</html>" }, /401 <html>no/, 1],
    ["not found", { status: 404 }, /404 an empty body/, 1],
    [
      "execution",
      { status: 422, body: '{"status":"error","errorType":"execution","error":"too many samples"}' },
      /422 execution: too many samples/,
      1,
    ],
    ["server error", { status: 500, body: "boom" }, /500 boom/, 1],
    ["throttled", { status: 429 }, /429 .*3 attempts/, 3],
    ["bad gateway", { status: 502 }, /502 .*3 attempts/, 3],
    ["unavailable", { status: 503 }, /503 .*3 attempts/, 3],
    ["gateway timeout", { status: 504 }, /504 .*3 attempts/, 3],
    ["HTML with 200", { body: "<!doctype html><p>Sign in" }, /not JSON.*Sign in/, 1],
    ["JSON that ends early", { body: good.slice(0, 60) }, /not JSON/, 1],
    ["nothing", { body: "" }, /not JSON.*an empty body/, 1],
    ["null", { body: "null" }, /it has no "status"; it begins null/, 1],
    ["error with 200", { body: '{"status":"error","errorType":"x","error":"y"}' }, /status is "error": x: y/, 1],
    [
      "a vector",
      { body: '{"status":"success","data":{"resultType":"vector","result":[]}}' },
      /resultType must be "matrix", got "vector"/,
      1,
    ],
    [
      "no values",
      { body: '{"status":"success","data":{"resultType":"matrix","result":[{"histograms":[]}]}}' },
      /no values/,
      1,
    ],
    ["a word for a number", { body: matrix([[AT, "many"]]) }, /must be a number, got .*many/, 1],
    ["a hexadecimal number", { body: matrix([[AT, "0x10"]]) }, /must be a number, got .*0x10/, 1],
    [
      "redirect",
      { status: 302, headers: { location: "http://elsewhere.example/login?x=1" } },
      /redirected to http:\/\/elsewhere\.example;/,
      1,
    ],
    ["reset", { end: "silent" }, /no answer|ECONNRESET|hang up/, 3],
    ["reset half way", { body: good, end: "cut" }, /ECONNRESET|aborted/, 3],
  ];
  test.each(cases)("%s", async (_name, reply, message, requests) => {
    const { result, server } = await read(() => reply);
    expect(result).toBeInstanceOf(HistoryError);
    expect((result as Error).message).toMatch(message);
    expect((result as Error).message).toContain("/api/v1/query_range");
    expect((result as Error).message).toContain("sum(x)");
    expect(server.seen).toHaveLength(requests);
  });

  test("an answer that never comes ends at the deadline", async () => {
    const { result } = await read(() => ({ end: "hang" }), { timeout: 0.2, retries: 0 });
    expect((result as Error).message).toMatch(/no answer within 0\.2 s/);
  });

  test("an endless answer is cut off", async () => {
    const megabyte = "x".repeat(1024 * 1024);
    const body = function* () {
      for (let i = 0; i < 200; i++) yield megabyte;
    };
    const { result } = await read(() => ({ body }), { timeout: 30 });
    expect((result as Error).message).toMatch(/larger than 286 KiB; .*sum\(/);
  });

  test("nobody listens", async () => {
    const server = await fakeServer(() => ({}));
    await server.stop();
    const history = prometheusHistory(prometheusSettings(server.url), { timing: hasty() });
    await expect(history.now()).rejects.toThrow(/ECONNREFUSED.*3 attempts/);
  });
});

describe("attempts", () => {
  test("a transient error is tried again and forgotten", async () => {
    const { result, server } = await read((_, n) => (n < 3 ? { status: 503 } : { body: good }));
    expect((result as HistoryReading).samples.values).toEqual(Float64Array.of(1.5));
    expect(server.seen).toHaveLength(3);
  });

  test("Retry-After is honoured within the deadline, and beyond it there is no further attempt", async () => {
    const pauses: number[] = [];
    await read((_, n) => (n === 1 ? { status: 429, headers: { "retry-after": "1" } } : { body: good }), {}, pauses);
    expect(pauses).toEqual([1000]);
    const { server } = await read(() => ({ status: 429, headers: { "retry-after": "60" } }));
    expect(server.seen).toHaveLength(1);
  });

  test("pauses are jittered and grow", async () => {
    const pauses: number[] = [];
    await read(() => ({ status: 503 }), { timeout: 10 }, pauses);
    expect(pauses).toEqual([100, 200]);
  });
});

describe("what is read", () => {
  test("NaN and infinities come through as numbers, for the quality check to judge", async () => {
    const { result } = await read(() => ({
      body: matrix([
        [AT - 45, "NaN"],
        [AT - 30, "+Inf"],
        [AT - 15, "-Inf"],
        [AT - 0, "1e-3"],
      ]),
    }));
    expect([...(result as HistoryReading).samples.values]).toEqual([Number.NaN, Infinity, -Infinity, 0.001]);
  });

  test("empty is no sample and no series, not zero", async () => {
    const { result } = await read(() => ({ body: '{"status":"success","data":{"resultType":"matrix","result":[]}}' }));
    expect(result).toMatchObject({ seriesCount: 0, partial: false });
    expect((result as HistoryReading).samples.times).toHaveLength(0);
  });

  test("nothing for the query that is built comes with what may be wrong with it: a scrape as rare as its rate's window", async () => {
    const server = await serve(() => ({ body: '{"status":"success","data":{"resultType":"matrix","result":[]}}' }));
    const history = prometheusHistory(prometheusSettings(server.url));
    const built = (await history.read([cpuOf({ name: "a" })], AT))[0] as HistoryReading;
    const own = (await history.read([cpuOf({ name: "a", query: "x" })], AT))[0] as HistoryReading;
    history.close();
    const hint = "rate() needs two scrapes within rateWindow (60 s): if they are 30 s apart or more, raise it";
    expect([built.hint, own.hint]).toEqual([hint, undefined]);
  });

  test("warnings and partial answers are said", async () => {
    const warned = await read(() => ({ body: matrix([[AT, "1"]], { warnings: ["store unreachable"] }) }));
    expect(warned.result).toMatchObject({ partial: true });
    const partial = await read(() => ({ body: matrix([[AT, "1"]], { isPartial: true }) }));
    expect(partial.result).toMatchObject({ partial: true });
    const advice = 'PromQL info: metric might not be a counter, name does not end in _total: "cpu" (1:5)';
    const advised = await read(() => ({ body: matrix([[AT, "1"]], { warnings: [advice] }) }));
    expect(advised.result).toMatchObject({ partial: false });
    const odd = await read(() => ({ body: matrix([[AT, "1"]], { warnings: { a: 1 } }) }));
    expect(odd.result).toMatchObject({ partial: true });
    const both = await read(() => ({ body: matrix([[AT, "1"]], { warnings: [advice, "PromQL warning: mixed"] }) }));
    expect(both.result).toMatchObject({ partial: true });
    const infos = await read(() => ({ body: matrix([[AT, "1"]], { infos: ["metric might not be a counter"] }) }));
    expect(infos.result).toMatchObject({ partial: false });
  });

  test("several series are counted", async () => {
    const one = { metric: {}, values: [[AT, "1"]] };
    const body = JSON.stringify({ status: "success", data: { resultType: "matrix", result: [one, one, one] } });
    expect((await read(() => ({ body }))).result).toMatchObject({ seriesCount: 3 });
  });

  test("the range is aligned to the step and holds history / step points", async () => {
    const { server } = await read(() => ({ body: good }));
    const form = new URLSearchParams(server.seen[0]!.body);
    expect(server.seen[0]).toMatchObject({ method: "POST", url: "/api/v1/query_range" });
    expect(form.get("end")).toBe("1699999995");
    expect(Number(form.get("end")) - Number(form.get("start"))).toBe(119 * 15);
    expect(form.get("step")).toBe("15");
  });

  test("more points than Prometheus gives are refused before asking", async () => {
    const server = await serve(() => ({ body: good }));
    const history = prometheusHistory(prometheusSettings(server.url, { query: "x" }));
    const [result] = await history.read([cpuOf({ history: 11_001, step: 1 })], 1_700_000_000);
    expect(String(result)).toMatch(/11001 points, but a query returns at most 11000/);
    expect(server.seen).toHaveLength(0);
  });

  test("one target's failure is its own", async () => {
    const server = await serve((seen) => (seen.body.includes("bad") ? { status: 400 } : { body: good }));
    const history = prometheusHistory(prometheusSettings(server.url, { query: "good" }));
    const results = await history.read(
      [cpuOf({ name: "a" }), cpuOf({ name: "b", query: "bad" }), cpuOf({ name: "c", query: "good" })],
      1_700_000_000,
    );
    expect(results.map((r) => r instanceof Error)).toEqual([false, true, false]);
  });

  test("the clock is that of Prometheus", async () => {
    const server = await serve(() => ({
      body: '{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1234567890.5,"1"]}]}}',
    }));
    expect(await prometheusHistory(prometheusSettings(server.url)).now()).toBe(1234567890.5);
  });
});

describe("what is good to have fails softly", () => {
  test("long history and pod start", async () => {
    const warnings: string[] = [];
    const server = await serve((seen) => {
      const form = new URLSearchParams(seen.body);
      if (form.get("step") === "300") return { status: 422, body: "too long" };
      return seen.url === "/api/v1/query" ? { status: 400, body: "no such metric" } : { body: good };
    });
    const settings = prometheusSettings(server.url, {
      longHistory: { range: 604_800, step: 300 },
      measurePodStart: true,
    });
    const history = prometheusHistory(settings, { log: (_, message) => warnings.push(message) });
    const [result] = await history.read([cpuOf()], 1_700_000_000);
    expect(result).toMatchObject({ seriesCount: 1 });
    expect(result).not.toHaveProperty("podStart");
    expect(warnings.join("\n")).toMatch(/too long/);
    expect(warnings.join("\n")).toMatch(/no such metric/);
  });

  test("both are used when they are there", async () => {
    const vector = '{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1,"42.5"]}]}}';
    const server = await serve((seen) => ({ body: seen.url === "/api/v1/query" ? vector : good }));
    const settings = prometheusSettings(server.url, {
      longHistory: { range: 604_800, step: 300 },
      measurePodStart: true,
    });
    const [result] = await prometheusHistory(settings).read([cpuOf()], 1_700_000_000);
    expect(result).toMatchObject({ podStart: 42.5, longStep: 300 });
  });

  test("the longer history may have a query of its own, for each metric that it names", async () => {
    const asked: string[] = [];
    const server = await serve((seen) => {
      const form = new URLSearchParams(seen.body);
      if (form.get("step") === "3600") asked.push(form.get("query")!);
      return { body: good };
    });
    const target = config({ metrics: [{ name: "rps", query: "rate(x[1m])", averageValue: 1 }] });
    const longQueries = async (query: string) => {
      const longHistory = { range: 31_536_000, step: 3600, query };
      await prometheusHistory(prometheusSettings(server.url, { longHistory })).read(queriesOf(target), 1_700_000_000);
      return asked.splice(0).sort();
    };
    expect(await longQueries('load:1h{workload="$name",metric="$metric"}')).toEqual([
      'load:1h{workload="web",metric="cpu"}',
      'load:1h{workload="web",metric="rps"}',
    ]);
    expect(await longQueries('load:1h{workload="$name"}')).toEqual(['load:1h{workload="web"}', "rate(x[1m])"]);
  });
});
