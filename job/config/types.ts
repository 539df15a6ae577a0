/** The types of the settings of a whole run, resolved and checked, which come from the table. */
import type { TargetConfig } from "../core/target.ts";
import type { FOUND_KINDS } from "./groups/discover.ts";
import type { PartialValue, Value } from "./schema.ts";
import type { TABLE } from "./table.ts";

// `infer` leaves the node open until the table is known: the schema language is recursive
type Run<T> = T extends { readonly run: infer R } ? Value<R> : never;
type Target<T> = T extends { readonly target: infer R } ? Value<R> : never;
type State<S> = S extends { configMap: infer C } ? { readonly configMap: C & { readonly namespace: string } } : S;

/** One target's settings: what the core needs, and whatever else the table has. */
export type TargetOf<T> = Omit<Target<T>, keyof TargetConfig> &
  TargetConfig & {
    /** In place of `targetCpu`: a share of the pod's CPU request, 0.7 for `70%`. */
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
  /** What was ignored, for the log at level debug. */
  readonly notes: readonly string[];
  /** What is allowed but probably a mistake, for the log and the doctor. */
  readonly warnings: readonly string[];
};

/** All settings of a run. */
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
  readonly below: PartialValue<(typeof TABLE)["target"]>;
  /** These go before an annotation: those of flags and environment. */
  readonly above: PartialValue<(typeof TABLE)["target"]>;
  /** The one workload that flags or environment name; absent: all. */
  readonly only?: { readonly name: string; readonly namespace?: string; readonly kind?: string };
}

/** The settings of Prometheus with its address, which some commands do not need. */
export type PrometheusSettings = Settings["prometheus"] & { readonly url: string };
/** A metrics server to read from or push to: its address and the credentials. */
export type ServerSettings = Omit<
  Settings["metrics"],
  "otlp" | "remoteWrite" | "pushgateway" | "textfile" | "timeout"
> & {
  readonly url: string;
};
/** The settings of the API server. */
export type KubernetesSettings = Settings["kubernetes"];

/** One problem of the settings. */
export interface Issue {
  /** Where: `targets[0].minReplicas`, `--min`, `PROPHET_AUTOSCALER_MIN_REPLICAS`. */
  readonly path: string;
  /** What is wrong and what to do, as a sentence that the path begins. */
  readonly message: string;
  /** The path of the field that was probably meant by an unknown one: it is then not reported as missing too. */
  readonly meant?: string;
}
