/** Settings of the metric source Prometheus, or any server with its query_range API. */
import { fewPoints, MAX_HISTORY_SECONDS } from "../rules.ts";
import { choice, dict, group, quantity, text, toggle } from "../schema.ts";
import { CREDENTIALS, isBaseUrl, ONE_WAY } from "./credentials.ts";

const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/** The fields under `prometheus`. */
export const PROMETHEUS = group({
  rules: [ONE_WAY],
  about: "Where the history is read: Prometheus, or any server with its query_range API.",
  fields: {
    url: text({
      about: "Base URL of Prometheus.",
      accepts: "an http:// or https:// URL without user or password in it, e.g. http://prometheus.monitoring:9090",
      pattern: /^https?:\/\/[^\s/?#@]+([/?]\S*)?$/,
      check: isBaseUrl,
      flag: "prometheus",
    }),
    ...CREDENTIALS,
    bearerTokenFile: { ...CREDENTIALS.bearerTokenFile, flag: "prometheus-token-file" },
    tls: {
      ...CREDENTIALS.tls,
      fields: {
        ...CREDENTIALS.tls.fields,
        caFile: { ...CREDENTIALS.tls.fields.caFile, flag: "prometheus-ca-file" },
      },
    },
    tenant: { ...CREDENTIALS.tenant, flag: "prometheus-tenant" },
    parameters: dict({
      about: "Additional URL parameters of every query, e.g. `namespace` for OpenShift's thanos-querier.",
      of: text({ about: "Value." }),
      keys: {
        pattern: /^[A-Za-z0-9_.[\]-]+$/,
        accepts: "a name of letters, digits, _, ., -, [ and ]",
      },
      atMost: 20,
      default: {},
    }),
    matchers: dict({
      about:
        "Label matchers of the default query, e.g. `cluster: eu-1` where one Thanos serves several clusters. In your own query: $matchers.",
      of: text({ about: "Value." }),
      keys: { pattern: LABEL_NAME, accepts: "a label name (letters, digits and _, not beginning with a digit)" },
      atMost: 20,
      default: {},
    }),
    timeout: quantity({
      about: "Time limit of one request.",
      unit: "seconds",
      min: 0.1,
      max: 120,
      default: 10,
      flag: "prometheus-timeout",
    }),
    retries: quantity({
      about: "How often a request is retried after a transient error.",
      unit: "count",
      min: 0,
      max: 10,
      default: 2,
    }),
    rateWindow: quantity({
      about: "Window of rate() in the default query.",
      unit: "seconds",
      min: 10,
      max: 3600,
      default: 60,
      flag: "rate-window",
    }),
    grouped: choice({
      about:
        "Reads many targets together from our recording rules, where those are installed. `auto`: from 10 targets on.",
      values: ["auto", "always", "never"],
      default: "auto",
    }),
    query: text({ about: "Query of all targets that have none of their own. The placeholders are the same." }),
    longHistory: group({
      about:
        "A second query that is coarser and reaches further back, up to years. The load at this time yesterday, a week ago and on a typical day then joins the forecast, as far as it helped recently. Prophet is fitted to all of it.",
      optional: true,
      rules: [fewPoints("range", "step")],
      fields: {
        range: quantity({
          about: "How far back it reads.",
          unit: "seconds",
          min: 3600,
          max: MAX_HISTORY_SECONDS,
          default: 604_800,
        }),
        step: quantity({
          about: "Time between its samples. A year needs 1 hour, as one query returns at most 11,000 points.",
          unit: "seconds",
          min: 15,
          max: 86_400,
          default: 300,
        }),
        query: text({
          about:
            "PromQL, if it differs from `query`. $metric is the metric's name; without $metric, the query serves the first metric only.",
        }),
      },
    }),
    measurePodStart: toggle({
      about: "Measure the time that pods need to start, where kube-state-metrics is available.",
      default: true,
    }),
  },
});
