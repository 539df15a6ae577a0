/** Fields that prove who asks a server of metrics, and say whose data are meant: the same for reading and for pushing. */
import { dict, group, secret, text, toggle } from "../schema.ts";

const FILE = "the path of a file";
const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** A base URL without credentials in it: they would end up in logs and process lists. */
export function isBaseUrl(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const url = new URL(value);
  return /^https?:$/.test(url.protocol) && url.username === "" && url.password === "";
}

/** One way at a time. */
export const ONE_WAY = {
  level: "refuse",
  fields: ["bearerToken", "bearerTokenFile", "basic", "sigv4", "googleIam", "azureAd"],
  allowed: [0, 1],
  says: "has several ways to authenticate. Keep one of bearerToken, bearerTokenFile, basic, sigv4, googleIam and azureAd.",
} as const;

/** The fields. */
export const CREDENTIALS = {
  bearerToken: text({ about: "Token; prefer bearerTokenFile.", secret: true }),
  bearerTokenFile: text({
    about: "File with the token, read at each request.",
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
      caFile: text({ about: "PEM file of the authority to trust.", accepts: FILE }),
      certFile: text({ about: "PEM file of our certificate.", accepts: FILE }),
      keyFile: text({ about: "PEM file of our key.", accepts: FILE, secretFile: true }),
      insecureSkipVerify: toggle({ about: "Accept any certificate. Not for production.", default: false }),
    },
  }),
  tenant: text({ about: "Tenant, sent as X-Scope-OrgID." }),
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
} as const;
