/** The metric source that is a recorded series in a file. */
import type { MetricSource } from "./source.ts";

/** Reads recorded series from files. */
export const FILE_SOURCE: MetricSource = {
  name: "file",
  settings: null,
  needs: [],
  how: "--history-file FILE",
  live: false,
  where: ({ historyFile }) => historyFile,
  open: async ({ historyFile, settings }, { log }) => {
    const { fileHistory } = await import("./history-file.ts");
    const { longHistory } = settings.prometheus;
    const history = fileHistory(historyFile!, { longHistory, onNote: (note) => log("warn", note) });
    return { history, close: () => {} };
  },
  checks: {
    noAnswer: "check the path and the form of the file: CSV `timestamp,value`, or the JSON of query_range",
    data: {},
  },
};
