/** The one table of flags: those of the command line itself, and those that the settings' schema has; help, parsing and docs read it. */
import { REPEAT } from "../config/repeat.ts";
import { type Node, quantity, text, toggle } from "../config/schema.ts";
import { type Setting, settingsIn } from "../config/settings.ts";
import { TABLE, type Table } from "../config/table.ts";

/** A flag of a command. */
export interface Option {
  readonly flag: string;
  readonly group: string;
  readonly node: Node;
  /** The setting that it sets; null: it belongs to the command alone. */
  readonly setting: Setting | null;
}

/** A command with its flags, as help and docs show it. */
export interface CommandSpec {
  readonly name: "run" | "replay" | "backtest" | "explain" | "doctor" | "schema" | "completion";
  /** Form for yargs: `$0` is the default command. */
  readonly form: string;
  readonly about: string;
  readonly file?: string;
  readonly options: readonly Option[];
  readonly examples: readonly (readonly [string, string])[];
}

function own(groupName: string, nodes: Readonly<Record<string, Node>>): readonly Option[] {
  return Object.entries(nodes).map(([flag, node]) => ({ flag, group: groupName, node, setting: null }));
}

/** Those of the table of settings. */
function settingOptions(table: Table): readonly Option[] {
  return settingsIn(table).flatMap((setting) =>
    setting.flag === null ? [] : [{ flag: setting.flag, group: `${setting.title}:`, node: setting.node, setting }],
  );
}

const config = own("Run:", { config: text({ about: "Configuration file (YAML)." }) });
const json = own("Run:", { json: toggle({ about: "Print one JSON object on stdout and nothing else there." }) });

const run = own("Run:", {
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
    about: "With --plot, --svg or --report: draw trend and seasons too, as Prophet's plot_components does.",
  }),
  svg: text({
    about:
      "Write the picture of history and forecast to this file, SVG or PNG by its name (PNG where resvg is installed).",
  }),
  report: text({
    about: "Write a page to work with to this HTML file: the load, its forecasts, the decision with its trail.",
  }),
});

const trial = run.filter((o) => o.flag === "history-file" || o.flag === "replicas");

const longHistory = quantity({
  about: "Our forecasts also see this much earlier history, one value in 5 minutes, as with prometheus.longHistory.",
  unit: "seconds",
  min: 3600,
  max: 31 * 86_400,
});

const replay = own("Replay:", {
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

const backtest = own("Backtest:", {
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

const prog = "prophet-autoscaler";
/** Settings that say which history a replay reads. */
const SOURCE = /^(prometheus.*|namespace|deployment|kind|query)$/;
/** Settings that pick a target of a file. */
const PICK = /^(namespace|deployment|kind)$/;

/** All commands, with the flags of a table of settings. */
export function commandsOf(table: Table): readonly CommandSpec[] {
  const settings = settingOptions(table);
  return [
    {
      name: "run",
      form: "$0",
      about: "Read the history, forecast, decide, set the replicas, exit.",
      options: [...run, ...config, ...json, ...settings],
      examples: [
        [`${prog} --once --config autoscaler.yaml`, "One run over the targets of a file"],
        [
          `${prog} --once --prometheus http://prometheus:9090 --namespace shop --deployment web --target-cpu 0.4`,
          "One target without a file",
        ],
        [
          `${prog} --once --history-file cpu.csv --target-cpu 0.05 --max 10 --dry-run --plot`,
          "No cluster, no Prometheus",
        ],
        [`${prog} --every 15s --for 50s --config autoscaler.yaml`, "Several decisions in one run"],
      ],
    },
    {
      name: "replay",
      form: "replay [file]",
      file: "Series file: CSV with the header timestamp,value, or the JSON of query_range.",
      about: "What our policy and others would have done over a recorded series.",
      options: [...replay, ...config, ...json, ...settings.filter((o) => SOURCE.test(o.flag))],
      examples: [
        [`${prog} replay cpu.csv --policies auto,hpa --report replay.html`, "Compare with the HPA"],
        [
          `${prog} replay --from-prometheus --range 7d --config autoscaler.yaml --deployment web --request 1 --target-cpu 0.8`,
          "What it would have done on a service last week",
        ],
      ],
    },
    {
      name: "backtest",
      form: "backtest <file>",
      file: "Series file: CSV with the header timestamp,value, or the JSON of query_range.",
      about: "How accurate the forecasts would have been over a recorded series.",
      options: [...backtest, ...config, ...json, ...settings.filter((o) => PICK.test(o.flag))],
      examples: [[`${prog} backtest cpu.csv --methods auto,prophet,naive`, "Compare methods on one series"]],
    },
    {
      name: "explain",
      form: "explain",
      about: "Say in words what is remembered, and what would be decided now and why; writes nothing.",
      options: [...trial, ...config, ...json, ...settings],
      examples: [
        [`${prog} explain --namespace shop --deployment web --target-cpu 0.4`, "The last decision about one workload"],
      ],
    },
    {
      name: "doctor",
      form: "doctor",
      about: "Check before the first run: Prometheus, the data, permissions, other scalers.",
      options: [...trial, ...config, ...json, ...settings],
      examples: [[`${prog} doctor --config autoscaler.yaml`, "Each line says ok, warn or fail, and what to do"]],
    },
    {
      name: "schema",
      form: "schema",
      about: "Print the JSON Schema of the configuration file.",
      options: [],
      examples: [[`${prog} schema > config.schema.json`, "For an editor"]],
    },
    {
      name: "completion",
      form: "completion",
      about: "Print a script that lets the shell complete commands and flags (bash and zsh).",
      options: [],
      examples: [
        [`source <(${prog} completion)`, "For this shell; put the line into ~/.bashrc or ~/.zshrc to keep it"],
      ],
    },
  ];
}

/** All commands. */
export const COMMANDS: readonly CommandSpec[] = commandsOf(TABLE);
