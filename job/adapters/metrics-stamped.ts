/** Sends samples with their times. Those with a time of their own go by themselves: one that is refused fails its whole request. */
import { type EpochSeconds, pluralize } from "../core/units.ts";
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

/** Samples by the target that they are of. */
type ByTarget = readonly (readonly [target: string, families: Families])[];

/** Requests for one part of the samples at most. To find one refused target among 1,000 takes 20 of them, and ten among 10,000 about 200. */
const MAX_POSTS = 256;

/**
 * Sends samples with times of their own. One that is refused for its time takes its whole request with it. So that is then sent in two halves, the
 * largest requests first, and a single target that is refused is left out. It happens where a lead has become shorter, until the time of the
 * last forecast has passed.
 */
async function sendStamped(
  families: Families,
  send: (part: Families) => Promise<void>,
  log: MetricsTools["log"],
): Promise<void> {
  const parts: ByTarget[] = [byTarget(families)];
  let unsent = 0;
  for (let posts = 0; parts.length > 0; posts++) {
    const part = parts.shift()!;
    if (posts >= MAX_POSTS) {
      unsent += part.length;
      continue;
    }
    try {
      await send(merged(part));
    } catch (error) {
      if (!isRefusedTime(error)) throw error;
      if (part.length < 2) log("debug", `${error.message}: ${part[0]![0]} is left out`);
      else parts.push(part.slice(0, part.length >> 1), part.slice(part.length >> 1));
    }
  }
  if (unsent === 0) return;
  const many = `after ${MAX_POSTS} requests, many of them refused for the time of a sample`;
  log("warn", `metrics: ${many}, the forecasts of ${pluralize(unsent, "target")} are left out in this run`);
}

function byTarget(families: Families): ByTarget {
  const found = new Map<string, MetricFamily[]>();
  for (const family of families) {
    const own = Map.groupBy(family.samples, ({ labels: { namespace, kind, name } }) => `${namespace}/${kind}/${name}`);
    for (const [key, samples] of own) {
      const all = found.get(key) ?? [];
      found.set(key, all);
      all.push({ ...family, samples });
    }
  }
  return [...found];
}

/** The families of some targets, each family once. */
function merged(part: ByTarget): Families {
  const byName = Map.groupBy(
    part.flatMap(([, families]) => families),
    ({ name }) => name,
  );
  return [...byName.values()].map((all) => ({ ...all[0]!, samples: all.flatMap(({ samples }) => samples) }));
}

/** In the words of Prometheus, and of Mimir's error names. Thanos answers 409 for them all, and often says `conflict` alone. */
const REFUSED_TIME = /out[ -]of[ -]order|duplicate[ -](sample|timestamp)|out[ -]of[ -]bounds|too[ -](old|far)/i;

function isRefusedTime(error: unknown): error is MetricsError {
  if (!(error instanceof MetricsError)) return false;
  return error.status === 409 || (error.status === 400 && REFUSED_TIME.test(error.message));
}
