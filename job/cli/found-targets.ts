/** The targets of a run with those that `discover` finds: listed ones win, each workload once, and one with wrong settings fails by name alone. */
import type { Discovery, DiscoveryResult } from "../adapters/kubernetes-discovery.ts";
import { type FoundTarget, type FoundWorkload, foundTarget, issuesText } from "../config/found-target.ts";
import { MAX_TARGETS } from "../config/shard-settings.ts";
import { resolveTarget } from "../config/target-settings.ts";
import type { DiscoverySettings, Settings } from "../config/types.ts";
import { pluralize, type Seconds } from "../core/units.ts";
import { inParallel } from "../in-parallel.ts";
import type { Clock } from "../ports.ts";
import type { DiscoverySummary } from "../report/answer.ts";
import type { Log } from "../report/log.ts";
import type { TargetOrShare } from "../run/shares.ts";

/** Finding gets this share of a run's time: listed targets must not wait for lists that hang. */
const SHARE = 0.25;
/** Shards begin this far apart, so that they do not ask for the same lists at once: 64 take 3.2 s. */
const APART: Seconds = 0.05;
/** Warnings about single targets that are logged in a run. */
const MAX_WARNINGS = 10;

/** What a run has to do, and what it could not find out. */
export interface FoundTargets {
  /** Listed ones first, then those that were found, by namespace and name. */
  readonly targets: readonly TargetOrShare[];
  readonly summary: DiscoverySummary;
}

/** What finding works with. */
export interface FindTools {
  readonly discovery: Discovery;
  readonly clean: (text: string) => string;
  readonly log: Log;
  readonly clock: Pick<Clock, "after" | "sleep">;
}

/** The settings of a found workload are wrong. */
class InvalidSettings extends Error {
  override readonly name = "InvalidSettings";
}

/** Finds, and joins. Never throws for what the world does. */
export async function findTargets(
  settings: Settings & { readonly discovery: DiscoverySettings },
  { discovery, clean, log, clock }: FindTools,
  reading?: AbortSignal,
): Promise<FoundTargets> {
  const { shards, timeout } = settings;
  const share = timeout * SHARE;
  if (shards.count > 1 && shards.index !== undefined) await clock.sleep(shards.index * APART);
  const over = clock.after(share, `discover may take ${Number(share.toFixed(1))} s of ${timeout} s (--timeout)`);
  const signal = reading === undefined ? over : AbortSignal.any([reading, over]);
  const findings = await discovery.find(settings.discovery.selectors, signal);
  const { only } = settings.discovery;
  const wanted = findings.workloads.filter((workload) => isWanted(workload, only));
  const listed = new Set(settings.targets.map(({ namespace, scaleTargetRef }) => objectKey(namespace, scaleTargetRef)));
  const own = inOrder(wanted.filter((workload) => !listed.has(objectKey(workload.namespace, workload))));
  const room = MAX_TARGETS * shards.count - settings.targets.length;
  const resolved = await inParallel(own, (workload) => foundTarget(workload, settings.discovery));
  const refuse = refusals(own, resolved, settings.targets, room);
  const found = own.map((workload, i): TargetOrShare => {
    const one = refuse(workload, i);
    return "target" in one ? one.target : refusedTarget(workload, { ...one, why: clean(one.why) });
  });
  tellWarnings(own, resolved, log, clean);
  const refused = found.filter((target) => target.refused !== undefined).length;
  const failures = findings.failures.map(({ message }) => clean(message));
  if (only !== undefined && wanted.length === 0)
    failures.push(`${only.name} is not listed in \`targets\`, and no workload of that name was found by its label`);
  const summary = { found: wanted.length, listed: wanted.length - own.length, refused, failures };
  tell(summary, findings, settings.discovery, log);
  return { targets: [...settings.targets, ...found], summary };
}

function isWanted({ namespace, kind, name }: FoundWorkload, only: DiscoverySettings["only"]): boolean {
  if (only === undefined) return true;
  const { namespace: there = namespace, kind: such = kind } = only;
  return name === only.name && namespace === there && kind === such;
}

/** An object, whatever version of its group names it. */
function objectKey(namespace: string, { apiVersion, kind, name }: Omit<FoundWorkload, "namespace" | "annotations">) {
  return `${namespace}/${apiVersion.split("/")[0]}/${kind}/${name}`;
}

/** By namespace, name and kind. */
function inOrder(workloads: readonly FoundWorkload[]): readonly FoundWorkload[] {
  const keyed = workloads.map((workload) => {
    const { namespace, name, kind } = workload;
    return { workload, key: `${namespace}/${name}/${kind}` };
  });
  return keyed.sort((a, b) => (a.key < b.key ? -1 : 1)).map(({ workload }) => workload);
}

/** Why a workload is no target, and under which name it fails. */
interface Refusal {
  readonly name: string;
  readonly why: string;
}

/** Gives the target of each workload, or says why it is none. */
function refusals(
  workloads: readonly FoundWorkload[],
  resolved: readonly FoundTarget[],
  listed: Settings["targets"],
  room: number,
): (workload: FoundWorkload, i: number) => Refusal | Extract<FoundTarget, { target: unknown }> {
  const taken = new Set(listed.map(({ namespace, name }) => `${namespace}/${name}`));
  const names = Map.groupBy(workloads, ({ namespace, name }) => `${namespace}/${name}`);
  const late = beyond(workloads, room);
  return ({ namespace, kind, name }, i) => {
    const key = `${namespace}/${name}`;
    // both: which of them keeps the memory of that name must not hang on a list that fails
    if (taken.has(key) || names.get(key)!.length > 1) {
      const why = `${key} is the name of another target too, and its memory is kept by the name: list it in \`targets\` with another \`name\``;
      return { name: `${kind}/${name}`, why };
    }
    const one = resolved[i]!;
    if ("issues" in one) return { name, why: issuesText(one.issues) };
    const why = `there are more targets than the ${MAX_TARGETS} that each shard takes: raise shards.count`;
    return late.has(i) ? { name, why } : one;
  };
}

/** Which workloads are too many. Each namespace gives one in turn, so that none fills the room alone. */
function beyond(workloads: readonly FoundWorkload[], room: number): ReadonlySet<number> {
  if (workloads.length <= room) return new Set();
  const before = new Map<string, number>();
  const turns = workloads.map(({ namespace }, i) => {
    const turn = before.get(namespace) ?? 0;
    before.set(namespace, turn + 1);
    return { i, turn };
  });
  return new Set(
    turns
      .toSorted((a, b) => a.turn - b.turn)
      .slice(Math.max(0, room))
      .map(({ i }) => i),
  );
}

/** A target that only fails. Of its settings nothing is used but which object it is. */
function refusedTarget(workload: FoundWorkload, { name, why }: Refusal): TargetOrShare {
  const { namespace, apiVersion, kind, name: object } = workload;
  const scaleTargetRef = { apiVersion, kind, name: object };
  const target = resolveTarget({ namespace, name, scaleTargetRef, targetCpu: 1 });
  return { ...target, refused: new InvalidSettings(why) };
}

function tellWarnings(
  workloads: readonly FoundWorkload[],
  resolved: readonly FoundTarget[],
  log: Log,
  clean: (text: string) => string,
): void {
  const all = resolved.flatMap((one, i) =>
    "target" in one ? one.warnings.map((issue) => `${nameOf(workloads[i]!)}: ${issuesText([issue])}`) : [],
  );
  for (const text of all.slice(0, MAX_WARNINGS)) log("warn", clean(text));
  if (all.length > MAX_WARNINGS)
    log("warn", `${pluralize(all.length - MAX_WARNINGS, "more warning")} about settings in annotations`);
}

function nameOf({ namespace, kind, name }: FoundWorkload): string {
  return `${kind} ${namespace}/${name}`;
}

function tell(summary: DiscoverySummary, { lists }: DiscoveryResult, { selectors }: DiscoverySettings, log: Log): void {
  const { found, listed, refused, failures } = summary;
  for (const failure of failures) log("error", `${failure}; whatever opted in there is left as it is`);
  const also = listed === 0 ? "" : `; ${listed} of them are listed too, and the list takes precedence`;
  const wrong = refused === 0 ? "" : `; ${refused} cannot be used`;
  const text = `discover: ${pluralize(found, "workload")} found in ${pluralize(lists, "list")}${also}${wrong}`;
  if (found > 0 || failures.length > 0) log("info", text);
  else log("warn", `${text}: no workload has the labels ${selectors.map((one) => one.labelSelector).join(" or ")}`);
}
