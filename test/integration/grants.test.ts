/** What each shipped Role grants, by asking the server about every verb on every resource; and that the job makes just these calls. */
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { Agent, request } from "node:https";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { missingControlPlane, skip } from "../cluster/available.ts";
import { type FakeServer, fakeServer } from "../fault/server.ts";
import {
  callLines,
  FLOOR_CALLS,
  INSPECT_CALLS,
  roleOf,
  SCALE_CALLS,
  STATE_CALLS,
  UNUSED,
  WORKER_CALLS,
} from "./calls.ts";
import { answer, type Rig, settings, startRig } from "./rig.ts";

const VERBS = "get list watch create update patch delete deletecollection".split(" ");
/** Verbs beside the eight, which some resources know. */
const ODD: readonly (readonly [string, string, string])[] = [
  ["impersonate", "", "users"],
  ["impersonate", "", "groups"],
  ["impersonate", "", "serviceaccounts"],
  ["bind", "rbac.authorization.k8s.io", "roles"],
  ["escalate", "rbac.authorization.k8s.io", "roles"],
  ["use", "", "persistentvolumes"],
  ["*", "*", "*"],
];
const NAMES = ["stress-app", "worker", "prophet-autoscaler-state"];

interface Attributes {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly name?: string;
}

interface Resource {
  readonly group: string;
  /** With its subresource, as in `pods/exec`. */
  readonly name: string;
}

/** Every resource and subresource that the server has, in any group. */
async function resourcesOf({ cluster }: Rig): Promise<readonly Resource[]> {
  const raw = async (path: string) => JSON.parse(await cluster.kubectl(["get", "--raw", path])) as unknown;
  const { groups } = (await raw("/apis")) as { groups: { name: string; preferredVersion: { groupVersion: string } }[] };
  const served = [["", "/api/v1"], ...groups.map((g) => [g.name, `/apis/${g.preferredVersion.groupVersion}`])] as const;
  const lists = served.map(async ([group, path]) =>
    ((await raw(path!)) as { resources: { name: string }[] }).resources.map(({ name }) => ({ group: group!, name })),
  );
  return (await Promise.all(lists)).flat();
}

/** Everything to ask about: named and unnamed, in the own namespace, in another one and in all. */
function questions(resources: readonly Resource[], own: string): readonly Attributes[] {
  const kinds = resources.map(({ group, name }) => {
    const [resource = "", subresource] = name.split("/");
    return { group, resource, ...(subresource === undefined ? {} : { subresource }) };
  });
  const places = [
    ...["", ...NAMES].map((name) => ({ namespace: own, name })),
    ...["", "stress-app"].map((name) => ({ namespace: "kube-system", name })),
    { namespace: "", name: "" },
  ];
  const odd = ODD.map(([verb, group, resource]) => ({ verb, group, resource }));
  return [...VERBS.flatMap((verb) => kinds.map((kind) => ({ verb, ...kind }))), ...odd].flatMap((asked) =>
    places.map((place) => ({ ...asked, ...place })),
  );
}

/** Those that the server says the ServiceAccount may do, each in one line; without what every authenticated user may ask about itself. */
async function allowed(rig: Rig, asked: readonly Attributes[]): Promise<readonly string[]> {
  const ca = await readFile(rig.cluster.caFile);
  const agent = new Agent({ ca, keepAlive: true, maxSockets: 12 });
  const headers = {
    authorization: `Bearer ${await rig.cluster.token(rig.namespace, "prophet-autoscaler")}`,
    "content-type": "application/json",
  };
  const url = new URL("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", rig.cluster.url);
  const review = async (resourceAttributes: Attributes): Promise<boolean> => {
    const sent = request(url, { agent, method: "POST", headers });
    const body = {
      apiVersion: "authorization.k8s.io/v1",
      kind: "SelfSubjectAccessReview",
      spec: { resourceAttributes },
    };
    sent.end(JSON.stringify(body));
    const [response] = (await once(sent, "response")) as [AsyncIterable<Buffer>];
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk);
    const { status } = JSON.parse(Buffer.concat(chunks).toString()) as { status?: { allowed?: boolean } };
    if (typeof status?.allowed !== "boolean") throw new Error(Buffer.concat(chunks).toString().slice(0, 300));
    return status.allowed;
  };
  const yes: Attributes[] = [];
  let next = 0;
  const worker = async () => {
    for (let i = next++; i < asked.length; i = next++) if (await review(asked[i]!)) yes.push(asked[i]!);
  };
  await Promise.all(Array.from({ length: 12 }, worker));
  agent.destroy();
  return yes
    .filter(({ group, verb }) => !(verb === "create" && /^auth.*\.k8s\.io$/.test(group)))
    .map(
      ({ verb, resource, subresource, namespace, name }) =>
        `${verb} ${resource}${subresource === undefined ? "" : `/${subresource}`} ${name || "*"} in ${namespace || "all"}`,
    );
}

const worker = { scaleTargetRef: { apiVersion: "apps/v1", kind: "StatefulSet", name: "worker" } };
// a list or a create of one that the Role does not name is granted for any name
const ANY = ["list horizontalpodautoscalers", "create events", "patch events"].flatMap((what) =>
  ["*", ...NAMES].map((name) => `${what} ${name}`),
);

const shipped = [
  {
    folder: "manifests/base",
    grants: [...SCALE_CALLS, ...STATE_CALLS],
    used: [...SCALE_CALLS, ...STATE_CALLS],
    target: {},
    cluster: {},
  },
  {
    folder: "manifests/overlays/demo",
    namespace: "prophet-demo",
    grants: [...SCALE_CALLS, ...STATE_CALLS, INSPECT_CALLS[0]!, ...ANY],
    used: [...SCALE_CALLS.filter((call) => call !== UNUSED), ...STATE_CALLS, ...INSPECT_CALLS],
    target: {},
    cluster: { detectScalers: true, events: true },
  },
  {
    folder: "manifests/overlays/hpa-floor",
    namespace: "floor",
    grants: [...FLOOR_CALLS, ...STATE_CALLS],
    used: [...FLOOR_CALLS, ...STATE_CALLS],
    target: { actuator: "hpa", hpaName: "stress-app" },
    cluster: {},
  },
  {
    folder: "manifests/overlays/multi-target",
    namespace: "many",
    grants: [...SCALE_CALLS, ...WORKER_CALLS, ...STATE_CALLS],
    used: [...SCALE_CALLS, ...WORKER_CALLS, ...STATE_CALLS],
    target: {},
    others: [worker],
    cluster: {},
  },
];

/** Whose control plane the others share. */
let first: Rig | undefined;
afterAll(() => first?.stop());

describe.skipIf(skip(missingControlPlane())).each(shipped)("the Role of $folder", (one) => {
  const { folder, namespace = "shop", grants, used, target, others = [], cluster } = one;
  let rig: Rig;
  let prometheus: FakeServer;
  beforeAll(async () => {
    rig = await startRig(namespace, folder, first);
    first ??= rig;
    prometheus = await fakeServer((seen) => ({ body: answer(seen.body, seen.url, () => 0.22) }));
    // an HPA of more than one replica would be a change of its own
    await rig.setReplicas(1);
  });
  afterAll(async () => {
    await prometheus?.stop();
  });

  test("asked about every verb on every resource, the server grants these and no other", async () => {
    const asked = questions(await resourcesOf(rig), namespace);
    expect(asked.length).toBeGreaterThan(4000);
    for (const wanted of ["secrets", "pods/exec", "nodes/proxy", "serviceaccounts/token", "jobs", "cronjobs/status"])
      expect(
        asked.map(({ resource, subresource }) => (subresource ? `${resource}/${subresource}` : resource)),
      ).toContain(wanted);
    const began = performance.now();
    const granted = await allowed(rig, asked);
    console.log(`${folder}: ${asked.length} reviews in ${((performance.now() - began) / 1000).toFixed(1)} s`);
    expect(granted.toSorted()).toEqual(grants.map((grant) => `${grant} in ${namespace}`).toSorted());
  });

  test("a run's calls are these, each once, fewer than 8, all answered, each allowed by the shipped Role", async () => {
    await rig.mark();
    const plain = settings(prometheus.url, target, {}, cluster) as { targets: object[] };
    const targets = [...plain.targets, ...others.map((other) => ({ ...plain.targets[0]!, ...other }))];
    const run = await rig.run({ ...plain, targets });
    expect(run.targets.map((t) => t.action)).toEqual(targets.map(() => "scaled"));
    const calls = await rig.calls();
    expect(calls.map((call) => call.responseStatus?.code)).toEqual(
      calls.map((call) => (call.verb === "create" ? 201 : 200)),
    );
    expect(callLines(calls).toSorted()).toEqual(used.map((call) => `${call} in ${namespace}`).toSorted());
    expect(calls.length).toBeLessThan(8);
    for (const call of calls) expect(roleOf(call)).toMatch(new RegExp(`^${namespace}/prophet-autoscaler(-inspect)?$`));
  });
});
