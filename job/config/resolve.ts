/** Joins the layers into settings (flags over environment over file over defaults), then checks what only shows across fields. */
import type { TargetConfig } from "../core/target.ts";
import { pluralize } from "../core/units.ts";
import { applyRules, type RuleFindings } from "./apply-rules.ts";
import { isRecord, join, joinNamed } from "./check.ts";
import { complete, merge, withoutHoles } from "./complete.ts";
import { openCalendars } from "./days.ts";
import { discoverySettings } from "./discovery-settings.ts";
import type { ConfigLayer } from "./layers.ts";
import { levelIssues, levelsUnder } from "./levels.ts";
import { didYouMean } from "./nearest.ts";
import { prophetIssues, prophetWarnings } from "./prophet-settings.ts";
import { missingReporter, reportedIn } from "./reported.ts";
import type { PartialValue, Value } from "./schema.ts";
import { settingsIn } from "./settings.ts";
import { shardIssues, shardOf } from "./shard-settings.ts";
import type { fileSchema, TABLE, Table } from "./table.ts";
import { targetFrom } from "./target-settings.ts";
import type { Issue, Settings } from "./types.ts";
import { formatUnit } from "./units.ts";

/** A configuration file as one layer: any part of it may be missing. */
export type FilePart = PartialValue<ReturnType<typeof fileSchema<typeof TABLE>>>;
type TargetPart = PartialValue<(typeof TABLE)["target"]>;
type Run = Value<(typeof TABLE)["run"]>;
type Placed = readonly [path: string, part: TargetPart];

/** The layers by rising precedence, and the environment itself, which `headersFrom` reads. */
export interface Layers {
  readonly file: FilePart;
  readonly environment: ConfigLayer;
  readonly flags: ConfigLayer;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Seconds between two decisions of this process, where it makes several. */
  readonly every?: number;
  /** Whether there is a cluster in which `discover` can find targets. */
  readonly finds?: boolean;
}

/** Gives the namespace of objects that have none in the settings, for the way in which the cluster is reached. */
export type OwnNamespace = (kubernetes: Run["kubernetes"]) => Promise<string | undefined>;

/** Joins all layers and collects every issue; the result is valid only where there is none. A larger table than ours gives larger settings. */
export async function resolve(
  table: Table,
  { file, environment, flags, env, every, finds = true }: Layers,
  own: OwnNamespace,
  issues: Issue[],
): Promise<Omit<Settings, "notes">> {
  const ours = table as typeof TABLE;
  const reported = reportedIn(table, issues);
  const missing = missingReporter(table, reported, issues);
  const below = { shards: shardOf(env, issues) };
  const run = complete(ours.run, merge<typeof ours.run>(below, file, environment.run, flags.run), "", missing);
  const outer = joinTarget(environment.target, flags.target);
  const namespace = outer.namespace ?? (await own(run.kubernetes)) ?? "default";
  // a list that was refused whole has no targets that could lack something
  const parts = reported("targets[]") ? [] : targetParts(file, outer, finds && run.discover.length > 0);
  const placed = parts.map(([path, part]): Placed => [path, { namespace, ...part }]);
  const full = placed.map(([path, part]) => [path, complete(ours.target, part, path, missing)] as const);
  const findings = [
    applyRules({ path: "", node: ours.run, value: run }, reported),
    ...full.map(([path, value]) =>
      byFlags(applyRules({ path, node: ours.target, value }, reported), path, flags, table),
    ),
    ...placed.map(([path, part]) => byFlags(paceOf(path, part, every), path, flags, table)),
    ...placed.map(([path, part]) => byFlags({ refused: [], warned: levelIssues(part, path) }, path, flags, table)),
  ];
  issues.push(...findings.flatMap(({ refused }) => refused));
  if (issues.some(({ path }) => path === "targetCpu")) issues.push(...unlistedIssues(file, outer));
  const calendars = await openCalendars(
    full.map(([path, value]) => ({ path, node: ours.target, value })),
    issues,
  );
  // only what was refused leaves holes, and then nobody uses the result
  const targets = full.map(([, raw]) => targetFrom(issues.length === 0 ? raw : withoutHoles(raw), calendars));
  checkDistinct(targets, issues);
  issues.push(...targets.flatMap((target, i) => metricIssues(target, full[i]![0])));
  if (!run.kubernetes.detectScalers) issues.push(...targets.flatMap((target, i) => shareIssues(target, full[i]![0])));
  // what was refused before may be why
  if (issues.length === 0) issues.push(...targets.flatMap((target, i) => prophetIssues(target, full[i]![0])));
  if (issues.length === 0) issues.push(...shardIssues(run.shards, run.state, targets.length, below.shards.index));
  const about = { defaults: file.defaults, outer, own: namespace, listed: parts.length > 0 };
  // a hole, where an entry was refused, is nowhere to look
  const discovery = finds ? discoverySettings(withoutHoles(run.discover), about) : undefined;
  const { configMap } = run.state;
  const place = { ...configMap, count: configMap.count ?? run.shards.count };
  return {
    ...run,
    prometheus: prometheusFrom(run.prometheus, env, issues),
    metrics: { ...run.metrics, headers: headersOf("metrics", run.metrics, env, issues) },
    state: { ...run.state, configMap: { ...place, namespace: configMap.namespace ?? namespace } },
    targets,
    ...(discovery && { discovery }),
    warnings: [
      ...findings.flatMap(({ warned }) => warned),
      ...targets.flatMap((t, i) => prophetWarnings(t, run.prometheus.longHistory !== undefined, full[i]![0])),
    ].map(({ path, message }) => `${path}: ${message}`),
  };
}

/** The file's targets, or the one that flags or environment name. One that the file lists keeps the file's fields. */
function targetParts(file: FilePart, outer: TargetPart, discovers: boolean): readonly Placed[] {
  const wanted = outer.scaleTargetRef?.name;
  // a refused entry leaves a hole
  const listed = (file.targets ?? []).flatMap((part: TargetPart | undefined, i): Placed[] =>
    part === undefined ? [] : [[`targets[${i}]`, part]],
  );
  const same = listed.filter(([, part]) => {
    const namespace = part.namespace ?? outer.namespace ?? file.defaults?.namespace;
    const there = outer.namespace === undefined || namespace === outer.namespace;
    return part.scaleTargetRef?.name === wanted && there;
  });
  const none = discovers ? [] : [NEW];
  const chosen = wanted === undefined && (file.targets ?? []).length > 0 ? listed : same.length > 0 ? same : none;
  // what says which object it is fills in what an entry leaves open; it must not turn all entries into the same object
  const { namespace, scaleTargetRef, ...settings } = outer;
  const identity: TargetPart = {
    ...(namespace === undefined ? {} : { namespace }),
    ...(scaleTargetRef === undefined ? {} : { scaleTargetRef }),
  };
  return chosen.map(([path, part]) => [path, joinTarget(file.defaults, identity, part, settings)]);
}

/** Why a target that flags or environment name lacks settings: the file lists others. A mistyped name is told so. */
function unlistedIssues({ targets = [] }: FilePart, { scaleTargetRef }: TargetPart): readonly Issue[] {
  const names = targets.flatMap((part: TargetPart | undefined) => part?.scaleTargetRef?.name ?? []);
  const wanted = scaleTargetRef?.name;
  if (wanted === undefined || names.length === 0) return [];
  const message = `${wanted} is none of the file's ${pluralize(names.length, "target")}, or not in this namespace.${didYouMean(wanted, names)}`;
  return [{ path: "scaleTargetRef.name", message }];
}

/** Joins layers of a target, of which later ones take precedence. */
export function joinTarget(...layers: readonly (TargetPart | undefined)[]): TargetPart {
  return layers.reduce<TargetPart>(
    (under, layer = {}) => merge<(typeof TABLE)["target"]>(levelsUnder(under, layer), layer),
    {},
  );
}

/** The target that flags and environment alone describe. */
const NEW: Placed = ["", {}];

const OUR_OWN: ReadonlySet<string> = new Set(["query", "time", "start", "end", "step", "timeout"]);

/** The URL without trailing slashes, and its headers. */
function prometheusFrom(prometheus: Run["prometheus"], env: Layers["env"], issues: Issue[]): Run["prometheus"] {
  const headers = headersOf("prometheus", prometheus, env, issues);
  for (const name of Object.keys(prometheus.parameters).filter((key) => OUR_OWN.has(key))) {
    issues.push({ path: `prometheus.parameters.${name}`, message: "is a parameter that each query sets itself." });
  }
  const { url } = prometheus;
  return {
    ...prometheus,
    headers,
    ...(url === undefined ? {} : { url: url.includes("?") ? url : url.replace(/\/+$/, "") }),
  };
}

/** The headers of the environment together with those of the file. The sender reads headers from files, since they may be rotated. */
function headersOf(
  group: "prometheus" | "metrics",
  given: Pick<Run["prometheus"], "headers" | "headersFrom">,
  env: Layers["env"],
  issues: Issue[],
): Readonly<Record<string, string>> {
  const headers: Record<string, string> = { ...given.headers };
  const names = new Set(Object.keys(headers).map((name) => name.toLowerCase()));
  for (const [name, { env: variable }] of Object.entries(given.headersFrom)) {
    const path = joinNamed(`${group}.headersFrom`, name);
    if (names.has(name.toLowerCase())) issues.push({ path, message: "appears twice: headers has this header too." });
    if (variable === undefined) continue;
    const value = env[variable];
    if (value === undefined || value === "") {
      issues.push({ path: `${path}.env`, message: `names the variable ${variable}, which is not set.` });
    } else headers[name] = value;
  }
  return headers;
}

/** The findings about a target. A value set by a flag is reported under that flag, since the file may not have it. */
function byFlags(findings: RuleFindings, prefix: string, flags: ConfigLayer, table: Table): RuleFindings {
  const given = settingsIn(table).filter(
    (s) => s.scope === "target" && s.flag !== null && isGiven(flags.target, s.path),
  );
  const places = new Map(given.map((s) => [s.path.reduce(join, prefix), `--${s.flag}`]));
  const reported = (issue: Issue): Issue => ({ ...issue, path: places.get(issue.path) ?? issue.path });
  return { refused: findings.refused.map(reported), warned: findings.warned.map(reported) };
}

/** An issue where a target's own interval differs from the process's: the lead time would be planned for decisions that do not come. */
function paceOf(path: string, { interval }: TargetPart, every: number | undefined): RuleFindings {
  if (every === undefined || interval === undefined || interval === every) return { refused: [], warned: [] };
  const message = `${formatUnit("seconds", interval)} is not the time between two decisions, which --every sets to ${formatUnit("seconds", every)}. Leave interval out.`;
  return { refused: [{ path: join(path, "interval"), message }], warned: [] };
}

function isGiven(part: unknown, path: readonly string[]): boolean {
  return path.reduce<unknown>((at, key) => (isRecord(at) ? at[key] : undefined), part) !== undefined;
}

/** Issues across the metrics of a target at `path`. */
export function metricIssues({ metrics, minReplicas, actuator }: TargetConfig, path: string): readonly Issue[] {
  // a missing name was already reported
  const names = metrics.map(({ name }): string | undefined => name);
  const twice = names.flatMap((name, i): Issue[] =>
    name === undefined || names.indexOf(name) === i
      ? []
      : [{ path: join(path, `metrics[${i}].name`), message: `${name} appears twice.` }],
  );
  if (minReplicas > 0 || metrics.length === 0) return twice;
  const at = join(path, "minReplicas");
  const blind = metrics.every(({ activation }) => activation === undefined);
  const says = "0 needs a metric with an `activation`, which says from when on a pod is needed.";
  const floor = "0 cannot be combined with actuator hpa: an HPA does not scale to 0.";
  return [
    ...twice,
    ...(blind ? [{ path: at, message: says }] : []),
    ...(actuator === "hpa" ? [{ path: at, message: floor }] : []),
  ];
}

/** Issues of a share of the request: it is read with the workload, which the job reads only when it looks for other scalers. */
function shareIssues({ averageUtilization }: Settings["targets"][number], path: string): readonly Issue[] {
  if (averageUtilization === undefined) return [];
  const message =
    "as a percentage needs kubernetes.detectScalers: true and the right to get the workload (manifests/components/inspect), because the pod's request is read there. Or write it in cores.";
  return [{ path: join(path, "targetCpu"), message }];
}

/** A target by its names; a missing one has already been reported. */
interface Named {
  readonly namespace: string;
  readonly name?: string;
  readonly scaleTargetRef?: { readonly kind?: string; readonly name?: string };
}

function checkDistinct(targets: readonly TargetConfig[], issues: Issue[]): void {
  const seen = new Set<string>();
  targets.forEach((target, i) => {
    const { namespace, name, scaleTargetRef: ref }: Named = target;
    const keys = new Set([
      ...(name === undefined ? [] : [`${namespace}/${name}`]),
      ...(ref?.name === undefined ? [] : [`${namespace}/${ref.kind}/${ref.name}`]),
    ]);
    const twice = [...keys].find((key) => seen.has(key));
    if (twice !== undefined)
      issues.push({ path: `targets[${i}]`, message: `${twice} appears twice. Each workload has one entry.` });
    for (const key of keys) seen.add(key);
  });
}
