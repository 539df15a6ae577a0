/** Sends metrics by OTLP over HTTP, in protobuf: the one format with a time of its own for each sample. */
import { ProtobufMetricsSerializer } from "@opentelemetry/otlp-transformer";
import type { EpochSeconds } from "../core/units.ts";
import type { MetricFamily, MetricSample, MetricsSink } from "../ports.ts";
import { below, MetricsError, type MetricsSettings, type MetricsTools, withPost } from "./metrics-http.ts";

type Request = Parameters<typeof ProtobufMetricsSerializer.serializeRequest>[0];
type Metric = Request["scopeMetrics"][number]["metrics"][number];
type Resource = Request["resource"];

/** Numbers of OpenTelemetry's enums InstrumentType (a text), ValueType, DataPointType and AggregationTemporality: their packages would load a whole SDK for them. */
const [GAUGE, DOUBLE, CUMULATIVE] = [2, 1, 1];

/**
 * Prometheus refuses samples more than 10 minutes ahead of its clock (`maxAheadTime` of its write handlers), and the whole request with them.
 * 30 s of these are for a clock that differs.
 */
const MAX_AHEAD = 570;

type Families = readonly MetricFamily[];

/** A sink for an OTLP receiver. */
export function otlpMetrics(settings: MetricsSettings, tools: MetricsTools): MetricsSink {
  const base = new URL(settings.otlp!);
  const url = below(base, "/v1/metrics");
  return {
    push: async (families, now, signal) => {
      await withPost(base, settings, tools, async (post) => {
        const type = "application/x-protobuf";
        const send = async (part: Families) => {
          if (part.length > 0) await post({ url, type, body: encode(part, now, tools) }, signal);
        };
        await send(only(families, ({ at }) => at === undefined));
        await sendStamped(
          only(families, ({ at }) => at !== undefined && at <= now),
          send,
          tools.log,
        );
        await sendStamped(
          only(families, ({ at }) => at !== undefined && at > now && at - now <= MAX_AHEAD),
          send,
          tools.log,
        );
      });
    },
  };
}

/** The samples that are wanted, and the families that have any. */
function only(families: Families, wanted: (sample: MetricSample) => boolean): Families {
  return families.flatMap((family) => {
    const samples = family.samples.filter(wanted);
    return samples.length === 0 ? [] : [{ ...family, samples }];
  });
}

/**
 * Sends samples with times of their own, all in one request. A sample that is refused for its time fails the whole request: they are then sent
 * target by target.
 * That happens where a lead has become shorter, until the time of the last forecast has passed.
 */
async function sendStamped(
  families: Families,
  send: (part: Families) => Promise<void>,
  log: MetricsTools["log"],
): Promise<void> {
  const keyOf = ({ labels: { namespace, kind, name } }: MetricSample) => `${namespace}/${kind}/${name}`;
  const keys = [...new Set(families.flatMap(({ samples }) => samples.map(keyOf)))];
  const refused = (error: unknown) => {
    if (!isRefusedTime(error)) throw error;
    if (keys.length === 1) log("debug", `${error.message}: ${keys[0]} is left out`);
    return true;
  };
  if (!(await send(families).then(() => false, refused)) || keys.length < 2) return;
  for (const key of keys)
    await sendStamped(
      only(families, (sample) => keyOf(sample) === key),
      send,
      log,
    );
}

function isRefusedTime(error: unknown): error is MetricsError {
  const refused = error instanceof MetricsError && error.status === 400;
  return refused && /out of order|duplicate sample|out of bounds|too old/i.test(error.message);
}

function encode(families: Families, now: EpochSeconds, { instance, version }: MetricsTools): Uint8Array {
  // what names the job and nothing else: for any other attribute Prometheus writes a target_info, whose time goes back from request to request
  const attributes = { "service.name": "prophet-autoscaler", "service.instance.id": instance };
  const resource = { attributes } as unknown as Resource;
  const metrics = families.map(({ name, help, samples }): Metric => {
    const descriptor = { name, description: help, unit: "", valueType: DOUBLE, type: "GAUGE" };
    const dataPoints = samples.map(({ labels, value, at = now }) => {
      const time = highResolution(at);
      return { startTime: time, endTime: time, attributes: labels, value };
    });
    return { descriptor, aggregationTemporality: CUMULATIVE, dataPointType: GAUGE, dataPoints } as unknown as Metric;
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
