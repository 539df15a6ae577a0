/** Metrics by Prometheus' remote write 1.0, in protobuf and snappy, each sample with its own time stamp. */
import { PbfWriter } from "pbf";
import { compress } from "snappyjs";
import type { EpochSeconds } from "../core/units.ts";
import type { MetricsSink } from "../ports.ts";
import { JOB_LABEL, type MetricsSettings, type MetricsTools, withPost } from "./metrics-http.ts";
import { type Families, sendByTime } from "./metrics-stamped.ts";

/** What the specification asks of a request beside its body (prometheus.io/docs/specs/prw/remote_write_spec). */
const HEADERS = { "content-encoding": "snappy", "x-prometheus-remote-write-version": "0.1.0" };

/** A sink for a receiver of remote write. */
export function remoteWriteMetrics(settings: MetricsSettings, tools: MetricsTools): MetricsSink {
  const url = new URL(settings.remoteWrite!);
  const type = "application/x-protobuf";
  return {
    push: (families, now, signal) =>
      withPost(url, settings, tools, (post) =>
        sendByTime(
          families,
          now,
          (part) => post({ url, type, more: HEADERS, body: compress(encode(part, now, tools)) }, signal),
          tools.log,
        ),
      ),
  };
}

/** One series with its only sample. */
interface RemoteSeries {
  readonly labels: readonly (readonly [name: string, value: string])[];
  readonly value: number;
  /** Milliseconds. */
  readonly at: number;
}

/** The message WriteRequest of prometheus/prompb/remote.proto: `timeseries` is its field 1. */
function encode(families: Families, now: EpochSeconds, { instance }: Pick<MetricsTools, "instance">): Uint8Array {
  const pbf = new PbfWriter();
  for (const { name, samples } of families)
    for (const { labels, value, at = now } of samples)
      pbf.writeMessage(1, writeSeries, {
        labels: sorted({ ...labels, __name__: name, job: JOB_LABEL, instance }),
        value,
        at: Math.round(at * 1000),
      });
  return pbf.finish();
}

/** Labels by name, as the specification wants them; an empty value is no label. */
function sorted(labels: Readonly<Record<string, string>>): RemoteSeries["labels"] {
  return Object.entries(labels)
    .filter(([, value]) => value !== "")
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

/** TimeSeries: `labels` 1, `samples` 2. */
function writeSeries({ labels, value, at }: RemoteSeries, pbf: PbfWriter): void {
  for (const label of labels) pbf.writeMessage(1, writeLabel, label);
  pbf.writeMessage(2, writeSample, [value, at] as const);
}

/** Label: `name` 1, `value` 2. */
function writeLabel([name, value]: readonly [string, string], pbf: PbfWriter): void {
  pbf.writeStringField(1, name);
  pbf.writeStringField(2, value);
}

/** Sample: `value` 1, `timestamp` 2. */
function writeSample([value, at]: readonly [number, number], pbf: PbfWriter): void {
  pbf.writeDoubleField(1, value);
  pbf.writeVarintField(2, at);
}
