/** Counts answers and latency quantiles, for one report line at a time. */

/** Counts and latencies of requests over some time. */
export interface Tally {
  sent: number;
  /** Not sent, because max-in-flight was reached. */
  skipped: number;
  /** By status code, or by error code like ECONNREFUSED. */
  readonly answers: Map<string, number>;
  /** Seconds, in order of arrival. */
  readonly latencies: number[];
}

/** An empty tally. */
export function createTally(): Tally {
  return { sent: 0, skipped: 0, answers: new Map(), latencies: [] };
}

/** Counts one answer. */
export function addAnswer(tally: Tally, answer: string, seconds: number): void {
  tally.answers.set(answer, (tally.answers.get(answer) ?? 0) + 1);
  tally.latencies.push(seconds);
}

/** The smallest value that at least a share `q` of the values does not exceed (nearest rank). NaN for no values. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN;
}

/** One line of text about a tally: requests sent, answers by code, and latencies. */
export function describeTally(tally: Tally): string {
  const answers = [...tally.answers].toSorted(([a], [b]) => a.localeCompare(b)).map(([code, n]) => `${code}:${n}`);
  const [p50, p90, p99] = [0.5, 0.9, 0.99].map((q) => quantile(tally.latencies, q).toFixed(3));
  const latency = tally.latencies.length > 0 ? ` latency s p50=${p50} p90=${p90} p99=${p99}` : "";
  const skipped = tally.skipped > 0 ? ` skipped=${tally.skipped}` : "";
  return `sent=${tally.sent}${skipped} answers ${answers.join(" ") || "none"}${latency}`;
}
