/** Reads series for a process that has read them before: asks for their new points only, and joins them to what is kept. */
import { hash } from "node:crypto";
import type { Samples } from "../core/series/types.ts";
import type { EpochSeconds, Seconds } from "../core/units.ts";
import type { KeptSeries, LabelledText } from "./kept-series.ts";
import type { RangeAnswer } from "./prometheus-answer.ts";
import { grid, queryTimes, type RangeReader, type RangeTimes } from "./prometheus-range.ts";
import type { RecordsReader } from "./prometheus-records.ts";
import { type Reach, reachOf } from "./promql-reach.ts";

const RECORDED: Reach = { seconds: 0, fills: false };

/** Reads ranges as queryRange does: the same points, and the same decisions. */
export function keptRange(kept: KeptSeries): RangeReader {
  return async (ask, query, now, history, step, built) => {
    const whole = grid(now, history, step);
    const reach = built === undefined ? reachOf(query) : { seconds: built, fills: false };
    // the grid of another start is the same one where Prometheus' milliseconds can say it
    if (reach === undefined || !Number.isInteger(Math.round(step * 1e9) / 1e6)) return queryTimes(ask, query, whole);
    const key = keyOf(query, history, step);
    const since = kept.since(key, now, reach);
    const part = since === undefined ? undefined : newTimes(whole, since);
    if (part !== undefined) {
      const answer = await queryTimes(ask, query, part);
      const added = { since: part.start, step, begin: whole.start };
      const series = seriesOf(answer);
      const samples = series && kept.join(key, { ...series, ...added }, now);
      if (samples) return { ...answer, samples };
    }
    const answer = await queryTimes(ask, query, whole);
    kept.keep(key, seriesOf(answer), now);
    return answer;
  };
}

/** The times of the grid from the last one at or before `since` on; undefined where they are more than three quarters of all. */
function newTimes(whole: RangeTimes, since: EpochSeconds): RangeTimes | undefined {
  const points = Math.ceil((whole.end - since) / whole.step - 1e-9) + 1;
  return points <= 0.75 * whole.points ? { ...whole, start: whole.end - (points - 1) * whole.step, points } : undefined;
}

/** The one series of an answer; null where there is none, or another, or where some of it may be missing. */
function seriesOf({ samples, labels, seriesCount, partial }: RangeAnswer): LabelledText | null {
  return partial || seriesCount !== 1 ? null : { samples, labels: JSON.stringify(labels) };
}

/** A query has up to 700 characters, and ten thousand targets have two each. */
function keyOf(query: string, history: Seconds, step: Seconds): string {
  return `${hash("sha256", query, "base64")} ${history} ${step}`;
}

/** Reads recorded series as readWhole does. Those whose new samples do not fit what is kept are asked for again, whole. */
export function keptRecords(kept: KeptSeries): RecordsReader {
  return async (names, wanted, ask) => {
    const { now, window, step } = wanted;
    // samples as they were recorded, at their own times
    const key = (name: string) => `${name} ${window} ${step}`;
    const since = new Map(names.flatMap((name) => pairOf(name, kept.since(key(name), now, RECORDED))));
    const first = Math.min(now, ...since.values());
    const newer = now - first <= 0.75 * window ? [...since.keys()] : [];
    // one second more: a window does not hold its beginning
    const recent = newer.length > 0 ? await ask(newer, now - first + 1) : new Map<string, readonly Samples[]>();
    const found = new Map<string, readonly Samples[]>();
    for (const name of newer) {
      const series = onlyOf(recent.get(name));
      const added = { since: first, step, begin: now - window };
      const joined = series && kept.join(key(name), { ...series, ...added }, now);
      if (joined) found.set(name, [joined]);
    }
    const whole = names.filter((name) => !found.has(name));
    if (whole.length === 0) return found;
    const read = await ask(whole, window);
    for (const name of whole) kept.keep(key(name), onlyOf(read.get(name)), now);
    return new Map([...found, ...read]);
  };
}

function pairOf<T>(name: string, value: T | undefined): readonly (readonly [string, T])[] {
  return value === undefined ? [] : [[name, value]];
}

/** The series of a workload that has one; null where it has none or several. */
function onlyOf(all: readonly Samples[] = []): LabelledText | null {
  return all.length === 1 ? { samples: all[0]!, labels: "" } : null;
}
