/** The settings of credentials and tenants of a metrics server, the same for reading and for pushing. */
import { dict, group, secret, text, toggle } from "../schema.ts";

const FILE = "the path of a file";
/** Of a header's value: a line break would end the header and begin another, and what is not ASCII arrives as something else. */
const SENDABLE = /^[\t\x20-\x7e]*$/;
/** The same with a line end, which a Secret that `echo` wrote has, and which is not sent. */
const TENANT = /^[\t\x20-\x7e]*[\r\n]*$/;
const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Whether a text is a base URL without credentials, which would end up in logs and process lists. */
export function isBaseUrl(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const url = new URL(value);
  return /^https?:$/.test(url.protocol) && url.username === "" && url.password === "";
}

/** The rule that allows one authentication method at a time. */
export const ONE_WAY = {
  level: "refuse",
  fields: ["bearerToken", "bearerTokenFile", "basic", "sigv4", "googleIam", "azureAd"],
  allowed: [0, 1],
  says: "has several ways to authenticate. Keep one of bearerToken, bearerTokenFile, basic, sigv4, googleIam and azureAd.",
} as const;

/** The fields. */
export const CREDENTIALS = {
  bearerToken: text({ about: "Bearer token. Prefer bearerTokenFile.", secret: true }),
  bearerTokenFile: text({
    about: "File with the bearer token. It is read for each request.",
    accepts: FILE,
    secretFile: true,
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
      username: text({ about: "User name.", required: true }),
      ...secret("password", { about: "Password." }),
    },
  }),
  sigv4: group({
    about:
      "AWS Signature Version 4, for Amazon Managed Prometheus. Unless given here, credentials are found as the AWS CLI finds them.",
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
      region: text({ about: "AWS region. Default: AWS_REGION, else the region in the host name." }),
      service: text({ about: "Service name in the signature.", default: "aps" }),
      profile: text({ about: "Profile in the shared AWS configuration files." }),
      roleArn: text({
        about: "Role to assume with these credentials.",
        accepts: "an ARN, e.g. arn:aws:iam::123456789012:role/prometheus-reader",
        pattern: /^arn:[^\s]+$/,
      }),
      accessKey: text({ about: "Access key ID. It needs secretKey or secretKeyFile." }),
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
      clientId: text({ about: "Client ID of the identity. Default: AZURE_CLIENT_ID." }),
      tenantId: text({ about: "Tenant ID of the identity. Default: AZURE_TENANT_ID." }),
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
      caFile: text({ about: "PEM file with the certificate authorities to trust.", accepts: FILE }),
      certFile: text({ about: "PEM file with the client certificate.", accepts: FILE }),
      keyFile: text({ about: "PEM file with the client certificate's private key.", accepts: FILE, secretFile: true }),
      insecureSkipVerify: toggle({ about: "Accept any server certificate. Not for production.", default: false }),
    },
  }),
  tenant: text({
    about: "Tenant ID, sent as X-Scope-OrgID.",
    pattern: TENANT,
    accepts: "a text of ASCII on one line",
  }),
  headers: dict({
    about: "Additional HTTP headers. Their values are never printed. Secret values belong in headersFrom.",
    of: text({ about: "Value.", secret: true, pattern: SENDABLE, accepts: "a text of ASCII on one line" }),
    atMost: 50,
    // a route or a tenant is no secret, and the chart's ConfigMap may hold it
    chart: true,
    default: {},
  }),
  headersFrom: dict({
    about: "Additional HTTP headers whose values come from a variable or a file, so that no ConfigMap holds them.",
    of: group({
      about: "Where the value of this header comes from: either env or file.",
      rules: [{ level: "refuse", fields: ["env", "file"], allowed: [1], says: "needs either env or file." }],
      fields: {
        env: text({
          about: "Environment variable that holds the value.",
          accepts: "the name of an environment variable",
          pattern: VARIABLE,
        }),
        file: text({ about: "File that holds the value.", accepts: FILE, secretFile: true }),
      },
    }),
    atMost: 50,
    default: {},
  }),
} as const;
