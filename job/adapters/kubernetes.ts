/** The ports over the API server, with one connection that is opened at the first call. */

import type { KubernetesSettings } from "../config/types.ts";
import type { TargetConfig } from "../core/target.ts";
import type { Scaler, StateStore } from "../ports.ts";
import { workloadOf } from "./actuator-scale.ts";
import { type Discovery, kubernetesDiscovery } from "./kubernetes-discovery.ts";
import { type EventWriter, kubernetesEvents } from "./kubernetes-events.ts";
import { type Kubernetes, type KubernetesTools, openKubernetes } from "./kubernetes-http.ts";
import type { ObjectReference } from "./kubernetes-objects.ts";
import { kubernetesScaler } from "./kubernetes-scaler.ts";
import type { AdapterLog } from "./log.ts";
import { kubernetesState, type StatePlace } from "./state-store.ts";

/** Options of the ports. */
export interface KubernetesOptions extends KubernetesTools {
  readonly log?: AdapterLog;
}

/** All ports over one API server. */
export interface KubernetesPorts {
  readonly scaler: Scaler;
  /** Finds targets by their label. */
  readonly discovery: Discovery;
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
  const read = (target: TargetConfig, about: ObjectReference) => void objects.set(keyOf(target), about);
  // of one that was never read because its settings are wrong a list told the uid, by which `kubectl describe` finds Events
  const aboutOf = (target: TargetConfig) => {
    const { uid } = discovery.inspection(target) ?? {};
    return objects.get(keyOf(target)) ?? (uid === undefined ? undefined : workloadOf(target, uid));
  };
  const redact = options.redactor ?? ((text: string) => text);
  const inspect = settings.detectScalers;
  const found = (target: TargetConfig) => discovery.inspection(target);
  const scaler = kubernetesScaler(api, { inspect, log, read, found });
  const discovery = kubernetesDiscovery(api, inspect ? scaler.readAllHpas : undefined);
  return {
    scaler,
    discovery,
    state: kubernetesState(api, state),
    events: settings.events ? kubernetesEvents(api, { log, aboutOf, redact }) : null,
    api,
    close: () => {
      opened?.then((connection) => connection.close()).catch(() => {});
    },
  };
}
