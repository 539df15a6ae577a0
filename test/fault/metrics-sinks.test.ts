/** What the ways to send metrics put on the wire: each sample at its own time, what is refused for its time left out, and no secret in what is told. */
import { PbfReader } from "pbf";
import { uncompress } from "snappyjs";
import { expect, test } from "vitest";
import { otlpMetrics } from "../../job/adapters/metrics-otlp.ts";
import { remoteWriteMetrics } from "../../job/adapters/metrics-remote-write.ts";
import { createRedactor } from "../../job/output/redactor.ts";
import { METRIC_PREFIX } from "../../job/report/metric-table.ts";
import { NOW } from "../fakes/config.ts";
import { CANARY } from "../output/canary.ts";
import { stoppedEach } from "./stopped-each.ts";

const { serve } = stoppedEach();

/** A sink of its own, and what it logs. */
function sinkTo(url: string, secret = "", way: "otlp" | "remoteWrite" = "otlp") {
  const lines: string[] = [];
  const tools = {
    redactor: createRedactor(secret),
    env: {},
    instance: "shop/state",
    version: "1",
    log: (level: string, message: string) => void lines.push(`${level}: ${message}`),
  };
  const settings = { [way]: url, timeout: 20, headers: {}, headersFrom: {} };
  return { lines, sink: (way === "otlp" ? otlpMetrics : remoteWriteMetrics)(settings, tools) };
}

/** Forecasts of targets for these times. */
function forecastsOf(times: readonly (readonly [target: string, at?: number | undefined])[]) {
  const samples = times.map(([name, at]) => {
    return { labels: { namespace: "shop", kind: "Deployment", name }, value: 1, ...(at !== undefined && { at }) };
  });
  const labels = ["namespace", "kind", "name"];
  return [{ name: `${METRIC_PREFIX}forecast`, help: "A forecast.", labels, samples }];
}

test.each([
  ["otlp", 400, "out of order sample"],
  ["remoteWrite", 400, "duplicate sample for timestamp"],
  ["remoteWrite", 400, "received a sample that is too old (err-mimir-sample-timestamp-too-old)"],
  // Thanos Receive
  ["remoteWrite", 409, "store locally for endpoint 127.0.0.1:10901: conflict"],
] as const)(
  "%s: a forecast that is refused by %i as %s is left out, that of another target is not, and nobody is warned",
  async (way, status, why) => {
    const textOf = (bytes: Uint8Array) =>
      Buffer.from(way === "otlp" ? bytes : uncompress(new Uint8Array(bytes))).toString("latin1");
    const server = await serve(({ bytes }) => (textOf(bytes).includes("web") ? { status, body: why } : {}));
    const { lines, sink } = sinkTo(server.url, "", way);
    const families = forecastsOf([
      ["web", NOW + 60],
      ["api", NOW + 60],
    ]);
    await sink.push(families, NOW);
    const sent = server.seen.map(({ bytes }) => ["web", "api"].filter((each) => textOf(bytes).includes(each)));
    expect(sent).toEqual([["web", "api"], ["web"], ["api"]]);
    expect(lines).toEqual([expect.stringContaining(`${why}: shop/Deployment/web is left out`)]);
    expect(lines[0]).toMatch(/^debug: /);
  },
);

test.each(["otlp", "remoteWrite"] as const)(
  "%s: a page with 200 is no receipt: a sign-in stored nothing",
  async (way) => {
    const body = "\n<!DOCTYPE html><title>Sign in</title>";
    const server = await serve(() => ({ body }));
    const pushed = sinkTo(server.url, "", way).sink.push(forecastsOf([["web"]]), NOW);
    await expect(pushed).rejects.toThrow(/^metrics to \S+: 200: a page and no receipt: <!DOCTYPE html><title>Sign in/);
  },
);

test("OTLP: each sample at its own time, to the millisecond, and none more than 9.5 minutes ahead", async () => {
  const server = await serve(() => ({}));
  const ahead = [undefined, -15.25, 0, 60.5, 570, 570.5];
  const families = forecastsOf(ahead.map((by, i) => [`t${i}`, by === undefined ? undefined : NOW + by] as const));
  await sinkTo(server.url).sink.push(families, NOW);
  const stamps = [...new Set([0, ...ahead.map((by = 0) => by)])].map((by) => {
    const nanoseconds = Buffer.alloc(8);
    nanoseconds.writeBigUInt64LE(BigInt(Math.round((NOW + by) * 1000)) * 1_000_000n);
    return [by, nanoseconds] as const;
  });
  const found = server.seen.map(({ bytes }) => stamps.flatMap(([by, stamp]) => (bytes.includes(stamp) ? [by] : [])));
  expect(found).toEqual([[0], [0, -15.25], [60.5, 570]]);
});

/** Fields of a message, each as `read` gives it by its number. */
function fieldsOf<T>(bytes: Uint8Array, read: (field: number, pbf: PbfReader) => T): T[] {
  return new PbfReader(bytes).readFields((field, found: T[], pbf) => void found.push(read(field, pbf)), []);
}

/** What a body of remote write says, in its order: labels, and samples of a value and milliseconds. */
function written(body: Uint8Array) {
  const messages = fieldsOf(uncompress(new Uint8Array(body)), (_, pbf) => pbf.readBytes());
  return messages.map((series) => {
    const parts = fieldsOf(series, (field, pbf) => [field, pbf.readBytes()] as const);
    const of = (wanted: number) => parts.flatMap(([field, bytes]) => (field === wanted ? [bytes] : []));
    return {
      labels: of(1).map((label) => fieldsOf(label, (_, pbf) => pbf.readString())),
      samples: of(2).map((sample) =>
        fieldsOf(sample, (field, pbf) => (field === 1 ? pbf.readDouble() : pbf.readVarint())),
      ),
    };
  });
}

test("remote write: sorted labels of a job, one sample each at its own time, and the headers of the specification", async () => {
  const server = await serve(() => ({}));
  const families = forecastsOf([["web"], ["", NOW + 60.5], ["web", NOW - 15.25], ["web", NOW + 570.5]]);
  await sinkTo(server.url, "", "remoteWrite").sink.push(families, NOW);
  expect(server.seen.map(({ url, headers }) => [url, headers["content-encoding"], headers["content-type"]])).toEqual(
    Array(3).fill(["/", "snappy", "application/x-protobuf"]),
  );
  expect(server.seen[0]!.headers["x-prometheus-remote-write-version"]).toBe("0.1.0");
  const labels = (...name: [string, string][]) => [
    ["__name__", `${METRIC_PREFIX}forecast`],
    ["instance", "shop/state"],
    ["job", "prophet-autoscaler"],
    ["kind", "Deployment"],
    ...name,
    ["namespace", "shop"],
  ];
  expect(server.seen.map(({ bytes }) => written(bytes))).toEqual([
    [{ labels: labels(["name", "web"]), samples: [[1, NOW * 1000]] }],
    [{ labels: labels(["name", "web"]), samples: [[1, (NOW - 15.25) * 1000]] }],
    // an empty label is none
    [{ labels: labels(), samples: [[1, (NOW + 60.5) * 1000]] }],
  ]);
});

test("what a server says of a secret is hidden by the sink itself", async () => {
  const server = await serve(() => ({ status: 403, body: `no ${CANARY}` }));
  const push = sinkTo(server.url, CANARY).sink.push(forecastsOf([["web"]]), NOW);
  await expect(push).rejects.toThrow(/: 403: no \[hidden\]$/);
});
