/** The history of a fleet as OpenMetrics: the recorded series of every workload, and the pods' counters of some. */
import { RECORDS } from "../../job/adapters/prometheus-records.ts";

/** The namespace of the fleet. */
export const NAMESPACE = "fleet";
/** Pods of each workload whose counters are written: the largest number that it may have. */
export const PODS = 10;
/** Distance of two samples, seconds. */
const STEP = 15;
/** Seconds before now. */
const BACK = 7500;
/** Pods are counted over the last 5 minutes only. */
const COUNTED = 600;

/** The name of workload number `k`. */
export const workloadName = (k: number): string => `service-${String(k).padStart(5, "0")}`;

/** Cores that workload k has used since the beginning, at a step: waves of 20 to 60 minutes between 0.5 and 2.5 cores, and noise. */
function usedBy(k: number, steps: number): Float64Array {
  const period = (1200 + ((k * 37) % 2400)) / STEP;
  const phase = (k * 2.399963) % (2 * Math.PI);
  const used = new Float64Array(steps);
  let total = 5000;
  for (let i = 0; i < steps; i++) {
    const noise = 0.06 * Math.sin(i * i * 0.37 + k) + 0.03 * Math.sin(i * 1.7 + 3 * k);
    total += STEP * (1.5 + (0.4 + ((k * 13) % 60) / 100) * Math.sin((2 * Math.PI * i) / period + phase) + noise);
    used[i] = total;
  }
  return used;
}

/**
 * What a history has: workloads 0 to `targets`, of which `raw` have the counters of their pods.
 * `samples` is the number of a counter's samples in a window of one minute, which depends on the version of Prometheus. `ahead` is
 * seconds after now that are written too. They keep the newest sample fresh while the bench runs.
 */
export interface FleetHistory {
  readonly now: number;
  readonly ahead: number;
  readonly targets: number;
  readonly raw: number;
  readonly samples: 4 | 5;
}

/**
 * The history as OpenMetrics, in pieces: that of 10,000 workloads has 1.6 GB.
 * The rate over a minute of 5 samples is their difference over 60 s. Of 4 samples (a window open to the left) it is the difference over
 * 45 s.
 */
export function* fleetOpenMetrics({ now, ahead, targets, raw, samples }: FleetHistory): Generator<string> {
  const start = Math.floor((now - BACK) / STEP) * STEP;
  const steps = Math.floor((BACK + ahead) / STEP);
  const back = samples - 1;
  const labels = (k: number) =>
    `kind="Deployment",namespace="${NAMESPACE}",scale_target="${NAMESPACE}/Deployment/${workloadName(k)}",workload="${workloadName(k)}"`;
  yield `# TYPE ${RECORDS.cores} gauge\n`;
  for (let k = 0; k < targets; k++) {
    const used = usedBy(k, steps);
    const cores = (i: number) => ((used[i]! - used[i - back]!) / (STEP * back)).toFixed(9);
    yield series(`${RECORDS.cores}{${labels(k)}}`, start, [back, steps], cores);
  }
  yield `# TYPE ${RECORDS.pods} gauge\n`;
  const counted = Math.floor((BACK - COUNTED) / STEP);
  for (let k = 0; k < targets; k++)
    yield series(`${RECORDS.pods}{${labels(k)}}`, start, [counted, steps], () => String(PODS));
  yield "# TYPE container_cpu_usage_seconds counter\n";
  for (let k = 0; k < raw; k++) {
    const used = usedBy(k, steps);
    for (let pod = 0; pod < PODS; pod++) {
      const row = `container_cpu_usage_seconds_total{namespace="${NAMESPACE}",pod="${workloadName(k)}-5d4f8c9b7-${"bcdfghjklm"[pod]}2x4z",container="app"}`;
      yield series(row, start, [0, steps], (i) => (used[i]! / PODS).toFixed(9));
    }
  }
  yield "# EOF\n";
}

/** A line for each step from one to before another. */
function series(name: string, start: number, [from, to]: readonly [number, number], value: (step: number) => string) {
  let text = "";
  for (let i = from; i < to; i++) text += `${name} ${value(i)} ${start + i * STEP}\n`;
  return text;
}
