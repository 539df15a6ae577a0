/** The Prometheus metrics of a stress-app: process defaults, request durations and the burn queue. */
import { collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { BurnPool } from "./burn-pool.ts";

/** A registry of its own (not prom-client's global one), so that several servers can live in one process. */
export interface Metrics {
  readonly contentType: string;
  /** One answered request. `route` comes from a closed list, so a scanner cannot grow the label set. */
  observe(route: string, code: number, seconds: number): void;
  /** The exposition text. */
  text(): Promise<string>;
}

/** Buckets in seconds: from a health check (under 1 ms) to the longest burn (60 s). */
const BUCKETS = [0.001, 0.005, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** The metrics of one server over its pool. process_cpu_seconds_total counts all threads, so it has what the workers burn. */
export function createMetrics(pool: Pick<BurnPool, "queued" | "running">): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const durations = new Histogram({
    name: "http_request_duration_seconds",
    help: "Time from the request to the end of its answer, by route and status code.",
    labelNames: ["route", "code"] as const,
    buckets: BUCKETS,
    registers: [registry],
  });
  new Gauge({
    name: "stress_queue_length",
    help: "Burns waiting for a worker thread.",
    registers: [registry],
    collect() {
      this.set(pool.queued());
    },
  });
  new Gauge({
    name: "stress_workers_busy",
    help: "Worker threads burning now.",
    registers: [registry],
    collect() {
      this.set(pool.running());
    },
  });
  return {
    contentType: registry.contentType,
    observe: (route, code, seconds) => durations.observe({ route, code: String(code) }, seconds),
    text: () => registry.metrics(),
  };
}
