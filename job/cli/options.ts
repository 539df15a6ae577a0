/** The table of all flags: the command line's own, and those of the settings' schema. Help, parsing and docs use it. */
import { settingsIn } from "../config/settings.ts";
import { TABLE, type Table } from "../config/table.ts";
import {
  adviseFlags,
  backtestFlags,
  configFlag,
  explainFlags,
  historyFlags,
  jsonFlag,
  type Option,
  replayFlags,
  runFlags,
  trialFlags,
} from "./own-options.ts";

/** A command with its flags, as help and docs show it. */
export interface CommandSpec {
  readonly name: "run" | "replay" | "backtest" | "advise" | "explain" | "history" | "doctor" | "schema" | "completion";
  /** Form for yargs: `$0` is the default command. */
  readonly form: string;
  readonly about: string;
  readonly file?: string;
  readonly options: readonly Option[];
  readonly examples: readonly (readonly [string, string])[];
}

/** The flags of the table of settings. */
function settingOptions(table: Table): readonly Option[] {
  return settingsIn(table).flatMap((setting) =>
    setting.flag === null ? [] : [{ flag: setting.flag, group: `${setting.title}:`, node: setting.node, setting }],
  );
}

const prog = "prophet-autoscaler";
/** Settings that say which history a replay reads. The cluster is that of `discover`, and of the namespace where none is given. */
const SOURCE = /^(prometheus.*|namespace|deployment|kind|api-version|query|kubeconfig|context)$/;
/** Settings that pick a target of a file. */
const PICK = /^(namespace|deployment|kind|api-version)$/;

/** All commands, with the flags of a table of settings. */
export function commandsOf(table: Table): readonly CommandSpec[] {
  const settings = settingOptions(table);
  return [
    {
      name: "run",
      form: "$0",
      about: "Read the history, forecast, decide, set the replicas, exit.",
      options: [...runFlags, ...configFlag, ...jsonFlag, ...settings],
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
        [`${prog} --every 1m --for 60m --config autoscaler.yaml`, "An hour of decisions that reads only new points"],
      ],
    },
    {
      name: "replay",
      form: "replay [file]",
      file: "Series file: CSV with the header timestamp,value, or the JSON of query_range.",
      about: "Replay a recorded series: what our policy and others would have done.",
      options: [...replayFlags, ...configFlag, ...jsonFlag, ...settings.filter((o) => SOURCE.test(o.flag))],
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
      about: "Measure how accurate the forecasts would have been on a recorded series.",
      options: [...backtestFlags, ...configFlag, ...jsonFlag, ...settings.filter((o) => PICK.test(o.flag))],
      examples: [
        [`${prog} backtest cpu.csv --methods auto,prophet,naive`, "Compare methods on one series"],
        [`${prog} backtest cpu.csv --config autoscaler.yaml --deployment web`, "With that target's own settings"],
      ],
    },
    {
      name: "advise",
      form: "advise [file]",
      file: "Series file: CSV with the header timestamp,value, or the JSON of query_range.",
      about: "Find settings for your own history. They are chosen on its earlier part and judged on its later part.",
      options: [...adviseFlags, ...configFlag, ...jsonFlag, ...settings.filter((o) => SOURCE.test(o.flag))],
      examples: [
        [
          `${prog} advise --from-prometheus 7d --slo 0.5% --config autoscaler.yaml --deployment web`,
          "The cheapest settings with at most 0.5 % of the time below the demand",
        ],
      ],
    },
    {
      name: "explain",
      form: "explain",
      about: "Explain what is remembered, what would be decided now, and why. Writes nothing.",
      options: [...explainFlags, ...trialFlags, ...configFlag, ...jsonFlag, ...settings],
      examples: [
        [
          `${prog} explain --prometheus http://prometheus:9090 --namespace shop --deployment web --target-cpu 0.4`,
          "The last decision about one workload",
        ],
        [`${prog} explain --at 14:05 --config autoscaler.yaml`, "The decision of five past two, and what came of it"],
      ],
    },
    {
      name: "history",
      form: "history",
      about:
        "List the decisions of the last hours with their reasons, recomputed from Prometheus' history. Writes nothing.",
      options: [...historyFlags, ...trialFlags, ...configFlag, ...jsonFlag, ...settings],
      examples: [
        [`${prog} history --since 2h -o wide --config autoscaler.yaml`, "Each decision, its forecast and why"],
      ],
    },
    {
      name: "doctor",
      form: "doctor",
      about: "Check before the first run: Prometheus, the data, permissions and other scalers.",
      options: [...trialFlags, ...configFlag, ...jsonFlag, ...settings],
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
