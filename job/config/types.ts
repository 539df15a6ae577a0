/** The settings of a whole run, resolved and checked: what the config room gives to the command line and the adapters. Their types come from the table. */
import type { TargetConfig } from "../core/target.ts";
import type { FOUND_KINDS } from "./groups/discover.ts";
import type { Part, Value } from "./schema.ts";
import type { TABLE } from "./table.ts";

// `infer` leaves the node open until the table is known: the schema language is recursive
type Run<T> = T extends { readonly run: infer R } ? Value<R> : never;
type Target<T> = T extends { readonly target: infer R } ? Value<R> : never;
type State<S> = S extends { configMap: infer C } ? { readonly configMap: C & { readonly namespace: string } } : S;

/** One target's settings: what the core needs, and whatever else the table has. */
export type TargetOf<T> = Omit<Target<T>, keyof TargetConfig> &
  TargetConfig & {
    /** In place of `targetCpu`: a share of what a pod requests, 0.7 for `70%`. */
    readonly averageUtilization?: number;
  };

/** All settings of a run, derived from the table T: each of its groups, and the targets. */
export type SettingsOf<T> = {
  readonly [K in keyof Run<T>]: K extends "state" ? State<Run<T>[K]> : Run<T>[K];
} & {
  /** Those that are listed, at least one without `discovery`; "namespace/name" is unique. */
  readonly targets: readonly TargetOf<T>[];
  /** What `discover` finds besides; absent: it is not used. */
  readonly discovery?: DiscoverySettings;
  /** What was seen and left aside, for the log at level debug. */
  readonly notes: readonly string[];
  /** What is allowed and probably not meant, for the log and the doctor. */
  readonly warnings: readonly string[];
};

export type Settings = SettingsOf<typeof TABLE>;

/** Where one entry of `discover` looks, with every default. */
export interface DiscoverySelector {
  readonly namespaces: readonly string[];
  readonly labelSelector: string;
  readonly kinds: readonly (typeof FOUND_KINDS)[number][];
}

/** Where to look for workloads, and the settings that hold for them beside their annotations. */
export interface DiscoverySettings {
  readonly selectors: readonly DiscoverySelector[];
  /** An annotation goes before these: those of `defaults`. */
  readonly below: Part<(typeof TABLE)["target"]>;
  /** These go before an annotation: those of flags and environment. */
  readonly above: Part<(typeof TABLE)["target"]>;
  /** The one workload that flags or environment name; absent: all. */
  readonly only?: { readonly name: string; readonly namespace?: string; readonly kind?: string };
}

/** The settings of a command, some of which may be missing: with a history file, for example, no Prometheus is needed. */
export type PrometheusSettings = Settings["prometheus"] & { readonly url: string };
/** A metrics server to read from or push to: its address and the credentials. */
export type ServerSettings = Omit<Settings["metrics"], "otlp" | "pushgateway" | "textfile" | "timeout"> & {
  readonly url: string;
};
export type KubernetesSettings = Settings["kubernetes"];

/** One thing that is wrong with the settings. */
export interface Issue {
  /** Where: `targets[0].minReplicas`, `--min`, `PROPHET_AUTOSCALER_MIN_REPLICAS`. */
  readonly path: string;
  /** What is wrong and what to do, as a sentence that the path begins. */
  readonly message: string;
  /** Path of the field that was probably meant, where this one is not known: it is then not told to be missing as well. */
  readonly meant?: string;
}
