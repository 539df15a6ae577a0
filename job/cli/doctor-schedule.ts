/** The doctor's look at the CronJob's schedule beside `interval`: the job itself may not read it, and plans for the time until its next run. */
import type { Check } from "../adapters/check.ts";
import type { Kubernetes } from "../adapters/kubernetes-http.ts";
import { collectionPath } from "../adapters/kubernetes-path.ts";
import type { Settings } from "../config/types.ts";
import { formatUnit } from "../config/units.ts";
import type { Seconds } from "../core/units.ts";

/** What a list of CronJobs has of each, as far as it is read here. */
interface CronJob {
  readonly metadata?: { readonly name?: string };
  readonly spec?: {
    readonly schedule?: string;
    readonly jobTemplate?: {
      readonly spec?: { readonly activeDeadlineSeconds?: number; readonly template?: { readonly spec?: PodSpec } };
    };
  };
}
interface PodSpec {
  readonly containers?: readonly { readonly args?: readonly string[] }[];
}

/** The manifests and the chart put it on the CronJob. */
const LABEL = "app.kubernetes.io/name=prophet-autoscaler";

/**
 * Whether each target's `interval` is the time between two runs, by the CronJobs beside the state. Gives nothing where they may not be listed, where there is none, or where the minutes
 * of its schedule do not tell. Of several CronJobs nobody knows here which has these settings: then one that fits is enough. Never throws.
 */
export async function scheduleChecks(api: Kubernetes, settings: Settings): Promise<readonly Check[]> {
  const { namespace } = settings.state.configMap;
  const path = `${collectionPath("batch/v1", namespace, "cronjobs")}?labelSelector=${encodeURIComponent(LABEL)}`;
  const list = (await api.send({ method: "GET", path, kind: "CronJobList" }).catch(() => null)) as {
    items?: readonly CronJob[];
  } | null;
  const jobs = (list?.items ?? []).filter((job) => !pacesItself(job));
  return [...deadlineChecks(jobs, settings), ...intervalChecks(jobs, settings)];
}

/** Whether a run that takes all its time is over before Kubernetes ends it, where all CronJobs have one deadline. */
function deadlineChecks(jobs: readonly CronJob[], { timeout }: Settings): readonly Check[] {
  const [deadline, ...others] = new Set(jobs.map(({ spec }) => spec?.jobTemplate?.spec?.activeDeadlineSeconds));
  if (deadline === undefined || others.length > 0 || timeout < deadline) return [];
  const message = `${formatUnit("seconds", timeout)}, but the CronJob ends a run after ${deadline} s: a slow one would not act`;
  const todo = "lower timeout, or raise activeDeadlineSeconds of the CronJob";
  return [{ check: "timeout", status: "fail", message, todo }];
}

function intervalChecks(jobs: readonly CronJob[], settings: Settings): readonly Check[] {
  const slots = jobs.map(({ spec }) => slotOf(spec?.schedule ?? ""));
  if (slots.length === 0 || slots.includes(undefined)) return [];
  const named = jobs.map(({ metadata, spec }) => `${metadata?.name} ${JSON.stringify(spec?.schedule)}`).join(", ");
  return settings.targets.flatMap(({ namespace: own, name, mode, interval }): readonly Check[] => {
    if (mode === "Off") return [];
    const check = `interval of ${own}/${name}`;
    const mine = formatUnit("seconds", interval);
    if (slots.includes(interval)) return [{ check, status: "ok", message: `${mine}, as the CronJob ${named} has it` }];
    const apart = [...new Set(slots)].map((slot) => formatUnit("seconds", slot!));
    const message = `${mine}, but the runs of the CronJob ${named} begin every ${apart.join(" or ")}: pods are planned for another time`;
    return [{ check, status: "fail", message, todo: `set interval: ${apart[0]}, or change the schedule` }];
  });
}

/** Whether the process decides several times, with an interval of its own. */
function pacesItself({ spec }: CronJob): boolean {
  const containers = spec?.jobTemplate?.spec?.template?.spec?.containers ?? [];
  return containers.some(({ args = [] }) => args.some((word) => /^--every(=|$)/.test(word)));
}

/** The longest time between two slots within an hour, as the chart reads a schedule too; undefined where the minutes alone do not tell. */
export function slotOf(schedule: string): Seconds | undefined {
  const [minutes = "", hours] = schedule.trim().split(/\s+/);
  const slots = minutesIn(minutes);
  if (slots === undefined || hours === undefined || (slots.length === 1 && hours !== "*")) return undefined;
  return 60 * Math.max(...slots.map((slot, i) => slot - (i === 0 ? slots.at(-1)! - 60 : slots[i - 1]!)));
}

/** The minutes of a schedule's first field, ascending: numbers, ranges and steps, with commas between them. */
function minutesIn(field: string): readonly number[] | undefined {
  const minutes = new Set<number>();
  for (const part of field.split(",")) {
    const [, all, from, to, by] = /^(?:(\*)|(\d{1,2})(?:-(\d{1,2}))?)(?:\/([1-9]\d?))?$/.exec(part) ?? [];
    if (all === undefined && from === undefined) return undefined;
    const first = Number(from ?? 0);
    const last = Number(to ?? (all === undefined && by === undefined ? first : 59));
    if (first > last || last > 59) return undefined;
    for (let minute = first; minute <= last; minute += Number(by ?? 1)) minutes.add(minute);
  }
  return [...minutes].sort((a, b) => a - b);
}
