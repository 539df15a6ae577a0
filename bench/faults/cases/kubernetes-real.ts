/** Cases that the real API server produces itself: changed permissions, objects and policies, and other writers. */
import { readFileSync, unlinkSync, writeFileSync } from "node:fs";
import { failed, held, scaled, unchanged } from "../fault-case.ts";
import type { WireFault } from "../wire.ts";
import { FIRST, type Lane } from "../world.ts";
import { casesOf, FEW, type Line } from "./lines.ts";
import { annotated, type Prepare } from "./prepare.ts";

/** Removes a RoleBinding, and makes it again afterwards. */
const without =
  (name: string): Prepare =>
  async ({ admin }) => {
    const { kind, apiVersion, metadata, subjects, roleRef } = JSON.parse(
      (await admin("GET", `rolebindings/${name}`)).body,
    );
    await admin("DELETE", `rolebindings/${name}`);
    return () =>
      admin("POST", "rolebindings", { kind, apiVersion, metadata: { name: metadata.name }, subjects, roleRef });
  };

const RIGHTS: readonly Line[] = [
  ["the RoleBinding is gone", failed(/403 Forbidden/), { prepare: without("prophet-autoscaler") }],
  ["the RoleBinding of what is good to know is gone", scaled(5), { prepare: without("prophet-autoscaler-inspect") }],
  ["a token that the server does not know", failed(/401 Unauthorized/), { api: withToken("Bearer nobody") }],
  ["no token", failed(/403|401/), { api: withToken("") }],
  ["no kubeconfig", failed(/no such file/), { env: { KUBECONFIG: "/no/such/file" } }],
  ["nobody listens", failed(/ECONNREFUSED/), broken((text, { api }) => text.replace(api.url, "http://127.0.0.1:9"))],
  ["a kubeconfig that is no YAML", failed(/kubeconfig/i), broken(() => "{ clusters: [")],
  [
    "a kubeconfig without a current context",
    failed(/context/),
    broken((text) => text.replace('"current-context":"c"', '"current-context":"none"')),
  ],
  ["an empty kubeconfig", failed(/kubeconfig|context/i), broken(() => "")],
];

/** The call as somebody else's. */
function withToken(authorization: string): WireFault {
  return ({ headers, forward }) => {
    headers.authorization = authorization;
    return forward();
  };
}

/** Another kubeconfig for one run. */
function broken(change: (text: string, lane: Lane) => string): Line[2] {
  const settings = { kubernetes: { kubeconfig: "$folder/broken-$namespace.kubeconfig" } };
  const prepare = async (lane: Lane) => {
    const file = `${lane.folder}/broken-${lane.namespace}.kubeconfig`;
    writeFileSync(file, change(readFileSync(lane.kubeconfig, "utf8"), lane));
    return async () => unlinkSync(file);
  };
  return { settings, prepare };
}

const OBJECTS: readonly Line[] = [
  ["a target that is not there", failed(/404 NotFound/), { settings: { targets: [{ ...target("gone") }] } }],
  ["a target that the Role does not name", failed(/403 Forbidden/), { settings: { targets: [target("unnamed")] } }],
  [
    "a kind that is not there",
    failed(/404|403/),
    {
      settings: {
        targets: [{ ...target(FIRST), scaleTargetRef: { apiVersion: "apps/v1", kind: "Deploymint", name: FIRST } }],
      },
    },
  ],
  [
    "another namespace",
    failed(/403 Forbidden/),
    { settings: { targets: [{ ...target(FIRST), namespace: "kube-system" }] } },
  ],
  ["paused by annotation", held("Paused"), { prepare: annotated("true") }],
  ["paused by annotation, too few replicas", held("Paused"), { ...FEW, prepare: annotated("true") }],
  ["a pause annotation that says false", scaled(5), { prepare: annotated("false") }],
  ["switched off: 0 replicas", held("ScalingDisabled"), { from: 0 }],
  [
    "more replicas than maxReplicas",
    { exit: 0, outcomes: [{ action: "scaled" }], replicas: 4 },
    { from: 8, settings: { targets: [{ ...target(FIRST), maxReplicas: 4 }] } },
  ],
  [
    "fewer replicas than minReplicas",
    scaled(6),
    { from: 1, settings: { targets: [{ ...target(FIRST), minReplicas: 6 }] } },
  ],
  ["as many as are needed", unchanged(5), { from: 5 }],
  ["an HPA on the same workload", held("OtherScaler"), { prepare: hpa(FIRST) }],
  ["an HPA on the same workload, too few replicas", held("OtherScaler"), { ...FEW, prepare: hpa(FIRST) }],
  ["an HPA on another workload", scaled(5), { prepare: hpa("second") }],
  ["the ConfigMap is immutable, which annotations are not", scaled(5), { prepare: immutable }],
];

function target(name: string): object {
  return { scaleTargetRef: { name }, targetCpu: 0.5, minReplicas: 2, maxReplicas: 20 };
}

function hpa(name: string): Prepare {
  return async ({ admin }) => {
    const scaleTargetRef = { apiVersion: "apps/v1", kind: "Deployment", name };
    const whole = {
      apiVersion: "autoscaling/v2",
      kind: "HorizontalPodAutoscaler",
      metadata: { name: "other" },
      spec: { scaleTargetRef, minReplicas: 1, maxReplicas: 30 },
    };
    await admin("POST", "horizontalpodautoscalers", whole);
    return () => admin("DELETE", "horizontalpodautoscalers/other");
  };
}

async function immutable({ admin }: Lane): Promise<() => Promise<unknown>> {
  const path = "configmaps/prophet-autoscaler-state";
  await admin("PATCH", path, { immutable: true });
  const { metadata } = JSON.parse((await admin("GET", path)).body) as { metadata: { labels?: object } };
  return async () => {
    // it cannot be made mutable again
    await admin("DELETE", path);
    const { labels = {} } = metadata;
    await admin("POST", "configmaps", {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "prophet-autoscaler-state", labels },
    });
  };
}

/** Somebody else acts before a call of the run, once. */
const meanwhile = (what: RegExp, act: (lane: Lane) => Promise<unknown>): Line[2] => {
  const held: { lane?: Lane } = {};
  let done = false;
  return {
    prepare: async (lane) => {
      held.lane = lane;
      done = false;
      return undefined;
    },
    api: ({ text, forward }) => {
      if (done || !what.test(text) || held.lane === undefined) return undefined;
      done = true;
      return act(held.lane).then(forward);
    },
  };
};
const WRITE = /^PATCH .*\/scale/;
const CLAIM = /^PATCH .*\/configmaps\//;

const MEANWHILE: readonly Line[] = [
  [
    "somebody scales out between our reading and writing",
    held("ScaleConflict"),
    meanwhile(WRITE, (lane) => lane.setReplicas(9)),
  ],
  [
    "somebody scales in between our reading and writing",
    held("ScaleConflict"),
    meanwhile(WRITE, (lane) => lane.setReplicas(4)),
  ],
  [
    "somebody sets what we would",
    { exit: 0, outcomes: [{ action: "held" }] },
    meanwhile(WRITE, (lane) => lane.setReplicas(5)),
  ],
  [
    "somebody scales to 0 between our reading and writing",
    held("ScaleConflict"),
    meanwhile(WRITE, (lane) => lane.setReplicas(0)),
  ],
  ["somebody scales before the claim", held("ScaleConflict"), meanwhile(CLAIM, (lane) => lane.setReplicas(9))],
  [
    "another run with other targets claims first",
    scaled(5),
    meanwhile(CLAIM, async (lane) => lane.setState((await lane.state())?.replace("}", "} ") ?? null)),
  ],
  [
    "another run with this target claims first",
    held("StateConflict"),
    meanwhile(CLAIM, async (lane) => lane.setState((await lane.state())?.replace(",5]", ",6]") ?? null)),
  ],
];

/** The cases of the kind `kubernetes` that the API server makes itself. */
export const KUBERNETES_REAL = casesOf("kubernetes", RIGHTS, OBJECTS, MEANWHILE);
