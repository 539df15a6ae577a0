/** Writes Events about a workload: one for a change, a counted one for repeated failures, and one at each condition's begin and end. */

import type { Explanation } from "../core/policy/reasons.ts";
import { justOverruled } from "../core/policy/writer.ts";
import type { Standing } from "../core/state/types.ts";
import type { TargetConfig } from "../core/target.ts";
import type { EpochSeconds } from "../core/units.ts";
import { cut } from "../output/escape.ts";
import type { Failure, Outcome } from "../ports.ts";
import { workloadOf } from "./actuator-scale.ts";
import { ClusterError } from "./errors.ts";
import type { Kubernetes } from "./kubernetes-http.ts";
import type { Event, ObjectReference } from "./kubernetes-objects.ts";
import { collectionPath, fieldManager } from "./kubernetes-path.ts";
import type { AdapterLog } from "./log.ts";

/**
 * The meaning of the Events. Their reasons are the HPA's for the same things, so that existing dashboards and alerts show them.
 * `Overruled` is ours: an HPA never stops.
 */
export const EVENT_REASONS = {
  SuccessfulRescale: {
    means: "The replicas were changed. The message says from what to what, and why.",
    todo: "Nothing.",
  },
  FailedGetResourceMetric: {
    means: "The metric source could not be read. The replicas are unchanged.",
    todo: "The message names what was asked and what came back; see HistoryError above.",
  },
  FailedGetScale: {
    means: "The workload's scale could not be read. The replicas are unchanged.",
    todo: "Compare the name, kind and Role with the manifests; `doctor` does it too.",
  },
  FailedUpdateStatus: {
    means: "The state could not be read or written, so nothing was changed.",
    todo: "The message names the ConfigMap and the answer. Apply the manifests again if it is missing.",
  },
  FailedRescale: {
    means: "The server refused the change, or did not carry it out. The replicas are unchanged.",
    todo: "The message has the server's own words: a policy, a webhook, a missing right.",
  },
  InvalidSettings: {
    means:
      "An annotation of a found workload is unknown, not allowed or has a wrong value. The replicas are unchanged.",
    todo: "The message names the annotation and what it takes. Correct it, or take the label away.",
  },
  Overruled: {
    means: "Three changes in a row were undone by another writer. The job stops for half an hour.",
    todo: "Take `spec.replicas` out of the manifest in the steps of operations.md (merely dropped they become 1), or let that tool ignore them.",
  },
  Blind: {
    means: "No metric has had usable data for longer than `blindAfter`. The replicas are held, and runs end with 1.",
    todo: "The message says since when and what is wrong with the data; `doctor` shows the queries.",
  },
  DataUsable: { means: "A metric has usable data again, after `Blind`.", todo: "Nothing." },
  OtherScaler: {
    means: "Another scaler, named in the message, sets the same replicas. The job only forecasts.",
    todo: "Remove one of them, or use `actuator: hpa` to set the floor of that HPA.",
  },
  OtherScalerGone: { means: "The other scaler is gone. The job acts again.", todo: "Nothing." },
  Paused: {
    means: "The annotation `prophet-autoscaler/paused` was set. The job only forecasts.",
    todo: "Remove the annotation to go on.",
  },
  Resumed: { means: "The annotation was removed. The job acts again.", todo: "Nothing." },
  FleetDrop: {
    means: "Most targets want to shrink by more than half at once, as when metrics are lost. Their scale-in is held.",
    todo: "See whether the metric source is whole. After `fleetDrop.hold` the scale-in is made.",
  },
  FleetDropOver: { means: "The scale-in of `FleetDrop` is no longer held.", todo: "Nothing." },
} as const satisfies Readonly<Record<string, Explanation>>;

type EventReason = keyof typeof EVENT_REASONS;

const FAILED: Readonly<Record<Failure, EventReason>> = {
  metric: "FailedGetResourceMetric",
  scale: "FailedGetScale",
  state: "FailedUpdateStatus",
  rescale: "FailedRescale",
  settings: "InvalidSettings",
};

/** The Events of standing conditions: at their begin and at their end. */
const STANDING: Readonly<Record<Standing, { readonly began: EventReason; readonly ended: EventReason }>> = {
  Blind: { began: "Blind", ended: "DataUsable" },
  OtherScaler: { began: "OtherScaler", ended: "OtherScalerGone" },
  Paused: { began: "Paused", ended: "Resumed" },
  FleetDrop: { began: "FleetDrop", ended: "FleetDropOver" },
};

/** Events of type Normal; all others are Warnings. */
const NORMAL: ReadonlySet<EventReason> = new Set<EventReason>([
  "SuccessfulRescale",
  "DataUsable",
  "OtherScalerGone",
  "Paused",
  "Resumed",
  "FleetDropOver",
]);
/** Reasons that may repeat each minute: one Event, counted up. */
const COUNTED: ReadonlySet<EventReason> = new Set<EventReason>([...Object.values(FAILED), "Overruled"]);

/** Writes events. */
export interface EventWriter {
  /**
   * Always resolves. Writes an Event for `scaled` and `failed` outcomes, for the run that finds itself overruled, and where a condition begins
   * or ends.
   * Others write none: 1,440 a day would bury everything else.
   */
  write(target: TargetConfig, outcome: Outcome, now: EpochSeconds, signal?: AbortSignal): Promise<void>;
}

/** What an EventWriter needs. */
export interface EventTools {
  readonly log: AdapterLog;
  /** The object that was read for a target; undefined when none could be. */
  readonly aboutOf: (target: TargetConfig) => ObjectReference | undefined;
  readonly redact: (text: string) => string;
}

/** An EventWriter over the API server. */
export function kubernetesEvents(kubernetes: () => Promise<Kubernetes>, tools: EventTools): EventWriter {
  const counts = new Map<string, number>();
  return {
    write: async (target, outcome, now, signal) => {
      const about = tools.aboutOf(target) ?? workloadOf(target, undefined);
      for (const reason of reasonsOf(outcome, now)) {
        try {
          const event = eventOf(about, reason, tools.redact(messageOf(outcome)), now);
          const opened = await kubernetes();
          const api: Sender = (call) => opened.send({ ...call, signal });
          await (COUNTED.has(reason) ? countUp(api, event, counts) : create(api, event));
        } catch (error) {
          tools.log("debug", `no event: ${error instanceof Error ? error.message : String(error)}`);
        }
      }
    },
  };
}

function reasonsOf(outcome: Outcome, now: EpochSeconds): readonly EventReason[] {
  const { action, failed = "rescale", standing } = outcome;
  return [
    ...(standing?.ended ?? []).map((name) => STANDING[name].ended),
    ...(standing?.began ?? []).map((name) => STANDING[name].began),
    ...(action === "scaled" ? (["SuccessfulRescale"] as const) : []),
    ...(action === "failed" ? [FAILED[failed]] : []),
    ...(justOverruled(outcome, now) ? (["Overruled"] as const) : []),
  ];
}

/** The message, cut at a kilobyte as in the API's own clients. */
function messageOf({ from, to, sets, reason, message }: Outcome): string {
  const change = `${from ?? "?"} -> ${to ?? "?"} ${sets}`;
  return cut(`${change}, ${reason}: ${message}`, 1000);
}

/** An Event. One that may repeat has a name made of object and reason, so that it is found and counted up. */
export function eventOf(about: ObjectReference, reason: EventReason, message: string, now: EpochSeconds): Event {
  const at = new Date(now * 1000).toISOString().replace(/\.\d+Z$/, "Z");
  const { name = "", namespace, kind = "", uid } = about;
  const base = name.slice(0, 200);
  const own = [base, uid?.slice(0, 8) ?? kind.toLowerCase(), reason.toLowerCase()].join(".");
  const naming = COUNTED.has(reason) ? { name: own } : { generateName: `${base}.` };
  return {
    apiVersion: "v1",
    kind: "Event",
    metadata: { ...naming, ...(namespace && { namespace }) },
    involvedObject: about,
    reason,
    message,
    type: NORMAL.has(reason) ? "Normal" : "Warning",
    source: { component: fieldManager },
    reportingComponent: fieldManager,
    reportingInstance: fieldManager,
    firstTimestamp: at,
    lastTimestamp: at,
    count: 1,
  };
}

type Sender = Kubernetes["send"];

function eventsPath({ metadata }: Event): string {
  return collectionPath("v1", metadata?.namespace ?? "", "events");
}

async function create(api: Sender, event: Event): Promise<void> {
  await api({ method: "POST", path: `${eventsPath(event)}?fieldManager=${fieldManager}`, body: event });
}

/**
 * Counts the Event up, or creates it: the first time, and an hour after the last, when the server has dropped it. The Role has no `get`, so an
 * empty patch reads it.
 */
async function countUp(api: Sender, event: Event, counts: Map<string, number>): Promise<void> {
  const path = `${eventsPath(event)}/${encodeURIComponent(event.metadata?.name ?? "")}?fieldManager=${fieldManager}`;
  const patch = async (body: Partial<Event>) =>
    (await api({ method: "PATCH", path, contentType: "application/merge-patch+json", body })) as Event;
  try {
    const count = (counts.get(path) ?? (await patch({})).count ?? 1) + 1;
    const { message, lastTimestamp } = event;
    await patch({ count, message, lastTimestamp } as Partial<Event>);
    counts.set(path, count);
  } catch (error) {
    // 403: a Role of an older version, which may only create; then the Event stands once and is not counted
    if (!(error instanceof ClusterError) || (error.status !== 404 && error.status !== 403)) throw error;
    counts.delete(path);
    await create(api, event);
  }
}
