/** The registry of metric sources. A new one is a file and a line here; the run, the doctor and the replay take it from here. */
import type { MetricSource, SourceChoice } from "./source.ts";
import { FILE_SOURCE } from "./source-file.ts";
import { PROMETHEUS_SOURCE } from "./source-prometheus.ts";

/** All sources; the first that is named is used: a file stands in for what the settings name. */
export const SOURCES: readonly MetricSource[] = [FILE_SOURCE, PROMETHEUS_SOURCE];

/** The source that is asked for, or null when none is named. */
export function sourceOf(wanted: SourceChoice, sources: readonly MetricSource[] = SOURCES): MetricSource | null {
  return sources.find((source) => source.where(wanted) !== null) ?? null;
}

/** What to say when none is named. */
export function noSource(sources: readonly MetricSource[] = SOURCES): string {
  return `no history to read: give ${[...sources]
    .reverse()
    .map(({ how }) => how)
    .join(", or ")}.`;
}
