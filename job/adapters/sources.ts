/** The registry of metric sources, used by the run, the doctor and the replay. A new one needs a file and a line here. */
import type { MetricSource, SourceChoice } from "./source.ts";
import { FILE_SOURCE } from "./source-file.ts";
import { PROMETHEUS_SOURCE } from "./source-prometheus.ts";

/** All sources. The first one that is named is used, so a file replaces the source in the settings. */
export const SOURCES: readonly MetricSource[] = [FILE_SOURCE, PROMETHEUS_SOURCE];

/** The chosen source, or null if none is named. */
export function sourceOf(wanted: SourceChoice, sources: readonly MetricSource[] = SOURCES): MetricSource | null {
  return sources.find((source) => source.where(wanted) !== null) ?? null;
}

/** The message where no source is named. */
export function noSource(sources: readonly MetricSource[] = SOURCES): string {
  return `no history to read: give ${[...sources]
    .reverse()
    .map(({ how }) => how)
    .join(", or ")}.`;
}
