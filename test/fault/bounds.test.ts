/** What Prometheus answers beyond what was asked for, or at another time: refused by name, and by no more than that. */
import { describe, expect, test } from "vitest";
import { prometheusHistory } from "../../job/adapters/prometheus.ts";
import type { HistoryReading } from "../../job/ports.ts";
import { cpuOf } from "../fakes/queries.ts";
import { good, read, serve } from "./ask.ts";
import { matrix } from "./server.ts";
import { prometheusSettings } from "./settings.ts";

describe("no more and nothing else than was asked for", () => {
  const end = 1_700_000_005; // of a window of 120 steps of 15 s that ends at 1_700_000_007
  const many = (count: number, from: number) => Array.from({ length: count }, (_, i) => [from + 15 * i, "1"] as const);
  const raw = (pairs: string) =>
    `{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[${pairs}]}]}}`;
  const cases: readonly (readonly [string, string, RegExp | number])[] = [
    ["one sample more, where a source widens the range", matrix(many(121, end - 1800)), 121],
    ["two samples more", matrix(many(122, end - 1800)), /at most 121 samples, got 122/],
    ["a time of null", raw('[null,"1"]'), /the time of sample 0 must be a number, got null/],
    ["a time as a text", raw('["1700000000","1"]'), /the time of sample 0 must be a number, got "1700000000"/],
    ["no time", raw("[]"), /the time of sample 0 must be a number, got nothing/],
    ["shifted by less than the window: for the quality check", matrix([[end - 3500, "1"]]), 1],
    ["of 1970", matrix([[0, "1"]]), /sample 0 is at 0, outside the requested \d+ to \d+/],
    ["far ahead", matrix([[end + 3700, "1"]]), /outside the requested \d+ to \d+/],
    ["in milliseconds", matrix([[end * 1000, "1"]]), /sample 0 is at 1700000005000, outside/],
    ["nested without end", "[".repeat(1000), /the answer holds lists and objects nested more than 64 deep/],
    ["30,000 empty lists", `[${"[],".repeat(30_000)}0]`, /the answer holds more than 20480 lists and objects/],
  ];
  test.each(cases)("%s", async (_name, body, expected) => {
    const { result } = await read(() => ({ body }));
    if (typeof expected === "number") expect((result as HistoryReading).samples.times).toHaveLength(expected);
    else expect(String(result)).toMatch(expected);
  });

  const vector = (at: string, value: string) =>
    `{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[${at},"${value}"]}]}}`;
  test.each(["0", "1700000000000", "-5", "1e300"])("a clock at %s is no clock", async (at) => {
    const server = await serve(() => ({ body: vector(at, "1") }));
    await expect(prometheusHistory(prometheusSettings(server.url)).now()).rejects.toThrow(
      /is not a time in seconds since 1970/,
    );
  });
  test.each([
    ["900", 900],
    ["0", 0],
    ["901", undefined],
    ["-1", undefined],
    ["1e6", undefined],
    ["+Inf", undefined],
    ["NaN", undefined],
  ])("a pod start of %s s counts as %s", async (value, expected) => {
    const warnings: string[] = [];
    const server = await serve(({ url }) => ({ body: url.endsWith("/query") ? vector("1700000000", value) : good }));
    const settings = prometheusSettings(server.url, { measurePodStart: true });
    const history = prometheusHistory(settings, { log: (_, message) => warnings.push(message) });
    const [result] = await history.read([cpuOf()], 1_700_000_007);
    expect((result as HistoryReading).podStart).toBe(expected);
    // NaN: no pod has started yet, which is nothing to warn of
    expect(warnings).toHaveLength(expected === undefined && value !== "NaN" ? 1 : 0);
  });
});

test.each([
  ["two hours at 15 s", 7200, /^identity$/],
  ["44 hours at 15 s", 158_400, /gzip/],
])("the answer for %s is asked for without compression where it is small", async (_name, history, encoding) => {
  const server = await serve(() => ({ body: good }));
  const asked = async (headers: Readonly<Record<string, string>>) => {
    const before = server.seen.length;
    await prometheusHistory(prometheusSettings(server.url, { headers })).read([cpuOf({ history })], 1_700_000_007);
    return server.seen[before]!.headers["accept-encoding"];
  };
  expect(await asked({})).toMatch(encoding);
  expect(await asked({ "Accept-Encoding": "br" })).toBe("br");
});
