/** Joins the layers into settings: flags before environment before file before defaults; then what only shows across fields. */
import type { ScheduleRule, TargetConfig } from "../core/target.ts";
import { complete, merge } from "./check.ts";
import { TARGET } from "./defaults.ts";
import { type Layer, settingOf } from "./layers.ts";
import { DAYS, type SCHEDULE_RULE } from "./nested-schema.ts";
import type { Node, Part, Value } from "./schema.ts";
import { type FILE_SCHEMA, RUN } from "./settings-schema.ts";
import type { Issue, PrometheusSettings, Settings } from "./types.ts";
import { formatUnit } from "./units.ts";

type FilePart = Part<typeof FILE_SCHEMA>;
type TargetPart = Part<typeof TARGET>;

/** Points of one range query that Prometheus answers at most. */
const MAX_POINTS = 11_000;

/** Highest level that six hours of errors tell anything of. */
const HIGHEST = 0.995;
/** Errors of two hours calibrate a quantile, of six at most: older ones are not looked at (job/core/forecast/forecasters/auto.ts). */
const CALIBRATION = [2 * 3600, 6 * 3600] as const;
/** Seconds of errors for a risk of 1: of leads of 90 s, 3.6 then lie above the quantile, whatever its level. */
const SEEN = 324;

/** Joins all layers; every issue is collected, and the result is only of use when there is none. */
export function resolve(file: FilePart, environment: Layer, flags: Layer, issues: Issue[]): Settings {
  const refused = new Set(issues.map((issue) => issue.path));
  const missing = (path: string, node: Node) => {
    const setting = settingOf(node);
    // a value that was refused above is missing here; saying both would send the reader to the wrong place
    if (refused.has(path) || (setting !== null && (refused.has(`--${setting.flag}`) || refused.has(setting.variable))))
      return;
    const ways =
      setting === null ? "" : `${setting.flag === null ? "" : `, as --${setting.flag}`} or as ${setting.variable}`;
    issues.push({ path, message: `is missing: ${node.about} Set it in the file${ways}.` });
  };
  const run = complete(RUN, merge<typeof RUN>(file, environment.run, flags.run), "", missing);
  const parts = targetParts(file, environment, flags);
  const full = parts.map(([path, part]) => complete(TARGET, part, path, missing));
  full.forEach((target, i) => {
    checkTarget(target, parts[i]![0], issues);
  });
  const targets = full.map(toTarget);
  checkDistinct(targets, issues);
  const { namespace } = run.state.configMap;
  return {
    prometheus: toPrometheus(run.prometheus, full, issues),
    kubernetes: run.kubernetes,
    state: { configMap: { ...run.state.configMap, namespace: namespace ?? targets[0]?.namespace ?? "default" } },
    report: run.report,
    targets,
  };
}

/** One target with every default filled in, for the replay, benches and tests. What is given must be right; required fields must be there. */
export function resolveTarget(given: TargetPart): TargetConfig {
  const full = complete(TARGET, given, "", (path) => {
    throw new RangeError(`${path} is missing`);
  });
  return toTarget(full);
}

/** The file's targets, or the one that flags or environment name; a named one that the file lists keeps the file's fields. */
function targetParts(file: FilePart, environment: Layer, flags: Layer): readonly (readonly [string, TargetPart])[] {
  const outer = merge<typeof TARGET>(environment.target, flags.target);
  const wanted = outer.scaleTargetRef?.name;
  const listed = (file.targets ?? []).map((part, i) => [`targets[${i}]`, part] as const);
  const same = listed.filter(([, part]) => {
    const namespace = part.namespace ?? outer.namespace ?? file.defaults?.namespace;
    const there = outer.namespace === undefined || namespace === outer.namespace;
    return part.scaleTargetRef?.name === wanted && there;
  });
  const chosen: readonly (readonly [string, TargetPart])[] =
    wanted === undefined && listed.length > 0 ? listed : same.length > 0 ? same : [["", {}]];
  // what says which object it is fills in what an entry leaves open; it must not turn all entries into the same object
  const { namespace, scaleTargetRef, ...settings } = outer;
  const identity: TargetPart = {
    ...(namespace === undefined ? {} : { namespace }),
    ...(scaleTargetRef === undefined ? {} : { scaleTargetRef }),
  };
  return chosen.map(([path, part]) => [path, merge<typeof TARGET>(file.defaults, identity, part, settings)]);
}

function toTarget(raw: Value<typeof TARGET>): TargetConfig {
  const { query: _query, name, hpaName, schedule, ...rest } = raw;
  const down = raw.scaleDownQuantile ?? keepLevel(raw.quantile);
  const floor = hpaName ?? (raw.actuator === "hpa" ? raw.scaleTargetRef?.name : undefined);
  return {
    ...rest,
    name: name ?? raw.scaleTargetRef.name,
    schedule: schedule.map(toRule),
    scaleDownQuantile: down,
    calibration: raw.calibration ?? calibrationFor(down, raw.step),
    ...(floor === undefined ? {} : { hpaName: floor }),
  };
}

/** Pods are given back at the square of the risk that they are bought at; see docs/decisions/0004. */
export function keepLevel(quantile: number): number {
  // rounded: 1 - 0.3^2 is 0.9099999999999999
  return Math.max(quantile, Math.min(HIGHEST, Math.round((1 - (1 - quantile) ** 2) * 1e4) / 1e4));
}

/** The rarer what is calibrated, the longer the past that shows it; never more points than one query gives. */
function calibrationFor(level: number, step: number): number {
  const [least, most] = CALIBRATION;
  return Math.min(MAX_POINTS * step, most, Math.max(least, Math.round(SEEN / (1 - level))));
}

function toRule(raw: Value<typeof SCHEDULE_RULE>): ScheduleRule {
  const { recurring, ...rest } = raw;
  if (recurring === undefined) return rest;
  return { ...rest, recurring: { ...recurring, days: recurring.days.map((day) => DAYS.indexOf(day)) } };
}

function toPrometheus(
  raw: Value<typeof RUN>["prometheus"],
  targets: readonly Value<typeof TARGET>[],
  issues: Issue[],
): PrometheusSettings | null {
  if (raw.url === undefined) return null;
  const ways = [raw.bearerToken, raw.bearerTokenFile, raw.basic].filter((way) => way !== undefined);
  if (ways.length > 1) {
    issues.push({
      path: "prometheus",
      message: "has several credentials; accepted: one of bearerToken, bearerTokenFile, basic.",
    });
  }
  if (raw.basic !== undefined && (raw.basic.password === undefined) === (raw.basic.passwordFile === undefined)) {
    issues.push({ path: "prometheus.basic", message: "needs exactly one of password and passwordFile." });
  }
  if ((raw.tls?.certFile === undefined) !== (raw.tls?.keyFile === undefined)) {
    issues.push({ path: "prometheus.tls", message: "needs both certFile and keyFile, or neither." });
  }
  const queries = targets.flatMap((t) =>
    t.query === undefined ? [] : [[`${t.namespace}/${t.name ?? t.scaleTargetRef.name}`, t.query] as const],
  );
  return { ...raw, url: raw.url.replace(/\/+$/, ""), queries: Object.fromEntries(queries) };
}

function checkTarget(t: Value<typeof TARGET>, path: string, issues: Issue[]): void {
  const at = (field: string) => (path === "" ? field : `${path}.${field}`);
  if (t.minReplicas > t.maxReplicas) {
    const message = `${t.minReplicas} is above maxReplicas ${t.maxReplicas}; accepted: 1 to maxReplicas.`;
    issues.push({ path: at("minReplicas"), message });
  }
  const points = t.history / t.step;
  if (points < 2 || points > MAX_POINTS) {
    const message = `${formatUnit("seconds", t.history)} is ${Math.floor(points)} steps of ${formatUnit("seconds", t.step)}; accepted: 2 to ${MAX_POINTS} steps.`;
    issues.push({ path: at("history"), message });
  }
  if (t.horizon < t.step) {
    const message = `${formatUnit("seconds", t.horizon)} is less than one step; accepted: at least ${formatUnit("seconds", t.step)}.`;
    issues.push({ path: at("horizon"), message });
  }
  if (t.scaleDownQuantile !== undefined && t.scaleDownQuantile < t.quantile) {
    const message = `${t.scaleDownQuantile} is below quantile ${t.quantile}; accepted: quantile to 0.995.`;
    issues.push({ path: at("scaleDownQuantile"), message });
  }
  if (t.fallback !== undefined && t.fallback.replicas > t.maxReplicas) {
    const message = `${t.fallback.replicas} is above maxReplicas ${t.maxReplicas}; accepted: 1 to maxReplicas.`;
    issues.push({ path: at("fallback.replicas"), message });
  }
  t.schedule.forEach((rule, i) => {
    checkRule(rule, at(`schedule[${i}]`), issues);
  });
}

function checkRule(rule: Value<typeof SCHEDULE_RULE>, path: string, issues: Issue[]): void {
  if ((rule.recurring === undefined) === (rule.once === undefined)) {
    issues.push({ path, message: "needs exactly one of recurring and once." });
  }
  if (rule.once !== undefined && rule.once.from >= rule.once.to) {
    issues.push({
      path: `${path}.once.to`,
      message: `${rule.once.to} is not after from; accepted: later than ${rule.once.from}.`,
    });
  }
  if (rule.minReplicas === undefined && rule.maxReplicas === undefined && rule.factor === undefined) {
    issues.push({ path, message: "does nothing: it needs minReplicas, maxReplicas or factor." });
  }
  if ((rule.minReplicas ?? 0) > (rule.maxReplicas ?? Number.POSITIVE_INFINITY)) {
    issues.push({
      path: `${path}.minReplicas`,
      message: `${rule.minReplicas} is above maxReplicas ${rule.maxReplicas}.`,
    });
  }
}

function checkDistinct(targets: readonly TargetConfig[], issues: Issue[]): void {
  const seen = new Set<string>();
  targets.forEach((target, i) => {
    const keys = new Set([
      `${target.namespace}/${target.name}`,
      `${target.namespace}/${target.scaleTargetRef?.kind}/${target.scaleTargetRef?.name}`,
    ]);
    for (const key of keys) {
      if (seen.has(key))
        issues.push({ path: `targets[${i}]`, message: `${key} is there twice; each target is scaled by one entry.` });
    }
    for (const key of keys) seen.add(key);
  });
}
