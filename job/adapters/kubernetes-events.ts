/** Events on the workload about changes of replicas, for `kubectl describe`; a failure is a warning, never more. */
import type { Explanation } from "../core/policy/reasons.ts";
import { justOverruled } from "../core/policy/writer.ts";
import type { TargetConfig } from "../core/target.ts";
import type { EpochSeconds } from "../core/units.ts";
import { cut } from "../output/escape.ts";
import type { Outcome } from "../ports.ts";
import type { Kubernetes } from "./kubernetes-http.ts";
import type { Event } from "./kubernetes-objects.ts";
import { collectionPath, fieldManager } from "./kubernetes-path.ts";

/** What the Events mean; their reasons are the HPA's own, so that existing dashboards and alerts see them, but for `Overruled`: an HPA goes on for ever. */
export const EVENT_REASONS = {
  SuccessfulRescale: {
    means: "The replicas were changed. The message says from what to what, and why.",
    todo: "Nothing.",
  },
  FailedRescale: {
    means: "The run of this target failed. Its replicas are unchanged.",
    todo: "The message names the failure; see Failures above.",
  },
  Overruled: {
    means: "Three changes in a row were undone by another writer. The job stops for half an hour.",
    todo: "Take `spec.replicas` out of the manifest that is applied, or let that tool ignore the field.",
  },
} as const satisfies Readonly<Record<string, Explanation>>;

/** Writes events. */
export interface EventWriter {
  /** Resolves always. `scaled` and `failed` outcomes make an event, and the run that finds itself overruled: 1,440 a day would bury everything else. */
  write(target: TargetConfig, outcome: Outcome, now: EpochSeconds): Promise<void>;
}

/** An EventWriter over the API server. */
export function kubernetesEvents(
  kubernetes: () => Promise<Kubernetes>,
  log: (level: "debug" | "warn", message: string) => void,
): EventWriter {
  return {
    write: async (target, outcome, now) => {
      if (outcome.action !== "scaled" && outcome.action !== "failed" && !justOverruled(outcome, now)) return;
      try {
        const path = `${collectionPath("v1", target.namespace, "events")}?fieldManager=${fieldManager}`;
        await (await kubernetes()).send({ method: "POST", path, body: eventOf(target, outcome, now) });
      } catch (error) {
        log("debug", `no event: ${error instanceof Error ? error.message : String(error)}`);
      }
    },
  };
}

/** The Event of an outcome. */
export function eventOf(target: TargetConfig, outcome: Outcome, now: EpochSeconds): Event {
  const { apiVersion, kind, name } = target.scaleTargetRef;
  const at = new Date(now * 1000).toISOString().replace(/\.\d+Z$/, "Z");
  const scaled = outcome.action === "scaled";
  const reason: keyof typeof EVENT_REASONS =
    outcome.reason === "Overruled" ? "Overruled" : scaled ? "SuccessfulRescale" : "FailedRescale";
  return {
    apiVersion: "v1",
    kind: "Event",
    metadata: { generateName: `${name.slice(0, 200)}.`, namespace: target.namespace },
    involvedObject: { apiVersion, kind, name, namespace: target.namespace },
    reason,
    message: cut(
      `${outcome.from ?? "?"} -> ${outcome.to ?? "?"} replicas, ${outcome.reason}: ${outcome.message}`,
      1000,
    ),
    type: scaled ? "Normal" : "Warning",
    source: { component: fieldManager },
    reportingComponent: fieldManager,
    reportingInstance: fieldManager,
    firstTimestamp: at,
    lastTimestamp: at,
    count: 1,
  };
}
