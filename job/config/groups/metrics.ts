/** Settings of where each run's metrics are sent. */
import { group, quantity, text } from "../schema.ts";
import { CREDENTIALS, isBaseUrl, ONE_WAY } from "./credentials.ts";

const URL_TEXT = { pattern: /^https?:\/\/[^\s/?#@]+([/?]\S*)?$/, check: isBaseUrl };

/** The fields under `metrics`. */
export const METRICS = group({
  about: "Where each run sends its metrics. Without otlp, remoteWrite, pushgateway or textfile it sends none.",
  rules: [
    {
      level: "refuse",
      fields: ["otlp", "remoteWrite", "pushgateway", "textfile"],
      allowed: [0, 1],
      says: "has several ways to send metrics. Keep one of otlp, remoteWrite, pushgateway and textfile.",
    },
    ONE_WAY,
  ],
  fields: {
    otlp: text({
      about: "Base URL of an OTLP/HTTP receiver without `/v1/metrics`: Prometheus itself, or a collector.",
      accepts:
        "an http:// or https:// URL without user or password in it, e.g. http://prometheus.monitoring:9090/api/v1/otlp",
      ...URL_TEXT,
    }),
    remoteWrite: text({
      about: "Whole URL of a receiver of Prometheus' remote write: Prometheus, Mimir, Thanos, or a managed one.",
      accepts:
        "an http:// or https:// URL without user or password in it, e.g. http://prometheus.monitoring:9090/api/v1/write",
      ...URL_TEXT,
    }),
    pushgateway: text({
      about: "URL of a Pushgateway.",
      accepts: "an http:// or https:// URL without user or password in it, e.g. http://pushgateway.monitoring:9091",
      ...URL_TEXT,
    }),
    textfile: text({
      about: "File for node_exporter's textfile collector. Each run replaces it.",
      accepts: "the path of a file that ends with .prom",
      pattern: /^\S.*\.prom$/,
    }),
    timeout: quantity({
      about: "Time limit for sending them. If it fails, nothing else changes.",
      unit: "seconds",
      min: 0.1,
      max: 30,
      default: 5,
    }),
    ...CREDENTIALS,
    googleIam: {
      ...CREDENTIALS.googleIam,
      fields: {
        ...CREDENTIALS.googleIam.fields,
        scope: text({ about: "OAuth scope.", default: "https://www.googleapis.com/auth/monitoring.write" }),
      },
    },
  },
});
