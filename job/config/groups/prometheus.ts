/** Settings of the metric source Prometheus, or of anything that answers query_range as it does. */
import { fewPoints, LONGEST } from "../rules.ts";
import { dict, group, quantity, secret, text, toggle } from "../schema.ts";

const FILE = "the path of a file";
const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;
const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/** A base URL without credentials in it: they would end up in logs and process lists. */
function isBaseUrl(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const url = new URL(value);
  return /^https?:$/.test(url.protocol) && url.username === "" && url.password === "";
}

/** The fields under `prometheus`. */
export const PROMETHEUS = group({
  rules: [
    {
      level: "refuse",
      fields: ["bearerToken", "bearerTokenFile", "basic", "sigv4", "googleIam", "azureAd"],
      allowed: [0, 1],
      says: "has several ways to authenticate. Keep one of bearerToken, bearerTokenFile, basic, sigv4, googleIam and azureAd.",
    },
  ],
  about: "Where the CPU history is read: Prometheus, or anything that answers query_range as it does.",
  fields: {
    url: text({
      about: "Base URL.",
      accepts: "an http:// or https:// URL without user or password in it, e.g. http://prometheus.monitoring:9090",
      pattern: /^https?:\/\/[^\s/?#@]+([/?]\S*)?$/,
      check: isBaseUrl,
      flag: "prometheus",
    }),
    bearerToken: text({ about: "Token; prefer bearerTokenFile.", secret: true }),
    bearerTokenFile: text({
      about: "File with the token, read at each request.",
      accepts: FILE,
      secretFile: true,
      flag: "prometheus-token-file",
    }),
    basic: group({
      about: "Basic authentication.",
      optional: true,
      rules: [
        {
          level: "refuse",
          fields: ["password", "passwordFile"],
          allowed: [1],
          says: "needs either password or passwordFile.",
        },
      ],
      fields: {
        username: text({ about: "User.", required: true }),
        ...secret("password", { about: "Password." }),
      },
    }),
    sigv4: group({
      about:
        "AWS Signature Version 4, for Amazon Managed Prometheus. Credentials are found as by the AWS CLI unless given here.",
      optional: true,
      rules: [
        {
          level: "refuse",
          fields: ["secretKey", "secretKeyFile"],
          allowed: [0, 1],
          says: "needs either secretKey or secretKeyFile, not both.",
        },
        {
          level: "refuse",
          fields: ["accessKey", "secretKey", "secretKeyFile"],
          allowed: [0, 2],
          says: "needs accessKey together with its secretKey or secretKeyFile, or none of them.",
        },
      ],
      fields: {
        region: text({ about: "Region. Default: AWS_REGION, else that of the host's name." }),
        service: text({ about: "Service that is signed for.", default: "aps" }),
        profile: text({ about: "Profile of the shared AWS files." }),
        roleArn: text({
          about: "Role to assume with these credentials.",
          accepts: "an ARN, e.g. arn:aws:iam::123456789012:role/prometheus-reader",
          pattern: /^arn:[^\s]+$/,
        }),
        accessKey: text({ about: "Access key id; needs secretKey or secretKeyFile." }),
        ...secret("secretKey", { about: "Secret access key." }),
      },
    }),
    googleIam: group({
      about:
        "Google's application default credentials, for Managed Service for Prometheus: workload identity, metadata server or a file.",
      optional: true,
      fields: {
        credentialsFile: text({
          about: "Credentials file of a service account or of workload identity federation.",
          accepts: FILE,
          secretFile: true,
        }),
        scope: text({ about: "OAuth scope.", default: "https://www.googleapis.com/auth/monitoring.read" }),
      },
    }),
    azureAd: group({
      about: "Microsoft Entra (Azure AD), for Azure Monitor: workload identity in AKS, else managed identity.",
      optional: true,
      fields: {
        clientId: text({ about: "Client id of the identity. Default: AZURE_CLIENT_ID." }),
        tenantId: text({ about: "Tenant of the identity. Default: AZURE_TENANT_ID." }),
        scope: text({ about: "OAuth scope.", default: "https://prometheus.monitor.azure.com/.default" }),
      },
    }),
    tls: group({
      about: "TLS of the connection.",
      optional: true,
      rules: [
        {
          level: "refuse",
          fields: ["certFile", "keyFile"],
          allowed: [0, 2],
          says: "needs both certFile and keyFile, or neither.",
        },
      ],
      fields: {
        caFile: text({ about: "PEM file of the authority to trust.", accepts: FILE, flag: "prometheus-ca-file" }),
        certFile: text({ about: "PEM file of our certificate.", accepts: FILE }),
        keyFile: text({ about: "PEM file of our key.", accepts: FILE, secretFile: true }),
        insecureSkipVerify: toggle({ about: "Accept any certificate. Not for production.", default: false }),
      },
    }),
    tenant: text({ about: "Tenant, sent as X-Scope-OrgID.", flag: "prometheus-tenant" }),
    headers: dict({
      about: "Further headers. Their values are never printed; secret ones belong into headersFrom.",
      // a line break would end the header, and begin another
      of: text({ about: "Value.", secret: true, pattern: /^[^\r\n]*$/, accepts: "a text on one line" }),
      atMost: 50,
      // a route or a tenant is no secret, and the chart's ConfigMap may hold it
      chart: true,
      default: {},
    }),
    headersFrom: dict({
      about: "Further headers whose values stand elsewhere, so that no ConfigMap holds them.",
      of: group({
        about: "Where the value of this header stands: one of env and file.",
        rules: [{ level: "refuse", fields: ["env", "file"], allowed: [1], says: "needs either env or file." }],
        fields: {
          env: text({
            about: "Environment variable that holds it.",
            accepts: "the name of an environment variable",
            pattern: VARIABLE,
          }),
          file: text({ about: "File that holds it.", accepts: FILE, secretFile: true }),
        },
      }),
      atMost: 50,
      default: {},
    }),
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
