/** Which settings of a target its workload's own annotations may give, and why the others not; annotations as a layer of settings. */

import { pluralize } from "../core/units.ts";
import { check } from "./check.ts";
import type { TARGET } from "./defaults.ts";
import { ENABLED } from "./groups/discover.ts";
import { setAt } from "./layers.ts";
import { didYouMean } from "./nearest.ts";
import type { PartialValue } from "./schema.ts";
import { type Setting, settingsIn } from "./settings.ts";
import type { Issue } from "./types.ts";

/** What the names of our annotations and labels begin with. */
export const ANNOTATION_PREFIX = "prophet-autoscaler/";
/** Ours on a workload, and no settings. */
const OTHERS: ReadonlySet<string> = new Set([`${ANNOTATION_PREFIX}paused`]);

/** The longest value that is read: the name of an HPA may have so many characters. */
const MAX_VALUE_LENGTH = 253;
/** What is kept in place of a longer value. A part of it would keep all of it in memory. */
const TOO_LONG = "x".repeat(MAX_VALUE_LENGTH + 1);
/** Annotations kept of an object, several times as many as there are settings. With more, some are not known, and it is refused. */
const MAX_KEPT = 100;
/** Unknown annotations that are named one by one: an object may have thousands, and to find what was meant takes time. */
const MAX_UNKNOWN = 10;

const IDENTITY = "the workload itself says which one it is";
const ASKED = "it is asked with the job's credentials, and may read what the owner of the workload may not";
const EFFORT = "it decides how much the metric source is asked for";
const COMPUTING = "it decides how much the job computes";
const SOURCE = "it describes the metric source";
const NO_TEXT = "it is a list, which does not fit an annotation";

/**
 * Every field of a target: `true`, or why an annotation may not give it. Whoever may edit a workload writes its
 * annotations, and the job acts on them with rights and credentials of its own. So they may say what the owner could do
 * to this workload anyway, by setting its replicas, and nothing that reaches further or costs the others.
 */
export const BY_ANNOTATION: Readonly<Record<keyof (typeof TARGET)["fields"], true | string>> = {
  name: "another target's name would take its memory",
  namespace: IDENTITY,
  scaleTargetRef: IDENTITY,
  mode: true,
  actuator: "another actuator needs other rights, which the operator grants",
  hpaName: true,
  query: ASKED,
  targetCpu: true,
  metrics: ASKED,
  minReplicas: true,
  maxReplicas: true,
  idlePeriod: true,
  podCpuLimit: true,
  history: EFFORT,
  calibration: EFFORT,
  step: EFFORT,
  method: COMPUTING,
  slo: true,
  quantile: true,
  scaleDownQuantile: true,
  prophet: COMPUTING,
  followSurge: true,
  horizon: COMPUTING,
  interval: "it is the schedule of the job",
  metricLag: SOURCE,
  podStart: true,
  trustThreshold: true,
  behavior: true,
  scaleUpCooldown: true,
  scaleDownCooldown: true,
  suddenDropRatio: true,
  suddenDropHold: true,
  schedule: NO_TEXT,
  maxAge: SOURCE,
  minCoverage: SOURCE,
  fallback: true,
  blindAfter: "it decides when the job alerts its operator",
};

/** The annotation of a setting: `behavior.scaleDown.tolerance` is prophet-autoscaler/behavior.scale-down.tolerance. */
export function annotationOf(path: readonly string[]): string {
  const kebab = path.map((part) => part.replace(/([a-z0-9])([A-Z])/g, "$1-$2").toLowerCase());
  return ANNOTATION_PREFIX + kebab.join(".");
}

let made: ReadonlyMap<string, Setting> | undefined;

/** Every setting of a target that has an annotation, by its name. Lists have none. */
export function annotationSettings(): ReadonlyMap<string, Setting> {
  made ??= new Map(
    settingsIn().flatMap((setting) =>
      setting.scope === "target" && refusal(setting.path[0]!) === null
        ? [[annotationOf(setting.path), setting] as const]
        : [],
    ),
  );
  return made;
}

/** Why the field of a target is not given by annotation; null: it is. */
function refusal(field: string): string | null {
  const given = (BY_ANNOTATION as Readonly<Record<string, true | string>>)[field];
  return given === true || given === undefined ? null : given;
}

/** The annotations of an object that are ours, as far as they can be settings: whoever writes them shall not fill the job's memory. */
export function ownAnnotations(all: unknown): Readonly<Record<string, string>> {
  if (typeof all !== "object" || all === null) return {};
  const own = Object.entries(all).filter(
    (entry): entry is [string, string] => entry[0].startsWith(ANNOTATION_PREFIX) && typeof entry[1] === "string",
  );
  const kept = own.slice(0, MAX_KEPT);
  return Object.fromEntries(kept.map(([name, raw]) => [name, raw.length > MAX_VALUE_LENGTH ? TOO_LONG : raw]));
}

/** The settings in a workload's annotations. A name that is not known, not allowed, or has a wrong value is an issue: a misspelt limit must not be lost in silence. */
export function fromAnnotations(
  annotations: Readonly<Record<string, string>>,
  issues: Issue[],
): PartialValue<typeof TARGET> {
  const part: Record<string, unknown> = {};
  let unknown = 0;
  for (const [name, raw] of Object.entries(annotations)) {
    if (!name.startsWith(ANNOTATION_PREFIX) || OTHERS.has(name)) continue;
    const setting = annotationSettings().get(name);
    if (setting === undefined) {
      if (++unknown <= MAX_UNKNOWN) issues.push({ path: name, message: unknownText(name) });
      else if (unknown === MAX_UNKNOWN + 1)
        issues.push({ path: name, message: "is not a known annotation, nor are others." });
      continue;
    }
    if (raw.length > MAX_VALUE_LENGTH) {
      issues.push({
        path: name,
        message: `has more than ${pluralize(MAX_VALUE_LENGTH, "character")}. No setting is so long.`,
      });
      continue;
    }
    const value = check(setting.node, raw, name, issues);
    if (value !== undefined) setAt(part, setting.path, value);
  }
  return part as PartialValue<typeof TARGET>;
}

function unknownText(name: string): string {
  if (name === ENABLED) return "is a label and no annotation. Remove it here.";
  const field = Object.entries(BY_ANNOTATION).find(([key]) => {
    const own = annotationOf([key]);
    return name === own || name.startsWith(`${own}.`);
  });
  if (field !== undefined && field[1] !== true)
    return `cannot be set by an annotation: ${field[1]}. Ask the operator to set ${field[0]} in \`defaults\`, or to list the workload.`;
  return `is not a known annotation.${didYouMean(name, [...annotationSettings().keys(), ...OTHERS])}`;
}
