/** The settings of a whole run, resolved and checked: what the config room gives to the command line and the adapters. */
import type { LongHistory } from "../core/series/coarse.ts";
import type { TargetConfig } from "../core/target.ts";
import type { Seconds } from "../core/units.ts";

/** How Prometheus (or anything that answers `query_range` as it does) is reached. Secrets in here are never logged. */
export interface PrometheusSettings {
  /** Base URL, e.g. `http://prometheus.monitoring:9090`; no `/api/v1` at its end. */
  readonly url: string;
  /** At most one of bearerToken, bearerTokenFile and basic is set. */
  readonly bearerToken?: string;
  /** Read by the adapter at each run, so that a rotated token is picked up. */
  readonly bearerTokenFile?: string;
  readonly basic?: { readonly username: string; readonly password?: string; readonly passwordFile?: string };
  readonly tls?: {
    readonly caFile?: string;
    readonly certFile?: string;
    readonly keyFile?: string;
    readonly insecureSkipVerify?: boolean;
  };
  /** Sent as `X-Scope-OrgID` (Mimir, Thanos, Cortex). */
  readonly tenant?: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Labels that every selector of the queries that are built must match: one cluster of several. */
  readonly matchers: Readonly<Record<string, string>>;
  /** Deadline of one request, in seconds. */
  readonly timeout: Seconds;
  /** How often a transient error is tried again. */
  readonly retries: number;
  /** Window of `rate()` in the query that is built when there is none of the user's own. */
  readonly rateWindow: Seconds;
  /** A query for all targets without one of their own; `$namespace`, `$name`, `$kind`, `$pods` and `$matchers` are replaced, escaped. */
  readonly query?: string;
  /** Queries of single targets, by "namespace/name" of the target; same placeholders. */
  readonly queries: Readonly<Record<string, string>>;
  /** A second, coarser and longer query of the same expression, when configured. */
  readonly longHistory?: LongHistory;
  /** Ask kube-state-metrics for the measured pod start. */
  readonly measurePodStart: boolean;
}

/** How the API server is reached: in the cluster when there is a ServiceAccount, else by kubeconfig. */
export interface KubernetesSettings {
  readonly kubeconfig?: string;
  readonly context?: string;
  /** Deadline of one request, in seconds. */
  readonly timeout: Seconds;
  /** Look for an HPA or ScaledObject on the same target (needs `list` on them; a refusal is a warning). */
  readonly detectScalers: boolean;
  /** Write an Event about each change of replicas. */
  readonly events: boolean;
}

/** Where the state is kept between runs. */
export interface StateSettings {
  readonly configMap: { readonly namespace: string; readonly name: string };
}

/** What is written about a run beside its answer. */
export interface ReportSettings {
  readonly logLevel: "debug" | "info" | "warn" | "error";
  readonly logFormat: "json" | "text";
}

/** All settings of a run. */
export interface Settings {
  /** null: no URL was given (fine with a history file). */
  readonly prometheus: PrometheusSettings | null;
  readonly kubernetes: KubernetesSettings;
  readonly state: StateSettings;
  readonly report: ReportSettings;
  /** At least one; "namespace/name" is unique. */
  readonly targets: readonly TargetConfig[];
  /** What was seen and left aside, for the log at level debug. */
  readonly notes?: readonly string[];
}

/** One thing that is wrong with the settings. */
export interface Issue {
  /** Where: `targets[0].minReplicas`, `--min`, `PROPHET_AUTOSCALER_MIN_REPLICAS`. */
  readonly path: string;
  /** Value, accepted range, nearest name: a whole sentence. */
  readonly message: string;
}
