/** The smallest API server that the adapters can be held against without a cluster: one Deployment with its Scale, an HPA with its floor, one ConfigMap, versions, JSON patch with `test`. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type KubernetesOptions, kubernetesPorts } from "../../job/adapters/kubernetes.ts";
import type { KubernetesSettings } from "../../job/config/types.ts";
import { fakeServer, type ReceivedRequest, type Reply } from "../fault/server.ts";
import { kubernetesSettings } from "../fault/settings.ts";

const UID = "5f0c1d2e-uid-of-web";

/** What others may do to it, and what it holds. */
export interface FakeObjects {
  replicas: number;
  version: number;
  annotations: Record<string, string>;
  /** Whether the Deployment itself, HPAs and Events may be used. */
  inspect: boolean;
  managedFields: readonly { readonly manager: string; readonly fieldsV1?: object }[];
  /** Events by name; generated names end in a number. */
  events: Record<string, FakeEvent>;
}

/** What of an Event tests look at. */
export interface FakeEvent {
  readonly metadata: { readonly name?: string; readonly generateName?: string };
  readonly involvedObject: Readonly<Record<string, string>>;
  readonly reason: string;
  readonly type: string;
  readonly message: string;
  readonly count: number;
  readonly firstTimestamp: string;
  readonly lastTimestamp: string;
}

export interface FakeOptions extends Pick<KubernetesOptions, "log" | "redactor"> {
  readonly settings?: Partial<KubernetesSettings>;
  readonly inspect?: boolean;
  /** Called once, before the first request. */
  readonly start?: (objects: FakeObjects) => void;
  /** Called with each request before it takes effect, and its number, from 1; a reply stands in for the server's. */
  readonly before?: (
    call: string,
    objects: FakeObjects,
    number: number,
    url: string,
    body: string,
  ) => Reply | undefined;
}

/** Ports over a fresh one, at 3 replicas and without memory; end it after the test. */
export async function fakeCluster({ settings = {}, inspect = false, start, before, log, redactor }: FakeOptions = {}) {
  const objects: FakeObjects = { replicas: 3, version: 1, annotations: {}, inspect, managedFields: [], events: {} };
  start?.(objects);
  const failure = (code: number, reason: string): Reply => ({
    status: code,
    body: JSON.stringify({ reason, message: reason }),
  });
  const spec = () => (objects.replicas === 0 ? {} : { replicas: objects.replicas });
  const scale = (): Reply => ({ body: JSON.stringify({ metadata: { name: "web", uid: UID }, spec: spec() }) });
  const hpa = (): Reply => {
    const scaleTargetRef = { apiVersion: "apps/v1", kind: "Deployment", name: "web" };
    const { replicas } = objects;
    const spec = { scaleTargetRef, minReplicas: replicas };
    return { body: JSON.stringify({ metadata: { name: "web", uid: "hpa-uid" }, spec, status: { replicas } }) };
  };
  const owners = (): Reply => {
    const causes = objects.managedFields.map(({ manager }) => ({
      reason: "FieldManagerConflict",
      message: `conflict with "${manager}"`,
      field: ".spec.replicas",
    }));
    return causes.length === 0
      ? scale()
      : { status: 409, body: JSON.stringify({ reason: "Conflict", message: "Apply failed", details: { causes } }) };
  };
  const map = (): Reply => {
    const { version, annotations } = objects;
    return { body: JSON.stringify({ metadata: { resourceVersion: String(version), annotations } }) };
  };
  const patchNumber = (body: string, answer: () => Reply): Reply => {
    const [expected, wanted] = JSON.parse(body) as { value: number | null }[];
    if ((expected!.value ?? 0) !== objects.replicas) return failure(422, "Invalid");
    objects.replicas = wanted!.value ?? 0;
    return answer();
  };
  const patchMap = (body: string): Reply => {
    const { metadata } = JSON.parse(body) as {
      metadata: { resourceVersion: string; annotations: Record<string, string> };
    };
    if (metadata.resourceVersion !== String(objects.version)) return failure(409, "Conflict");
    objects.version += 1;
    objects.annotations = { ...objects.annotations, ...metadata.annotations };
    return map();
  };
  const look = (url: string): Reply => {
    if (!objects.inspect) return failure(403, "Forbidden");
    if (url.includes("/horizontalpodautoscalers")) return { body: '{"items":[]}' };
    return {
      body: JSON.stringify({
        metadata: { name: "web", uid: UID, managedFields: objects.managedFields },
        spec: spec(),
        status: {},
      }),
    };
  };
  const events = (method: string, name: string | undefined, body: string): Reply => {
    if (!objects.inspect) return failure(403, "Forbidden");
    const given = JSON.parse(body) as FakeEvent;
    if (method === "POST") {
      const { metadata } = given;
      const made = metadata.name ?? `${metadata.generateName}${Object.keys(objects.events).length}`;
      if (made in objects.events) return failure(409, "AlreadyExists");
      objects.events[made] = given;
      return { status: 201, body };
    }
    const old = objects.events[name ?? ""];
    if (old === undefined) return failure(404, "NotFound");
    objects.events[name!] = { ...old, ...given };
    return { body: JSON.stringify(objects.events[name!]) };
  };
  const routes: readonly (readonly [RegExp, (read: boolean, body: string, url: string) => Reply])[] = [
    [/\/horizontalpodautoscalers\/web/, (read, body) => (read ? hpa() : patchNumber(body, hpa))],
    [/\/scale\?dryRun=All/, owners],
    [/\/scale/, (read, body) => (read ? scale() : patchNumber(body, scale))],
    [/\/configmaps\/state/, (read, body) => (read ? map() : patchMap(body))],
    [/\/(horizontalpodautoscalers|deployments\/web)(\?|$)/, (_read, _body, url) => look(url)],
  ];
  const server = await fakeServer(({ method, url, body }: ReceivedRequest, number) => {
    const instead = before?.(`${method} ${url.split("?")[0]!.split("/").at(-1)}`, objects, number, url, body);
    if (instead !== undefined) return instead;
    const event = /\/events(?:\/([^?]+))?(\?|$)/.exec(url);
    if (event !== null) return events(method, event[1], body);
    const route = routes.find(([path]) => path.test(url));
    return route === undefined ? failure(404, "NotFound") : route[1](method === "GET", body, url);
  });
  const dir = await mkdtemp(join(tmpdir(), "api-"));
  const kubeconfig = join(dir, "kubeconfig");
  const text = {
    clusters: [{ name: "c", cluster: { server: server.url, "insecure-skip-tls-verify": true } }],
    users: [{ name: "u", user: { token: "t" } }],
    contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
    "current-context": "x",
  };
  await writeFile(kubeconfig, JSON.stringify(text));
  const opened: { close(): void }[] = [];
  /** Ports as of another process: nothing is remembered but what the server holds. */
  const reopen = () => {
    const state = { configMap: { namespace: "shop", name: "state" } };
    const options = { env: {}, ...(log && { log }), ...(redactor && { redactor }) };
    const ports = kubernetesPorts(kubernetesSettings(kubeconfig, settings), state, options);
    opened.push(ports);
    return ports;
  };
  return {
    ports: reopen(),
    reopen,
    kubeconfig,
    objects,
    connections: server.connections,
    /** Every request so far, as "METHOD last-part-of-the-path". */
    calls: () => server.seen.map(({ method, url }) => `${method} ${url.split("?")[0]!.split("/").at(-1)}`),
    stop: async () => {
      for (const ports of opened) ports.close();
      await server.stop();
      await rm(dir, { recursive: true });
    },
  };
}
