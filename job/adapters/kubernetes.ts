/** The ports over the API server, with one connection that is opened at the first call. */
import type { KubernetesSettings } from "../config/types.ts";
import type { TargetConfig } from "../core/target.ts";
import type { Scaler, StateStore } from "../ports.ts";
import { type EventWriter, kubernetesEvents } from "./kubernetes-events.ts";
import { type Kubernetes, type KubernetesOutside, openKubernetes } from "./kubernetes-http.ts";
import type { ObjectReference } from "./kubernetes-objects.ts";
import { kubernetesScaler } from "./kubernetes-scaler.ts";
import { kubernetesState, type StatePlace } from "./state-store.ts";

/** Options of the ports. */
export interface KubernetesOptions extends KubernetesOutside {
  readonly log?: (level: "debug" | "warn", message: string) => void;
}

/** All ports over one API server. */
export interface KubernetesPorts {
  readonly scaler: Scaler;
  readonly state: StateStore;
  /** Null unless the settings ask for events. */
  readonly events: EventWriter | null;
  /** The connection itself, for the preflight. */
  readonly api: () => Promise<Kubernetes>;
  close(): void;
}

/** Makes the ports; nothing is loaded or connected before the first call. A connection that failed to open is tried again at the next call. */
export function kubernetesPorts(
  settings: KubernetesSettings,
  state: StatePlace,
  options: KubernetesOptions,
): KubernetesPorts {
  let opened: Promise<Kubernetes> | undefined;
  const api = () => {
    opened ??= openKubernetes(settings, options).catch((error: unknown) => {
      opened = undefined;
      throw error;
    });
    return opened;
  };
  const log = options.log ?? (() => {});
  const objects = new Map<string, ObjectReference>();
  const keyOf = ({ namespace, name }: TargetConfig) => `${namespace}/${name}`;
  const found = (target: TargetConfig, about: ObjectReference) => void objects.set(keyOf(target), about);
  const aboutOf = (target: TargetConfig) => objects.get(keyOf(target));
  const redact = options.redactor ?? ((text: string) => text);
  return {
    scaler: kubernetesScaler(api, { inspect: settings.detectScalers, log, found }),
    state: kubernetesState(api, state),
    events: settings.events ? kubernetesEvents(api, { log, aboutOf, redact }) : null,
    api,
    close: () => {
      opened?.then((connection) => connection.close()).catch(() => {});
    },
  };
}
