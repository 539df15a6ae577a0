/** The commands' own flags. The flags of settings come from the settings' schema. */
import { REPEAT } from "../config/repeat.ts";
import { MAX_HISTORY_SECONDS } from "../config/rules.ts";
import { choice, type Node, quantity, text, toggle } from "../config/schema.ts";
import type { Setting } from "../config/settings.ts";

/** A flag of a command. */
export interface Option {
  readonly flag: string;
  readonly group: string;
  readonly node: Node;
  /** The setting that it sets; null: it belongs to the command alone. */
  readonly setting: Setting | null;
}

function own(groupName: string, nodes: Readonly<Record<string, Node>>): readonly Option[] {
  return Object.entries(nodes).map(([flag, node]) => ({ flag, group: groupName, node, setting: null }));
}

/** The flag of the configuration file. */
export const configFlag = own("Run:", { config: text({ about: "Configuration file (YAML)." }) });
/** The flag of JSON output. */
export const jsonFlag = own("Run:", {
  json: toggle({ about: "Print one JSON object on stdout and nothing else there." }),
});

/** The flags of the run. */
export const runFlags = own("Run:", {
  once: toggle({ about: "Decide once, then exit. This is the default; a manifest can state it." }),
  "dry-run": toggle({ about: "Decide and report, but write nothing." }),
  ...REPEAT.fields,
  "history-file": text({ about: "Read the history from a series file instead of Prometheus." }),
  replicas: quantity({
    about: "Assume this many replicas instead of asking a cluster.",
    unit: "replicas",
    min: 0,
    max: 100_000,
  }),
  plot: toggle({ about: "Draw history and forecast in the terminal." }),
  components: toggle({
    about:
      "With --plot, --svg or --report: also draw trend, seasonalities and holidays, as Prophet's plot_components does.",
  }),
  svg: text({
    about: "Write a picture of history and forecast to this .svg or .png file. PNG needs resvg.",
  }),
  report: text({
    about: "Write an interactive page to this HTML file: the load, its forecasts, the decision and its trail.",
  }),
});

/** The flags of `explain`. */
export const explainFlags: readonly Option[] = [
  ...own("Explain:", {
    at: text({
      about:
        "Recompute the decision of this time from Prometheus' history: 14:05, 2026-11-27T14:05:00Z or unix seconds.",
    }),
  }),
  ...runFlags.filter((o) => o.flag === "plot"),
];

/** The flags of `history`. */
export const historyFlags = own("History:", {
  since: quantity({
    about: "How far back to look.",
    unit: "seconds",
    min: 1,
    max: 31 * 86_400,
    default: 7200,
  }),
  output: choice({
    about: "wide adds the forecast and the explanation of each decision. json prints the same as --json.",
    values: ["wide", "json"],
    short: "o",
  }),
});

/** The run's flags for a trial without a cluster. */
export const trialFlags = runFlags.filter((o) => o.flag === "history-file" || o.flag === "replicas");

const longHistory = quantity({
  about:
    "How much earlier history our forecasts also see. Up to 38 days it has a value every 5 minutes, for a year one an hour.",
  unit: "seconds",
  min: 3600,
  max: MAX_HISTORY_SECONDS,
});

/** The flags of `replay`. */
export const replayFlags = own("Replay:", {
  policies: text({
    about: "Policies to compare, separated by commas: auto, hpa, original, mean, linear, static, oracle.",
    default: "auto,hpa,original,oracle",
  }),
  warmup: quantity({
    about: "Length of the first part, which serves as history only.",
    unit: "seconds",
    min: 0,
    max: 31 * 86_400,
    default: 14_400,
  }),
  startup: quantity({
    about: "Time from a decision to a ready pod.",
    unit: "seconds",
    min: 0,
    max: 3600,
    default: 30,
  }),
  request: quantity({ about: "CPU that one pod can serve.", unit: "cores", min: 0.001, max: 1024, default: 0.5 }),
  "target-cpu": quantity({
    about: "CPU that one pod should use on average.",
    unit: "cores",
    min: 0.001,
    max: 1024,
    default: 0.45,
  }),
  "hpa-target": quantity({
    about: "Target of the simulated HPA, as a share of the request.",
    unit: "ratio",
    min: 0.01,
    max: 1,
    default: 0.7,
  }),
  every: quantity({ about: "Time between two decisions.", unit: "seconds", min: 15, max: 3600, default: 60 }),
  min: quantity({ about: "Lower limit of replicas.", unit: "replicas", min: 1, max: 100_000, default: 1 }),
  max: quantity({ about: "Upper limit of replicas.", unit: "replicas", min: 1, max: 100_000, default: 400 }),
  quantile: quantity({
    about: "Quantile of the coming peak that our policy plans for.",
    unit: "ratio",
    min: 0.5,
    max: 0.995,
  }),
  slo: quantity({
    about: "Share of the time in which demand may exceed the ready pods' capacity. Use it instead of `--quantile`.",
    unit: "ratio",
    min: 0.001,
    max: 0.1,
  }),
  "long-history": longHistory,
  "from-prometheus": toggle({ about: "Replay the history of --deployment from Prometheus instead of a file." }),
  range: quantity({
    about: "How far back --from-prometheus reads.",
    unit: "seconds",
    min: 600,
    max: 31 * 86_400,
    default: 86_400,
  }),
  dump: text({ about: "Write one row for each step to this CSV file." }),
  report: text({
    about: "Write an interactive page to this HTML file: charts, every decision with its trail, the worst moments.",
  }),
  price: quantity({
    about: "Price of a core-hour. The report then shows costs in money.",
    unit: "price",
    min: 0,
    max: 1_000_000,
  }),
});

/** The flags of `backtest`. */
export const backtestFlags = own("Backtest:", {
  window: quantity({
    about: "Number of samples that each forecast sees.",
    unit: "count",
    min: 2,
    max: 100_000,
    default: 120,
  }),
  horizon: quantity({
    about: "How far ahead to forecast. At least one step.",
    unit: "seconds",
    min: 1,
    max: 86_400,
    default: 60,
  }),
  origins: quantity({
    about: "Maximum number of forecasts, evenly spaced.",
    unit: "count",
    min: 1,
    max: 1_000_000,
    default: 150,
  }),
  methods: text({
    about: "Methods to compare, separated by commas: auto, prophet, original, naive.",
    default: "auto,prophet,naive",
  }),
  "long-history": longHistory,
  dump: text({ about: "Write one row for each forecast to this CSV file." }),
});

/** The flags of a replay's modelled world, which an advice uses too. */
const world = replayFlags.filter(({ flag }) =>
  /^(warmup|startup|request|target-cpu|every|min|max|quantile|long-history|price)$/.test(flag),
);

/** The flags of `advise`. */
export const adviseFlags = own("Advise:", {
  "from-prometheus": quantity({
    about: "Read this much history of --deployment from Prometheus instead of a file, e.g. 7d.",
    unit: "seconds",
    min: 600,
    max: 31 * 86_400,
  }),
  slo: quantity({
    about: "Maximum share of time below the demand, e.g. 0.5% or 0.005. Default: that of the current settings.",
    unit: "ratio",
    min: 0,
    max: 1,
  }),
  report: text({
    about: "Write an interactive page to this HTML file: the advised settings beside the current ones and the HPA.",
  }),
}).concat(world);
