/** Sends metrics by OTLP over HTTP, in protobuf: the one format with a time of its own for each sample. */
import { ProtobufMetricsSerializer } from "@opentelemetry/otlp-transformer";
import type { EpochSeconds } from "../core/units.ts";
import type { MetricsSink } from "../ports.ts";
import { below, JOB_LABEL, MetricsError, type MetricsSettings, type MetricsTools, withPost } from "./metrics-http.ts";
import { type Families, sendByTime } from "./metrics-stamped.ts";

type Request = Parameters<typeof ProtobufMetricsSerializer.serializeRequest>[0];
type OtlpMetric = Request["scopeMetrics"][number]["metrics"][number];
type Resource = Request["resource"];

/** Numbers of OpenTelemetry's enums InstrumentType (a text), ValueType, DataPointType and AggregationTemporality: their packages would load a whole SDK for them. */
const [GAUGE, DOUBLE, CUMULATIVE] = [2, 1, 1];

/** A sink for an OTLP receiver. */
export function otlpMetrics(settings: MetricsSettings, tools: MetricsTools): MetricsSink {
  const base = new URL(settings.otlp!);
  const url = below(base, "/v1/metrics");
  const type = "application/x-protobuf";
  return {
    push: (families, now, signal) =>
      withPost(base, settings, tools, (post) =>
        sendByTime(families, now, (part) => post({ url, type, body: encode(part, now, tools) }, signal), tools.log),
      ),
  };
}

function encode(families: Families, now: EpochSeconds, { instance, version }: MetricsTools): Uint8Array {
  // what names the job and nothing else: for any other attribute Prometheus writes a target_info, whose time goes back from request to request
  const attributes = { "service.name": JOB_LABEL, "service.instance.id": instance };
  const resource = { attributes } as unknown as Resource;
  const metrics = families.map(({ name, help, samples }): OtlpMetric => {
    const descriptor = { name, description: help, unit: "", valueType: DOUBLE, type: "GAUGE" };
    const dataPoints = samples.map(({ labels, value, at = now }) => {
      const time = highResolution(at);
      return { startTime: time, endTime: time, attributes: labels, value };
    });
    return {
      descriptor,
      aggregationTemporality: CUMULATIVE,
      dataPointType: GAUGE,
      dataPoints,
    } as unknown as OtlpMetric;
  });
  const scopeMetrics = [{ scope: { name: "prophet-autoscaler", version }, metrics }];
  const bytes = ProtobufMetricsSerializer.serializeRequest({ resource, scopeMetrics });
  if (bytes === undefined) throw new MetricsError("metrics: they could not be encoded");
  return bytes;
}

/** Seconds and nanoseconds, to the millisecond that Prometheus keeps. */
function highResolution(at: EpochSeconds): [number, number] {
  const milliseconds = Math.round(at * 1000);
  return [Math.floor(milliseconds / 1000), (milliseconds % 1000) * 1e6];
}
