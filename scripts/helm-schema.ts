/** Makes the chart's values.schema.json: its own fields, and `config` from the job's schema. `npm run docs` writes it. */
import { SOURCES } from "../job/adapters/sources.ts";
import { configSchema, type Json } from "../job/config/json-schema.ts";
import type { Node } from "../job/config/schema.ts";
import { TABLE, type Table } from "../job/config/table.ts";

type Fields = Record<string, Json>;
type Group = Json & { readonly properties: Fields };

const text = { type: "string" };
const toggle = { type: "boolean" };
const anything = { type: "object" };
const labels = { type: "object", additionalProperties: text };
const port = { type: "integer", minimum: 1, maximum: 65535 };
const name = { type: "string", maxLength: 253, pattern: "^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$" };
const namespace = { type: "string", maxLength: 63, pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$" };
const label = { type: "string", pattern: "^[a-z]([-a-z0-9]*[a-z0-9])?$" };
const cidr = { ...text, pattern: "^[0-9a-fA-F.:]+/[0-9]{1,3}$" };
/** Seconds as a whole number, or a duration; empty where there is none. */
const time = {
  anyOf: [
    { type: "number", minimum: 1, maximum: 86_400 },
    { ...text, pattern: "^((\\d+(\\.\\d+)?(ms|[smhd]))+|\\d+)?$" },
  ],
};
const image: Fields = {
  repository: { type: "string", pattern: "^[a-z0-9][a-z0-9._/:-]*$" },
  tag: { type: "string", pattern: "^([A-Za-z0-9_][A-Za-z0-9._-]{0,127})?$" },
  pullPolicy: { enum: ["IfNotPresent", "Always", "Never"] },
};

const listOf = (items: Json, minItems = 0) => ({ type: "array", items, ...(minItems > 0 ? { minItems } : {}) });
const orEmpty = (of: Json) => ({ anyOf: [{ const: "" }, of] });
/** An object that knows no other fields than these. */
const group = (properties: Fields, required: readonly string[] = []) => ({
  type: "object",
  additionalProperties: false,
  ...(required.length > 0 ? { required } : {}),
  properties,
});

const BYTES = "^[0-9]+(\\.[0-9]+)?(Ki|Mi|Gi|Ti|k|M|G|T)$";
/** CPU in cores or milli-cores, memory in bytes with a suffix of powers of two or ten: a bare number of MB would be bytes. */
const resources = group({
  cpu: {
    anyOf: [
      { type: "number", minimum: 0 },
      { ...text, pattern: "^([0-9]+m|[0-9]+(\\.[0-9]+)?)$" },
    ],
  },
  memory: { ...text, pattern: BYTES },
  "ephemeral-storage": { ...text, pattern: BYTES },
});

/** Whether the chart's `config` lacks a setting: a secret, which no ConfigMap may hold, or a setting that the chart itself makes. */
export function isLeftOut(node: Node): boolean {
  return node.chart === undefined ? isSecret(node) : !node.chart;
}

/** A secret, or names or places of secrets; a group that has one among its fields is none. */
function isSecret(node: Node): boolean {
  if (node.kind === "list" || node.kind === "dict") return isSecret(node.of);
  return node.kind === "text" && node.secret === true;
}

/** The job's schema as the chart takes it: with a metric source, and with targets that each have a name, for without them every run would fail. */
function chartConfig(table: Table): Json {
  const { $schema: _draft, title: _title, ...config } = configSchema(table, isLeftOut) as Group;
  const groups: Readonly<Record<string, Node>> = table.run.fields;
  const live = SOURCES.flatMap((source) => {
    const key = Object.keys(table.run.fields).find((name) => groups[name] === source.settings);
    return key === undefined ? [] : [[key, source] as const];
  });
  const { targets, defaults } = config.properties as Record<string, Group>;
  // it would lose against the pod's own, which the chart puts into the environment
  const { namespace: _lost, ...shared } = defaults!.properties;
  return {
    ...config,
    required: ["targets"],
    anyOf: live.map(([key, { needs }]) => ({ required: [key], properties: { [key]: { required: needs } } })),
    // without targets to find some must be listed
    if: { required: ["discover"], properties: { discover: { minItems: 1 } } },
    else: { properties: { targets: { minItems: 1 } } },
    properties: {
      ...config.properties,
      defaults: { ...defaults, properties: shared },
      targets: { ...targets, items: { ...(targets?.items as Json), required: ["scaleTargetRef"] } },
    },
  };
}

function cronJob(): Json {
  return group({
    schedule: { type: "string", pattern: "^[0-9*/,-]+( [0-9A-Za-z*/,?-]+){4}$" },
    timeZone: { type: "string", pattern: "^([A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*)?$", not: { pattern: "^[Ll]ocal$" } },
    suspend: toggle,
    every: time,
    for: time,
    concurrencyPolicy: { enum: ["Forbid", "Allow"] },
    backoffLimit: { type: "integer", minimum: 0, maximum: 100 },
    // below ten seconds the controller, which looks every ten, may pass a slot over
    startingDeadlineSeconds: { type: "integer", minimum: 10, maximum: 3600 },
    activeDeadlineSeconds: { type: "integer", minimum: 10, maximum: 86_400 },
    ttlSecondsAfterFinished: { type: "integer", minimum: 0, maximum: 604_800 },
    successfulJobsHistoryLimit: { type: "integer", minimum: 0, maximum: 100 },
    failedJobsHistoryLimit: { type: "integer", minimum: 0, maximum: 100 },
    extraArgs: listOf(text),
    env: listOf({ ...anything, required: ["name"] }),
    envFrom: listOf(anything, 0),
    volumeMounts: listOf({ ...anything, required: ["name", "mountPath"] }),
    volumes: listOf({ ...anything, required: ["name"] }),
    resources: group({ requests: resources, limits: resources }, ["requests", "limits"]),
    podLabels: labels,
    podAnnotations: labels,
    nodeSelector: labels,
    tolerations: listOf(anything),
    affinity: anything,
    topologySpreadConstraints: listOf(anything),
    priorityClassName: text,
  });
}

/** The JSON Schema (draft 2020-12) of values.yaml, for a table of settings. */
export function valuesSchema(table: Table = TABLE): Json {
  const part = (more: Fields = {}) => group({ enabled: toggle, ...more });
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "Values of the chart prophet-autoscaler",
    ...group({
      global: { ...anything, description: "Left to charts that hold this one." },
      nameOverride: orEmpty({ ...label, maxLength: 63 }),
      fullnameOverride: orEmpty({ ...label, maxLength: 52 }),
      openshift: toggle,
      state: group({ configMaps: { type: "integer", minimum: 1, maximum: 64 } }),
      shards: group({ count: { type: "integer", minimum: 1, maximum: 64 } }),
      image: group({
        ...image,
        digest: { type: "string", pattern: "^(sha256:[a-f0-9]{64})?$" },
        pullSecrets: listOf(group({ name }, ["name"])),
      }),
      config: chartConfig(table),
      cronJob: cronJob(),
      rbac: group({ create: toggle }),
      serviceAccount: group({ create: toggle, name: orEmpty(name), annotations: labels }),
      webhook: group({ existingSecret: orEmpty(name), key: { ...text, pattern: "^[-._a-zA-Z0-9]+$" } }),
      podSecurityContext: anything,
      securityContext: anything,
      networkPolicy: part({
        dns: group({ namespace: orEmpty(namespace), ports: listOf(port), cidrs: listOf(cidr) }),
        prometheus: {
          ...group({ namespace: orEmpty(namespace), port, cidrs: listOf(cidr) }),
          // a rule that names nobody lets out to everybody
          anyOf: [{ properties: { namespace: { minLength: 1 } } }, { properties: { cidrs: { minItems: 1 } } }],
        },
        apiServer: group({ cidrs: listOf(cidr, 1), ports: listOf(port, 1) }),
        webhook: group({ cidrs: listOf(cidr), port }),
        metrics: group({ namespace: orEmpty(namespace), port, cidrs: listOf(cidr) }),
      }),
      monitoring: group({
        namespace: orEmpty(namespace),
        dashboard: part({ labels }),
        rules: part(),
        recordingRules: part(),
        prometheusRule: part({ labels }),
        serviceMonitor: part({ labels }),
      }),
      demo: group({ stressApp: toggle, worker: toggle, hpa: toggle, image: group(image) }),
    }),
  };
}

/** The text of values.schema.json, with a line feed at its end. */
export const schemaText = (): string => `${JSON.stringify(valuesSchema(), null, 2)}\n`;
