/** Settings of the metric source Prometheus, or of anything that answers query_range as it does. */
import { fewPoints, LONGEST } from "../rules.ts";
import { choice, dict, group, quantity, text, toggle } from "../schema.ts";
import { CREDENTIALS, isBaseUrl, ONE_WAY } from "./credentials.ts";

const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/** The fields under `prometheus`. */
export const PROMETHEUS = group({
  rules: [ONE_WAY],
  about: "Where the CPU history is read: Prometheus, or anything that answers query_range as it does.",
  fields: {
    url: text({
      about: "Base URL.",
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
      about: "Further parameters of every query's URL, e.g. `namespace` for OpenShift's thanos-querier.",
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
        "Labels that every built query asks for: one cluster of several behind one Thanos, e.g. `cluster: eu-1`. In your own query: $matchers.",
      of: text({ about: "Value." }),
      keys: { pattern: LABEL_NAME, accepts: "a label name (letters, digits and _, not beginning with a digit)" },
      atMost: 20,
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
    grouped: choice({
      about:
        "Reads targets together from the recording rules that we ship, where they are there. `auto`: from 10 targets on.",
      values: ["auto", "always", "never"],
      default: "auto",
    }),
    query: text({ about: "Query of all targets without one of their own; the same placeholders." }),
    longHistory: group({
      about:
        "A second, coarser and longer query, up to years: what the load did at this time yesterday, a week ago and on a typical day joins the forecast, as far as that helped within the window. Prophet is fitted to all of it.",
      optional: true,
      rules: [fewPoints("range", "step")],
      fields: {
        range: quantity({ about: "Its window.", unit: "seconds", min: 3600, max: LONGEST, default: 604_800 }),
        step: quantity({
          about: "Its step; a year needs 1 hour, for one query gives 11,000 points at most.",
          unit: "seconds",
          min: 15,
          max: 86_400,
          default: 300,
        }),
        query: text({
          about:
            "PromQL of it where it differs. Same placeholders, and $metric for the metric's name. Without $metric it serves the first metric only.",
        }),
      },
    }),
    measurePodStart: toggle({
      about: "Measure the pod start from kube-state-metrics, where it is there.",
      default: true,
    }),
  },
});
