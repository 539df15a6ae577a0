/** Whatever is answered, a run stays under the memory limit that is shipped: measured on the bundled process, by the kernel. */
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, test } from "vitest";
import { fakeCluster } from "../contract/api-server.ts";
import { built, type JobResult, MEMORY_LIMIT, runJob } from "./job-process.ts";
import { fakeServer, matrix, type ReceivedRequest, type Reply } from "./server.ts";

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

const MEGABYTE = 1024 * 1024;
const now = () => Math.floor(Date.now() / 1000);

/** So many bytes of a text again and again, between a head and a tail. */
function flood(part: string, bytes: number, head = "", tail = ""): () => Iterable<string> {
  const block = part.repeat(Math.ceil((64 * 1024) / part.length));
  return function* () {
    yield head;
    for (let sent = 0; sent < bytes; sent += block.length) yield block;
    yield tail;
  };
}

/** The longest text that a range query of the default window takes: 120 points. */
const JUST_TAKEN = 280 * 1024;
const RANGE = '{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[';

function instant(at: number | string, value: string): Reply {
  return {
    body: `{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[${at},"${value}"]}]}}`,
  };
}

function range(body: string, value = "2.2"): Reply {
  const form = new URLSearchParams(body);
  const [start, end, step] = ["start", "end", "step"].map((name) => Number(form.get(name))) as [number, number, number];
  const points = Math.round((end - start) / step) + 1;
  return { body: matrix(Array.from({ length: points }, (_, i) => [start + i * step, value])) };
}

/** One run of one target beside a healthy cluster, with these answers of Prometheus; what is not given is healthy. */
async function prometheus(
  answers: { readonly clock?: Reply; readonly start?: Reply; readonly range?: (body: string) => Reply },
  more: readonly string[] = [],
): Promise<JobResult> {
  const cluster = await fakeCluster();
  const server = await fakeServer(({ url, body }: ReceivedRequest) => {
    if (url.endsWith("/query_range")) return (answers.range ?? range)(body);
    return body.includes("kube_pod") ? (answers.start ?? instant(now(), "20")) : (answers.clock ?? instant(now(), "1"));
  });
  ends.push(cluster.stop, server.stop);
  return run(server.url, cluster.kubeconfig, more);
}

function run(url: string, kubeconfig: string, more: readonly string[]): Promise<JobResult> {
  const target = ["--namespace", "shop", "--deployment", "web", "--target-cpu", "0.5", "--max", "20"];
  const env = { KUBECONFIG: kubeconfig, PROPHET_AUTOSCALER_STATE_CONFIG_MAP_NAME: "state" };
  return runJob(["--once", "--json", "--prometheus", url, ...target, ...more], env);
}

function action({ stdout, stderr }: JobResult): string {
  expect(stdout, stderr).toMatch(/^\{/);
  return (JSON.parse(stdout) as { targets: { action: string }[] }).targets[0]!.action;
}

const nulls = Array.from({ length: 120 }, () => '[null,"2.2"]').join(",");
const wide = (part: string) => () => ({ body: flood(part, JUST_TAKEN - 64 * 1024, RANGE, "]}]}}") });

describe.skipIf(!built)("a hostile Prometheus", () => {
  test("healthy answers, to compare with", async () => {
    const ended = await prometheus({});
    expect(action(ended)).toBe("scaled");
    expect(ended.rss).toBeLessThan(MEMORY_LIMIT);
  });

  const cases: readonly (readonly [string, Parameters<typeof prometheus>[0]])[] = [
    ["60 MB of samples", { range: () => ({ body: flood('[1700000000,"1"],', 60 * MEGABYTE, RANGE) }) }],
    ["60 MB of lists in lists", { range: () => ({ body: flood("[", 60 * MEGABYTE) }) }],
    ["60 MB, compressed to 60 kB", { range: () => zipped("[") }],
    ["60 MB as an error", { range: () => ({ status: 422, body: flood("<p>no</p>", 60 * MEGABYTE) }) }],
    ["60 MB as the clock", { clock: { body: flood(" ", 60 * MEGABYTE) } }],
    ["as much as is taken: lists in lists", { range: wide("[") }],
    ["as much as is taken: empty lists", { range: wide("[],") }],
    ["as much as is taken: empty objects", { range: wide("{},") }],
    ["as much as is taken: numbers", { range: wide("0,") }],
    ["as much as is taken: names", { range: () => ({ body: names() }) }],
    ["as much as is taken: warnings", { range: () => ({ body: warnings() }) }],
    ["sample times of null", { range: () => ({ body: `${RANGE}${nulls}]}]}}` }) }],
    ["sample times of 0", { range: () => ({ body: `${RANGE}${nulls.replaceAll("null", "0")}]}]}}` }) }],
    ["sample times far ahead", { range: () => ({ body: `${RANGE}${nulls.replaceAll("null", "9e15")}]}]}}` }) }],
    ["a clock at 1e300", { clock: instant("1e300", "1") }],
    ["a clock in milliseconds", { clock: instant(now() * 1000, "1") }],
    ["a clock at 0", { clock: instant(0, "1") }],
  ];
  test.each(cases)("%s: nothing is changed, and it ends small", async (_name, answers) => {
    const ended = await prometheus(answers);
    expect(["held", "failed"]).toContain(action(ended));
    expect(ended.rss).toBeLessThan(MEMORY_LIMIT);
  });

  test.each(["1e6", "1e300", "+Inf", "-5"])("a pod start of %s is not believed", async (value) => {
    const ended = await prometheus({ start: instant(now(), value) });
    expect(action(ended)).toBe("scaled");
    expect(ended.stderr).toMatch(/a pod start of \S+ s is outside 0 to 900 s/);
    expect(ended.rss).toBeLessThan(MEMORY_LIMIT);
  });

  test("the most that is asked for, beside a week of history: 11,000 points a query", async () => {
    const ended = await prometheus({}, ["--step", "2s", "--history", "6h"]);
    expect(["scaled", "held"]).toContain(action(ended));
    expect(ended.rss).toBeLessThan(MEMORY_LIMIT);
  });
});

function zipped(part: string): Reply {
  return { headers: { "content-encoding": "gzip" }, body: gzipSync(Buffer.alloc(60 * MEGABYTE, part)) };
}

function names(): string {
  const all = Array.from({ length: JUST_TAKEN / 12 }, (_, i) => `"k${i}":0`);
  return `{"status":"success","data":{${all.join(",")}}}`.slice(0, JUST_TAKEN);
}

function warnings(): string {
  return matrix([[now(), "2.2"]], { warnings: new Array(JUST_TAKEN / 8).fill("a") });
}

describe.skipIf(!built)("a hostile API server", () => {
  const cases: readonly (readonly [string, string, Reply])[] = [
    ["60 MB as the scale", "GET scale", { body: flood(" ", 60 * MEGABYTE) }],
    ["60 MB of lists in lists as the scale", "GET scale", { body: flood("[", 60 * MEGABYTE) }],
    ["2.9 MB of lists in lists as the scale", "GET scale", { body: "[".repeat(2.9 * MEGABYTE) }],
    ["2.9 MB of empty objects as the state", "GET state", { body: `[${"{},".repeat(0.96 * MEGABYTE)}0]` }],
    ["60 MB as the answer to the claim", "PATCH state", { body: flood("x", 60 * MEGABYTE) }],
    ["60 MB as a refusal of the write", "PATCH scale", { status: 403, body: flood("x", 60 * MEGABYTE) }],
  ];
  test.each(cases)("%s: it ends small", async (_name, call, reply) => {
    const cluster = await fakeCluster({ before: (seen) => (seen === call ? reply : undefined) });
    const server = await fakeServer(({ url, body }) => (url.endsWith("_range") ? range(body) : instant(now(), "1")));
    ends.push(cluster.stop, server.stop);
    const ended = await run(server.url, cluster.kubeconfig, []);
    expect(ended.code, ended.stderr).toBe(1);
    expect(action(ended)).toBe("failed");
    expect(cluster.objects.replicas).toBe(3);
    expect(ended.rss).toBeLessThan(MEMORY_LIMIT);
  });
});
