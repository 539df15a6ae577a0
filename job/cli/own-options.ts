/** Flags that belong to commands alone; those of the settings come from the settings' schema. */
import { REPEAT } from "../config/repeat.ts";
import { LONGEST } from "../config/rules.ts";
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

export const config = own("Run:", { config: text({ about: "Configuration file (YAML)." }) });
export const json = own("Run:", { json: toggle({ about: "Print one JSON object on stdout and nothing else there." }) });

export const run = own("Run:", {
  once: toggle({ about: "One decision, then exit. The default; here so that a manifest can say it." }),
  "dry-run": toggle({ about: "Decide and report; write nothing." }),
  ...REPEAT.fields,
  "history-file": text({ about: "Read the history from a series file in place of Prometheus." }),
  replicas: quantity({
    about: "Pretend this many replicas in place of asking a cluster.",
    unit: "replicas",
    min: 0,
    max: 100_000,
  }),
  plot: toggle({ about: "Draw history and forecast in the terminal." }),
  components: toggle({
    about: "With --plot, --svg or --report: draw trend, seasons and holidays too, as Prophet's plot_components does.",
  }),
  svg: text({
    about:
      "Write the picture of history and forecast to this file, SVG or PNG by its name (PNG where resvg is installed).",
  }),
  report: text({
    about: "Write a page to work with to this HTML file: the load, its forecasts, the decision with its trail.",
  }),
});

export const explain = own("Explain:", {
  at: text({
    about:
      "Make the decision of that time again, from Prometheus' history: 14:05, 2026-11-27T14:05:00Z or unix seconds.",
  }),
});

export const history = own("History:", {
  since: quantity({
    about: "How far back.",
    unit: "seconds",
    min: 1,
    max: 31 * 86_400,
    default: 7200,
  }),
  output: choice({
    about: "wide: with the forecast and the sentence of each decision; json: as --json.",
    values: ["wide", "json"],
    short: "o",
  }),
});

export const trial = run.filter((o) => o.flag === "history-file" || o.flag === "replicas");

const longHistory = quantity({
  about:
    "Our forecasts also see this much earlier history: up to 38 days as a value in 5 minutes, for a year as one an hour.",
  unit: "seconds",
  min: 3600,
  max: LONGEST,
});

export const replay = own("Replay:", {
  policies: text({
    about: "Comma-separated: auto, hpa, original, mean, linear, static, oracle.",
    default: "auto,hpa,original,oracle",
  }),
  warmup: quantity({
    about: "The first seconds are history only.",
    unit: "seconds",
    min: 0,
    max: 31 * 86_400,
    default: 14_400,
  }),
  startup: quantity({
    about: "A pod is ready this long after the decision.",
    unit: "seconds",
    min: 0,
    max: 3600,
    default: 30,
  }),
  request: quantity({ about: "CPU a pod can serve.", unit: "cores", min: 0.001, max: 1024, default: 0.5 }),
  "target-cpu": quantity({ about: "CPU a pod should carry.", unit: "cores", min: 0.001, max: 1024, default: 0.45 }),
  "hpa-target": quantity({
    about: "Target of the simulated HPA, as a share of the request.",
    unit: "ratio",
    min: 0.01,
    max: 1,
    default: 0.7,
  }),
  every: quantity({ about: "Time between two decisions.", unit: "seconds", min: 15, max: 3600, default: 60 }),
  min: quantity({ about: "Never fewer pods.", unit: "replicas", min: 1, max: 100_000, default: 1 }),
  max: quantity({ about: "Never more pods.", unit: "replicas", min: 1, max: 100_000, default: 400 }),
  quantile: quantity({ about: "Quantile that our policy buys replicas for.", unit: "ratio", min: 0.5, max: 0.995 }),
  slo: quantity({
    about: "Share of the time in which the demand may be above the pods' capacity, in place of `--quantile`.",
    unit: "ratio",
    min: 0.001,
    max: 0.1,
  }),
  "long-history": longHistory,
  "from-prometheus": toggle({ about: "Replay the history of --deployment as Prometheus has it, in place of a file." }),
  range: quantity({
    about: "How far back --from-prometheus reads.",
    unit: "seconds",
    min: 600,
    max: 31 * 86_400,
    default: 86_400,
  }),
  dump: text({ about: "Write one row a step to this CSV file." }),
  report: text({
    about: "Write a page to work with to this HTML file: charts, every decision with its trail, the worst moments.",
  }),
  price: quantity({
    about: "Price of a core-hour: the report speaks of money.",
    unit: "price",
    min: 0,
    max: 1_000_000,
  }),
});

export const backtest = own("Backtest:", {
  window: quantity({ about: "Samples that each forecast sees.", unit: "count", min: 2, max: 100_000, default: 120 }),
  horizon: quantity({
    about: "Time that is forecast, at least one step.",
    unit: "seconds",
    min: 1,
    max: 86_400,
    default: 60,
  }),
  origins: quantity({
    about: "Forecasts at most, evenly spaced.",
    unit: "count",
    min: 1,
    max: 1_000_000,
    default: 150,
  }),
  methods: text({ about: "Comma-separated: auto, prophet, original, naive.", default: "auto,prophet,naive" }),
  "long-history": longHistory,
  dump: text({ about: "Write one row an origin to this CSV file." }),
});

/** How a replay's world is described; an advice plays in one too. */
const world = replay.filter(({ flag }) =>
  /^(warmup|startup|request|target-cpu|every|min|max|quantile|long-history|price)$/.test(flag),
);

export const advise = own("Advise:", {
  "from-prometheus": text({
    about: "Take the last days of --deployment as Prometheus has them, e.g. 7d, in place of a file.",
  }),
  slo: quantity({
    about:
      "Most time below the demand, e.g. 0.5% or 0.005. Without it the current settings' own is what may not be exceeded.",
    unit: "ratio",
    min: 0,
    max: 1,
  }),
  report: text({
    about: "Write a page to work with to this HTML file: the advised settings beside the current ones and the HPA.",
  }),
}).concat(world);
