/** What a demo runs in: two workloads under the same load, the autoscaler on the first, and a way to see its runs. */
import type { RunningLoad } from "./load.ts";
import type { DemoRun } from "./runs.ts";
import type { DemoWorkload } from "./workload.ts";

/** Settings of a run. */
export interface DemoOptions {
  /** Length of the load, seconds. */
  readonly seconds: number;
  /** Of one wave, seconds. */
  readonly period: number;
  readonly log: (line: string) => void;
}

/** One world, ready for the load. */
export interface DemoWorld {
  /** In a few words: what pods are here. */
  readonly what: string;
  /** Seconds between two runs of the autoscaler, which start at whole multiples of it. */
  readonly every: number;
  readonly ours: DemoWorkload;
  readonly other: DemoWorkload;
  /** Starts the same load on both, ours first. */
  load(options: DemoOptions): readonly [RunningLoad, RunningLoad];
  /** Runs that ended since the last call, oldest first. `began`: epoch seconds of the load's start. */
  runs(began: number): Promise<readonly DemoRun[]>;
  /** What its Prometheus has of the one series of a selector, over the last hour: epoch seconds and values. */
  recorded(selector: string): Promise<readonly (readonly [number, number])[]>;
  /** Ends everything that the world started. */
  stop(): Promise<void>;
}

/** Namespaces of the two workloads; the first is that of manifests/overlays/demo. */
export const OURS = "prophet-demo";
export const OTHER = "reactive-demo";
