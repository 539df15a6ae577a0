/** Sends samples with their times. Those with a time of their own go by themselves: one that is refused fails its whole request. */
import type { EpochSeconds } from "../core/units.ts";
import type { MetricFamily, MetricSample } from "../ports.ts";
import { MetricsError, type MetricsTools } from "./metrics-http.ts";

/** Families of samples. */
export type Families = readonly MetricFamily[];

/**
 * A Prometheus refuses what lies more than 10 minutes ahead of its clock (`maxAheadTime` of its write handlers), and
 * with it the whole request. 30 s of them are for a clock that differs.
 */
const MAX_AHEAD = 570;

/** Sends all of them by `post`, in up to three parts. Rejects as `post` does, but for a time that is refused: those samples are left out. */
export async function sendByTime(
  families: Families,
  now: EpochSeconds,
  post: (part: Families) => Promise<void>,
  log: MetricsTools["log"],
): Promise<void> {
  const send = async (part: Families) => {
    if (part.length > 0) await post(part);
  };
  await send(only(families, ({ at }) => at === undefined));
  await sendStamped(
    only(families, ({ at }) => at !== undefined && at <= now),
    send,
    log,
  );
  await sendStamped(
    only(families, ({ at }) => at !== undefined && at > now && at - now <= MAX_AHEAD),
    send,
    log,
  );
}

/** The samples that are wanted, and the families that have any. */
function only(families: Families, wanted: (sample: MetricSample) => boolean): Families {
  return families.flatMap((family) => {
    const samples = family.samples.filter(wanted);
    return samples.length === 0 ? [] : [{ ...family, samples }];
  });
}

/**
 * Sends samples with times of their own. One that is refused for its time takes its whole request with it, so they are
 * then sent target by target. It happens where a lead has become shorter, until the time of the last forecast has passed.
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

/** In the words of Prometheus, and of Mimir's error names. Thanos answers 409 for them all, and often says `conflict` alone. */
const REFUSED_TIME = /out[ -]of[ -]order|duplicate[ -](sample|timestamp)|out[ -]of[ -]bounds|too[ -](old|far)/i;

function isRefusedTime(error: unknown): error is MetricsError {
  if (!(error instanceof MetricsError)) return false;
  return error.status === 409 || (error.status === 400 && REFUSED_TIME.test(error.message));
}
