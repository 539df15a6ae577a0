/** The settings beside the targets: Prometheus, the API server, state and report; and the shape of the configuration file. */
import { TARGET } from "./defaults.ts";
import { namespaceName, objectName } from "./nested-schema.ts";
import { choice, dict, group, list, quantity, text, toggle } from "./schema.ts";

const FILE = "the path of a file";
const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/** A base URL without credentials in it: they would end up in logs and process lists. */
function isBaseUrl(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const url = new URL(value);
  return /^https?:$/.test(url.protocol) && url.username === "" && url.password === "";
}

const PROMETHEUS = group({
  about: "Where the CPU history is read: Prometheus, or anything that answers query_range as it does.",
  fields: {
    url: text({
      about: "Base URL.",
      accepts: "an http:// or https:// URL without user or password in it, e.g. http://prometheus.monitoring:9090",
      check: isBaseUrl,
      flag: "prometheus",
    }),
    bearerToken: text({ about: "Token; prefer bearerTokenFile.", secret: true }),
    bearerTokenFile: text({
      about: "File with the token, read at each run.",
      accepts: FILE,
      flag: "prometheus-token-file",
    }),
    basic: group({
      about: "Basic authentication.",
      optional: true,
      fields: {
        username: text({ about: "User.", required: true }),
        password: text({ about: "Password; prefer passwordFile.", secret: true }),
        passwordFile: text({ about: "File with the password.", accepts: FILE }),
      },
    }),
    tls: group({
      about: "TLS of the connection.",
      optional: true,
      fields: {
        caFile: text({ about: "PEM file of the authority to trust.", accepts: FILE, flag: "prometheus-ca-file" }),
        certFile: text({ about: "PEM file of our certificate.", accepts: FILE }),
        keyFile: text({ about: "PEM file of our key.", accepts: FILE }),
        insecureSkipVerify: toggle({ about: "Accept any certificate. Not for production.", default: false }),
      },
    }),
    tenant: text({ about: "Tenant, sent as X-Scope-OrgID.", flag: "prometheus-tenant" }),
    headers: dict({
      about: "Further headers; their values are treated as secrets.",
      of: text({ about: "Value.", secret: true }),
      secret: true,
      default: {},
    }),
    matchers: dict({
      about:
        "Labels with the value each must have, in every query that is built: one cluster of several behind one Thanos, e.g. `cluster: eu-1`. A query of your own takes them as $matchers.",
      of: text({ about: "Value." }),
      keys: { pattern: LABEL_NAME, accepts: "a label name (letters, digits and _, not beginning with a digit)" },
      default: {},
    }),
    timeout: quantity({
      about: "Deadline of one request.",
      unit: "seconds",
      min: 0.1,
      max: 120,
      default: 10,
      flag: "prometheus-timeout",
    }),
    retries: quantity({
      about: "How often a transient error is tried again.",
      unit: "count",
      min: 0,
      max: 10,
      default: 2,
    }),
    rateWindow: quantity({
      about: "Window of rate() in the query that is built.",
      unit: "seconds",
      min: 10,
      max: 3600,
      default: 60,
      flag: "rate-window",
    }),
    query: text({ about: "Query of all targets without one of their own; the same placeholders." }),
    longHistory: group({
      about:
        "A second, coarser and longer query: what the load did at this time yesterday, a week ago and on a typical day joins the forecast, as far as that helped within the window.",
      optional: true,
      fields: {
        range: quantity({ about: "Its window.", unit: "seconds", min: 3600, max: 31 * 86_400, default: 604_800 }),
        step: quantity({ about: "Its step.", unit: "seconds", min: 15, max: 3600, default: 300 }),
      },
    }),
    measurePodStart: toggle({
      about: "Measure the pod start from kube-state-metrics, where it is there.",
      default: true,
    }),
  },
});

const KUBERNETES = group({
  about: "How the API server is reached: by the ServiceAccount in a cluster, else by kubeconfig.",
  fields: {
    kubeconfig: text({
      about: "Kubeconfig file; KUBECONFIG or ~/.kube/config when not given.",
      accepts: FILE,
      flag: "kubeconfig",
    }),
    context: text({ about: "Context of it; its current one when not given.", flag: "context" }),
    timeout: quantity({
      about: "Deadline of one request.",
      unit: "seconds",
      min: 0.1,
      max: 120,
      default: 10,
      flag: "kubernetes-timeout",
    }),
    detectScalers: toggle({ about: "Look for an HPA on the same target, and then only forecast.", default: true }),
    events: toggle({ about: "Write an Event about each change.", default: true }),
  },
});

const STATE = group({
  about: "Where past recommendations and changes are remembered.",
  fields: {
    configMap: group({
      about: "ConfigMap whose annotation holds the state; it must exist.",
      fields: {
        namespace: namespaceName({ about: "Its namespace; that of the first target when not given." }),
        name: objectName({ about: "Its name.", default: "prophet-autoscaler-state", flag: "state-config-map" }),
      },
    }),
  },
});

const REPORT = group({
  about: "Logs of a run.",
  fields: {
    logLevel: choice({
      about: "Least important message that is logged.",
      values: ["debug", "info", "warn", "error"],
      default: "info",
      flag: "log-level",
    }),
    logFormat: choice({
      about: "Form of the log on stderr.",
      values: ["text", "json"],
      default: "text",
      flag: "log-format",
    }),
  },
});

/** Everything that is not a target. */
export const RUN = group({
  about: "The settings of a run beside its targets.",
  fields: { prometheus: PROMETHEUS, kubernetes: KUBERNETES, state: STATE, report: REPORT },
});

/** The configuration file. */
export const FILE_SCHEMA = group({
  about: "Configuration of prophet-autoscaler.",
  fields: {
    ...RUN.fields,
    defaults: group({ about: "Fields for all targets that do not set them.", optional: true, fields: TARGET.fields }),
    targets: list({ about: "The workloads to scale.", of: TARGET }),
  },
});
