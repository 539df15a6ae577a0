/** A world of workloads in a real Prometheus, written step by step: scrapes that come late, end, return or have holes, and what our rules record of them. */
import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { RULES } from "./recorded-rules.ts";

/** Seconds between two scrapes, and between two evaluations of the rules. */
export const WORLD_STEP = 15;
/** Steps of the past that the world is born with. */
const PAST = 160;

/** Of a pod: the step of its first sample and of its last; the steps that nobody scraped; how many steps late a sample arrives; where its counter begins anew. */
interface PodLife {
  readonly from?: number;
  readonly until?: number;
  readonly hole?: readonly [number, number];
  readonly late?: (step: number) => number;
  readonly restart?: number;
}

/** Samples of two minutes and more arrive together when the connection is back, the oldest first. */
const backlog = (from: number, to: number) => (step: number) => (step >= from && step < to ? to - step : 0);

/** The pods of each workload; two where nothing else is said. */
const LIVES: Readonly<Record<string, readonly PodLife[]>> = {
  calm: [{}, {}],
  busy: [{}, {}, {}, {}],
  hole: [{ hole: [20, 32] }, { hole: [20, 32] }],
  holes: [{ hole: [37, 39] }, { hole: [50, 53] }],
  outage: [{ hole: [40, 80] }, { hole: [40, 80] }],
  vanishes: [{ until: 30 }, { until: 30 }],
  appears: [{ from: 24 }, { from: 24 }],
  returns: [{ until: 16 }, { until: 16 }, { from: 72 }, { from: 72 }],
  restarts: [{ restart: 33 }, { restart: 61 }],
  grows: [{}, {}, { from: 36 }],
  shrinks: [{}, {}, { until: 44 }],
  late: [{ late: (step) => step % 4 }, { late: (step) => (step * 7) % 4 }],
  backlog: [{ late: backlog(20, 44) }, { late: backlog(20, 44) }],
  half: [{ late: backlog(24, 52) }, {}],
};

/** Names of the workloads, all Deployments in the namespace shop. */
export const NAMES = Object.keys(LIVES);
/** Those whose samples arrive after the rules have run: the record is another than what a later query gives. */
export const LATE: ReadonlySet<string> = new Set(["late", "backlog", "half"]);

interface Point {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly time: number;
  readonly value: number;
}

/** Writes samples with times of their own. */
async function write(url: string, points: readonly Point[]): Promise<void> {
  const byName = Map.groupBy(points, ({ name }) => name);
  const metrics = [...byName].map(([name, all]) => {
    const dataPoints = all.map(({ labels, time, value }) => ({
      timeUnixNano: `${BigInt(Math.round(time * 1000)) * 1_000_000n}`,
      asDouble: value,
      attributes: Object.entries(labels).map(([key, text]) => ({ key, value: { stringValue: text } })),
    }));
    return { name, gauge: { dataPoints } };
  });
  const body = JSON.stringify({ resourceMetrics: [{ scopeMetrics: [{ metrics }] }] });
  const headers = { "content-type": "application/json" };
  const answer = await fetch(`${url}/api/v1/otlp/v1/metrics`, { method: "POST", headers, body });
  if (!answer.ok) throw new Error(`OTLP: ${answer.status} ${await answer.text()}`);
}

const RECORDED = (
  parse(readFileSync(RULES, "utf8")) as { groups: readonly { rules: readonly { record: string; expr: string }[] }[] }
).groups[0]!.rules;

/** Evaluates our rules at these times, one after the other, and writes what they record. */
async function record(url: string, start: number, end: number): Promise<void> {
  for (const { record: name, expr } of RECORDED) {
    const form = { query: expr, start: String(start), end: String(end), step: String(WORLD_STEP) };
    const answer = await fetch(`${url}/api/v1/query_range`, { method: "POST", body: new URLSearchParams(form) });
    if (!answer.ok) throw new Error(`${name}: ${answer.status} ${await answer.text()}`);
    type Row = { metric: Record<string, string>; values: [number, string][] };
    const { data } = (await answer.json()) as { data: { result: Row[] } };
    const points = data.result.flatMap(({ metric: { __name__, ...labels }, values }) =>
      values.map(([time, value]) => ({ name, labels, time, value: Number(value) })),
    );
    if (points.length > 0) await write(url, points);
  }
}

/** The counters of one pod at a step; none where it is not scraped. */
function sampleOf(workload: string, k: number, life: PodLife, start: number, step: number): readonly Point[] {
  const { from = -PAST, until = Number.POSITIVE_INFINITY, hole, restart = Number.POSITIVE_INFINITY } = life;
  if (step < from || step > until || (hole && step >= hole[0] && step < hole[1])) return [];
  const seed = NAMES.indexOf(workload) + 3 * k;
  const used = (at: number) =>
    0.3 * WORLD_STEP * at + 60 * Math.sin(at / 40 + seed) + 2 * Math.sin(at * 12.9898 + seed);
  const value = used(step) - used(step >= restart ? restart : Math.max(from, -PAST)) + 1;
  const pod = `${workload}-5d4f8c9b7-${["x2x4z", "b2c4d", "24567", "cdfgh"][k]}`;
  const labels = { namespace: "shop", pod, container: "app" };
  return [{ name: "container_cpu_usage_seconds_total", labels, time: start + WORLD_STEP * step, value }];
}

/** Writes what has arrived by a step, and records what the rules see at it; the first call writes the past as well. */
export function growingWorld(url: () => string, start: number): { advance(step: number): Promise<void> } {
  const lives = NAMES.flatMap((name) => LIVES[name]!.map((life, k) => ({ name, life, k, next: -PAST })));
  const arrived = (now: number) =>
    lives.flatMap((pod) => {
      const points: Point[] = [];
      // in order: what is late holds up what comes after it
      for (; pod.next <= now && pod.next + (pod.life.late?.(pod.next) ?? 0) <= now; pod.next++)
        points.push(...sampleOf(pod.name, pod.k, pod.life, start, pod.next));
      return points;
    });
  let last: number | undefined;
  return {
    advance: async (step) => {
      const first = last === undefined;
      for (let now = last === undefined ? step : last + 1; now <= step; now++) {
        await write(url(), arrived(now));
        const time = start + WORLD_STEP * now;
        await record(url(), first ? start - WORLD_STEP * (PAST - 4) : time, time);
      }
      last = step;
    },
  };
}
