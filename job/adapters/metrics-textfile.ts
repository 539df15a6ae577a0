/** Writes metrics to a file for node_exporter's textfile collector. */
import { rename, rm, writeFile } from "node:fs/promises";
import { fileSentence } from "../output/file-problem.ts";
import type { MetricsSink } from "../ports.ts";
import { MetricsError, type MetricsSettings } from "./metrics-http.ts";
import { expositionOf } from "./metrics-text.ts";

/** A sink that writes a file and renames it into place, since the collector may read at any moment. */
export function textfileMetrics({ textfile }: MetricsSettings): MetricsSink {
  const path = textfile!;
  return {
    push: async (families, _now, signal) => {
      // no .prom at the end: the collector must not read it
      const part = `${path}.new`;
      try {
        await writeFile(part, await expositionOf(families), { signal });
        await rename(part, path);
      } catch (error) {
        await rm(part, { force: true }).catch(() => {});
        // without the folder the part cannot be made: the file itself need not be there
        if ((error as NodeJS.ErrnoException).code === "ENOENT")
          throw new MetricsError(`metrics to ${path}: there is no such folder`);
        throw new MetricsError(`metrics to ${fileSentence(error, path)}`);
      }
    },
  };
}
