/** Explains failures and exit codes, and what to do about them. The docs are made from it; runs do not load it. */
import type { Explanation } from "../core/policy/reasons.ts";

/** Reasons of failed outcomes: the names of the errors that can end a target's run. */
export const FAILURES: Readonly<Record<string, Explanation>> = {
  HistoryError: {
    means: "The metric source could not be read. The replicas stay, unless `fallback` or a bound asks for more.",
    todo: "The message says what was asked and what came back. `doctor` tries the same query.",
  },
  ClusterError: {
    means: "The API server could not be reached or refused a call. The replicas stay.",
    todo: "The message names the call and the answer. For a 403 compare the Role with the manifests; `doctor` does it too.",
  },
  StateFull: {
    means: "The memory of this target does not fit the ConfigMaps of the state. Its replicas stay; the others go on.",
    todo: "Raise `state.configMap.count`, and apply the manifests with as many ConfigMaps.",
  },
  InvalidSettings: {
    means: "A setting in an annotation of a found workload is wrong. Its replicas stay; the others go on.",
    todo: "The message names the annotation and what it takes: docs/discovery.md.",
  },
  Error: {
    means: "An unexpected error. The replicas stay.",
    todo: "Read the message. Please report the error if the message does not explain it.",
  },
};

/** Exit codes of the run. */
export const EXIT_CODES: Readonly<Record<string, Explanation>> = {
  "0": { means: "Done. This includes a decision to hold or to change nothing.", todo: "Nothing." },
  "1": {
    means:
      "It could not be done, workloads could not be listed, or a target was blind for longer than `blindAfter`. Its replicas are unchanged.",
    todo: "Read the message. It says what was tried, and since when a target has been blind. The next run tries again.",
  },
  "2": {
    means: "Wrong usage or settings. Nothing was tried.",
    todo: "Correct what the message names: each mistake with its place, its value and the accepted values.",
  },
  "130": {
    means:
      "Ctrl-C ended `replay`, `backtest`, `history` or `explain --at`. The answer covers what was done until then, and says so.",
    todo: "Start it again for the whole.",
  },
};
