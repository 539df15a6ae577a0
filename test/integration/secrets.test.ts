/** Nothing secret reaches what is kept in the cluster: Events, state and the workload, seen on a real API server that sings back what it gets. */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { missingControlPlane, skip } from "../cluster/available.ts";
import { type FakeServer, fakeServer, type Reply } from "../fault/server.ts";
import { answer, type Rig, settings, startRig } from "./rig.ts";

const CANARY = "cAnary7f3Q+9/xZ_kw5Tb8Jd2L";
const HEARD = [CANARY, Buffer.from(CANARY).toString("base64").slice(0, 20), encodeURIComponent(CANARY)];
const song = `no ${CANARY}! Authorization: Bearer ${CANARY} ${encodeURIComponent(CANARY)}\u001b[31m\u202e\nWARN forged`;

describe.skipIf(skip(missingControlPlane()))("a canary as Prometheus' token", () => {
  let rig: Rig;
  let prometheus: FakeServer;
  let reply: (body: string, url: string) => Reply;
  const kubectl = (...args: string[]) => rig.cluster.kubectl(["-n", rig.namespace, ...args]);

  beforeAll(async () => {
    prometheus = await fakeServer(({ body, url }) => reply(body, url));
    rig = await startRig("prophet-demo", "manifests/overlays/demo");
  });
  afterAll(async () => {
    await prometheus?.stop();
    await rig?.stop();
  });

  /** Everything of ours that the cluster keeps, and what a person sees of it. */
  async function kept(): Promise<string> {
    const parts = [
      await kubectl("get", "events,configmaps,deployments", "-o", "json", "--show-managed-fields"),
      await kubectl("describe", "deployment", "stress-app"),
      await kubectl("get", "events"),
    ];
    return parts.join("\n");
  }

  test.each<[string, (body: string, url: string) => Reply]>([
    [
      "a refusal",
      () => ({ status: 401, body: JSON.stringify({ status: "error", errorType: "unauthorized", error: song }) }),
    ],
    ["a page", () => ({ body: `<html>${song}` })],
    [
      "a warning beside sound data",
      (body, url) => ({
        body: JSON.stringify({ ...(JSON.parse(answer(body, url, () => 0.22)) as object), warnings: [song] }),
      }),
    ],
  ])("%s: not in an Event, the state or the workload", async (_name, how) => {
    reply = how;
    await rig.setReplicas(2);
    const config = settings(
      prometheus.url,
      {},
      { bearerToken: CANARY, retries: 0 },
      { detectScalers: true, events: true },
    );
    const run = await rig.run(config);
    expect(prometheus.seen.at(-1)!.headers.authorization).toBe(`Bearer ${CANARY}`);
    const all = (await kept()) + run.stderr + JSON.stringify(run.targets);
    for (const secret of HEARD) expect(all).not.toContain(secret);
    for (const control of ["\u001b", "\u202e"]) expect(all).not.toContain(control);
    expect(all).not.toMatch(/^WARN forged/m);
    expect(all).toContain("[hidden]");
  });

  test("the ServiceAccount's own token is in none of them", async () => {
    const token = /"token":\s*"([\w.-]{40,})"/.exec(readFileSync(rig.kubeconfig, "utf8"))?.[1];
    expect(token).toBeDefined();
    expect(await kept()).not.toContain(token);
  });
});
