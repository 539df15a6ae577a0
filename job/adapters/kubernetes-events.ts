/** Events about a workload, for `kubectl describe`: a change is an Event, what goes on is one Event counted up; a failure is a warning, never more. */
import type { Explanation } from "../core/policy/reasons.ts";
import { justOverruled } from "../core/policy/writer.ts";
import type { TargetConfig } from "../core/target.ts";
import type { EpochSeconds } from "../core/units.ts";
import { cut } from "../output/escape.ts";
import type { Failure, Outcome } from "../ports.ts";
import { workloadOf } from "./actuator-scale.ts";
import { ClusterError } from "./errors.ts";
import type { Kubernetes } from "./kubernetes-http.ts";
import type { Event, ObjectReference } from "./kubernetes-objects.ts";
import { collectionPath, fieldManager } from "./kubernetes-path.ts";

/** What the Events mean; their reasons are the HPA's own for the same things, so that existing dashboards and alerts see them, but for `Overruled`: an HPA goes on for ever. */
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
  Overruled: {
    means: "Three changes in a row were undone by another writer. The job stops for half an hour.",
    todo: "Take `spec.replicas` out of the manifest that is applied, or let that tool ignore the field.",
  },
} as const satisfies Readonly<Record<string, Explanation>>;

type EventReason = keyof typeof EVENT_REASONS;

const FAILED: Readonly<Record<Failure, EventReason>> = {
  metric: "FailedGetResourceMetric",
  scale: "FailedGetScale",
  state: "FailedUpdateStatus",
  rescale: "FailedRescale",
};

/** Writes events. */
export interface EventWriter {
  /** Resolves always. `scaled` and `failed` outcomes make an event, and the run that finds itself overruled: 1,440 a day would bury everything else. */
  write(target: TargetConfig, outcome: Outcome, now: EpochSeconds, signal?: AbortSignal): Promise<void>;
}

/** What an EventWriter works with. */
export interface EventTools {
  readonly log: (level: "debug" | "warn", message: string) => void;
  /** The object that was read for a target; undefined when none could be. */
  readonly aboutOf: (target: TargetConfig) => ObjectReference | undefined;
  readonly redact: (text: string) => string;
}

/** An EventWriter over the API server. */
export function kubernetesEvents(kubernetes: () => Promise<Kubernetes>, tools: EventTools): EventWriter {
  const counts = new Map<string, number>();
  return {
    write: async (target, outcome, now, signal) => {
      const reason = reasonOf(outcome, now);
      if (reason === undefined) return;
      const about = tools.aboutOf(target) ?? workloadOf(target, undefined);
      try {
        const event = eventOf(about, reason, tools.redact(messageOf(outcome)), now);
        const opened = await kubernetes();
        const api: Sender = (call) => opened.send({ ...call, signal });
        await (reason === "SuccessfulRescale" ? create(api, event) : countUp(api, event, counts));
      } catch (error) {
        tools.log("debug", `no event: ${error instanceof Error ? error.message : String(error)}`);
      }
    },
  };
}

function reasonOf(outcome: Outcome, now: EpochSeconds): EventReason | undefined {
  if (outcome.action === "scaled") return "SuccessfulRescale";
  if (outcome.action === "failed") return FAILED[outcome.failed ?? "rescale"];
  return justOverruled(outcome, now) ? "Overruled" : undefined;
}

/** A kilobyte, as the API's own clients keep to. */
function messageOf({ from, to, sets, reason, message }: Outcome): string {
  const change = `${from ?? "?"} -> ${to ?? "?"} ${sets}`;
  return cut(`${change}, ${reason}: ${message}`, 1000);
}

/** An Event. What may come again has a name of its own, by object and reason, so that it is found and counted up. */
export function eventOf(about: ObjectReference, reason: EventReason, message: string, now: EpochSeconds): Event {
  const at = new Date(now * 1000).toISOString().replace(/\.\d+Z$/, "Z");
  const { name = "", namespace, kind = "", uid } = about;
  const base = name.slice(0, 200);
  const own = [base, uid?.slice(0, 8) ?? kind.toLowerCase(), reason.toLowerCase()].join(".");
  const scaled = reason === "SuccessfulRescale";
  return {
    apiVersion: "v1",
    kind: "Event",
    metadata: { ...(scaled ? { generateName: `${base}.` } : { name: own }), ...(namespace && { namespace }) },
    involvedObject: about,
    reason,
    message,
    type: scaled ? "Normal" : "Warning",
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

/** Counts the Event up, or makes it: the first time, and again an hour after the last, when the server has dropped it. The Role has no `get`: an empty patch reads. */
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
