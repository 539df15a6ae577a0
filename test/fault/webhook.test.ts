/** The webhook against real servers on loopback: what it is sent, whatever it answers, and that no run is another for it. */
import { describe, expect, test } from "vitest";
import { stateAnnotation } from "../../job/adapters/kubernetes-state.ts";
import { notificationText, WebhookError, webhookNotifier } from "../../job/adapters/webhook.ts";
import { createRedactor } from "../../job/output/redactor.ts";
import type { Notification, Outcome } from "../../job/ports.ts";
import { NOW } from "../fakes/config.ts";
import { CANARY, canaryFile, SONG, silent } from "../output/canary.ts";
import { decidingOnce } from "./deciding-once.ts";
import type { FakeServer, Reply } from "./server.ts";
import { stoppedEach } from "./stopped-each.ts";

const { stops, serve } = stoppedEach();

const outcome: Outcome = {
  namespace: "shop",
  name: "web",
  object: "Deployment/web",
  sets: "replicas",
  action: "scaled",
  from: 2,
  to: 5,
  reason: "ForecastQuantile",
  message: "forecast asks for 5",
  forecast: null,
  metrics: [],
  trail: [],
};
const notification = (
  more: Partial<Outcome>,
  what: Notification["what"] = "scaled",
  phase: Notification["phase"] = "began",
): Notification => ({
  outcome: { ...outcome, ...more },
  what,
  phase,
  since: NOW - 7200,
});
const failure = { action: "failed", reason: "HistoryError", message: "no answer" } as const;

describe("the text", () => {
  test.each<[string, Notification, string]>([
    ["a change", notification({}), "shop/web: from 2 to 5 replicas (ForecastQuantile: forecast asks for 5)"],
    [
      "of a floor",
      notification({ sets: "minReplicas", object: "HorizontalPodAutoscaler/web" }),
      "shop/web: from 2 to 5 minReplicas of HorizontalPodAutoscaler/web (ForecastQuantile: forecast asks for 5)",
    ],
    ["a failure", notification(failure, "failed"), "shop/web: failing (HistoryError: no answer)"],
    [
      "a failure that lasts",
      notification(failure, "failed", "lasts"),
      "shop/web: still failing, since 2023-11-14T20:13:20.000Z (HistoryError: no answer)",
    ],
    ["its end", notification({}, "failed", "ended"), "shop/web: no longer failing, after 120 min"],
    [
      "missing data",
      notification({}, "blind"),
      "shop/web: without usable data (ForecastQuantile: forecast asks for 5)",
    ],
    [
      "a quarrel",
      notification({ reason: "Overruled" }, "overruled"),
      "shop/web: overruled by another writer (Overruled: forecast asks for 5)",
    ],
    [
      "what would call everybody, or forge a line",
      notification({ message: "<!channel> & <http://x|y>\nshop/db: fine\u001b[31m" }),
      "shop/web: from 2 to 5 replicas (ForecastQuantile: &lt;!channel&gt; &amp; &lt;http://x|y&gt;\\nshop/db: fine\\u001b[31m)",
    ],
  ])("%s", (_name, item, text) => {
    expect(notificationText([item], NOW)).toBe(text);
  });

  test("of a thousand failures is one that a chat takes", () => {
    const text = notificationText(
      Array.from({ length: 1000 }, () => notification({ ...failure, message: "&".repeat(5000) }, "failed")),
      NOW,
    );
    expect(text.split("\n")).toHaveLength(41);
    expect(text.endsWith("\nand 960 more")).toBe(true);
    expect(text.length).toBeLessThan(40_000 * 4);
  });
});

describe("a webhook", () => {
  const path = `/services/T0001/B0001/${encodeURIComponent(CANARY)}`;
  const tell = async (reply: (seen: { readonly url: string }, number: number) => Reply, timeout = 5, at = path) => {
    const server = await serve(reply);
    const redactor = createRedactor();
    const notifier = webhookNotifier({ url: server.url + at, timeout }, { redactor, env: {} });
    const error = await notifier.send([notification({})], NOW).then(
      () => null,
      (e: unknown) => e,
    );
    return { server, error, redactor };
  };

  test("gets one POST of Slack's JSON", async () => {
    const { server, error } = await tell(() => ({ body: "ok" }));
    expect(error).toBeNull();
    expect(server.seen).toHaveLength(1);
    expect(server.seen[0]).toMatchObject({
      method: "POST",
      url: path,
      headers: { "content-type": "application/json" },
    });
    expect(JSON.parse(server.seen[0]!.body)).toEqual({ text: notificationText([notification({})], NOW) });
  });

  test("teaches the redactor its address, however short its path", async () => {
    const { server, redactor } = await tell(() => ({ body: "ok" }), 5, "/in/x1");
    expect(redactor(`POST ${server.url}/in/x1`)).not.toContain("x1");
    // words of a path are no secrets
    expect(redactor("/in/x1 services")).toBe("/in/x1 services");
  });

  test("that is busy is asked once more", async () => {
    const { server, error } = await tell((_seen, n) => (n === 1 ? { status: 429 } : { body: "ok" }));
    expect({ error, asked: server.seen.length }).toEqual({ error: null, asked: 2 });
  });

  test.each<[string, Reply, RegExp]>([
    ["refuses", { status: 404, body: SONG }, /: 404: no \[hidden\]/],
    ["sings the path back", { status: 400, body: `bad ${path}` }, /: 400: bad /],
    [
      "redirects",
      { status: 302, headers: { location: `http://h/${CANARY}?token=${CANARY}` } },
      /: 302, redirected to http:\/\/h;/,
    ],
    ["fails after it may have posted", { status: 502 }, /: 502: an empty body/],
    ["hangs", { end: "hang" }, /: no answer within 0\.5 s/],
    ["breaks off", { end: "silent" }, /ECONNRESET|socket hang up/],
    ["floods", { body: "x".repeat(1024 * 1024) }, /larger than 64 KiB/],
  ])("that %s is named by its host alone", async (_name, reply, why) => {
    const { server, error, redactor } = await tell(() => reply, 0.5);
    expect(error).toBeInstanceOf(WebhookError);
    const { message } = error as Error;
    expect(redactor(message)).toMatch(why);
    expect(message).toContain(`webhook ${server.url.slice(7)}`);
    silent(redactor(message), "the error");
    expect(server.seen).toHaveLength(1);
  });

  test.each<[string, string | null, RegExp]>([
    ["is not there", null, /webhook\.urlFile: \S+: there is no such file/],
    ["is empty", " \n", /webhook\.urlFile: .* is empty/],
    ["holds something else", CANARY, /does not hold an http:\/\/ or https:\/\/ URL/],
  ])("whose file %s says so, and not what is in it", async (_name, content, why) => {
    const urlFile = content === null ? "/nowhere" : canaryFile(content, "hook");
    const redactor = createRedactor();
    const sent = webhookNotifier({ urlFile, timeout: 1 }, { redactor, env: {} }).send([notification({})], NOW);
    const error = await sent.catch((e: unknown) => e);
    expect(String(error)).toMatch(why);
    silent(String(error), "the error");
  });
});

describe("a run with a webhook", () => {
  const decide = (hook: Record<string, string>, load?: string) => decidingOnce(stops, hook, load);
  const hookAt = (server: FakeServer) => ({ PROPHET_AUTOSCALER_WEBHOOK_URL: `${server.url}/services/T1/${CANARY}` });
  const texts = ({ seen }: FakeServer) => seen.map(({ body }) => (JSON.parse(body) as { text: string }).text);

  test("tells of the change; a second run, which changes nothing, tells nothing", async () => {
    const hook = await serve(() => ({ body: "ok" }));
    const { cluster, once } = await decide(hookAt(hook));
    expect((await once()).code).toBe(0);
    expect((await once()).code).toBe(0);
    expect(cluster.objects.replicas).toBe(5);
    expect(texts(hook)).toEqual([expect.stringMatching(/^shop\/web: from 3 to 5 replicas \(/)]);
  });

  test("tells of a failure once, over processes that share nothing but the state", async () => {
    const hook = await serve(() => ({ body: "ok" }));
    const { cluster, once } = await decide(hookAt(hook), "");
    for (let i = 0; i < 3; i++) expect((await once()).code).toBe(1);
    expect(texts(hook)).toEqual([expect.stringMatching(/^shop\/web: failing \(HistoryError: /)]);
    silent(JSON.stringify(cluster.objects), "the cluster");
  });

  test("of which nothing is written tells nothing", async () => {
    const hook = await serve(() => ({ body: "ok" }));
    const { once } = await decide(hookAt(hook));
    await once("--dry-run");
    await once("--replicas", "2");
    expect(hook.seen).toEqual([]);
  });

  test.each<[string, Reply | null]>([
    ["refuses and sings", { status: 403, body: SONG }],
    ["hangs", { end: "hang" }],
    ["breaks off", { end: "silent" }],
    ["is not there", null],
  ])("that %s does the same and ends the same, and warns", async (_name, reply) => {
    const without = await decide({});
    const hook = await serve(() => reply ?? {});
    if (reply === null) await stops.pop()!();
    const broken = await decide({ ...hookAt(hook), PROPHET_AUTOSCALER_WEBHOOK_TIMEOUT: "300ms" });
    const [plain, told] = [await without.once(), await broken.once()];
    expect(told.code).toBe(0);
    const action = (out: string) => (JSON.parse(out) as { targets: { action: string; to: number }[] }).targets;
    expect(action(told.out)).toMatchObject(action(plain.out).map(({ action: a, to }) => ({ action: a, to })));
    expect(told.err).toContain("webhook 127.0.0.1:");
    expect(told.err).toContain("what was done is unchanged");
    expect(broken.cluster.objects.replicas).toBe(without.cluster.objects.replicas);
    expect(broken.cluster.objects.annotations).toHaveProperty([stateAnnotation]);
    silent(JSON.stringify(broken.cluster.objects), "the cluster");
  });

  test("by a file does as by the variable", async () => {
    const hook = await serve(() => ({ body: "ok" }));
    const urlFile = canaryFile(`${hook.url}/services/T1/${CANARY}\n`, "hook");
    const { once } = await decide({ PROPHET_AUTOSCALER_WEBHOOK_URL_FILE: urlFile });
    expect((await once()).code).toBe(0);
    expect(texts(hook)).toHaveLength(1);
  });
});
