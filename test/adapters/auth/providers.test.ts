/** The registry of ways to authenticate: wired to the table, chosen by the settings, asked at each request. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { AUTH_PROVIDERS } from "../../../job/adapters/auth/providers.ts";
import { prometheusHistory } from "../../../job/adapters/prometheus.ts";
import { PROMETHEUS } from "../../../job/config/groups/prometheus.ts";
import type { PrometheusSettings } from "../../../job/config/types.ts";
import { createRedactor } from "../../../job/output/redactor.ts";
import { type FakeServer, fakeServer, type ReceivedRequest, type Reply } from "../../fault/server.ts";
import { hasty, prometheusSettings } from "../../fault/settings.ts";

const VECTOR = '{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1700000007,"1"]}]}}';
const dir = mkdtempSync(join(tmpdir(), "auth-"));
afterAll(() => rmSync(dir, { recursive: true }));
const servers: FakeServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

async function open(
  more: Partial<PrometheusSettings>,
  reply: (seen: ReceivedRequest) => Reply = () => ({ body: VECTOR }),
  path = "",
) {
  const server = await fakeServer(reply);
  servers.push(server);
  const redactor = createRedactor();
  const settings = prometheusSettings(server.url + path, { retries: 0, ...more });
  return { server, redactor, history: prometheusHistory(settings, { timing: hasty(), redactor }) };
}

test("every way is in the table, and the table allows one of all at a time", () => {
  const fields = AUTH_PROVIDERS.flatMap((provider) => provider.fields);
  expect(new Set(fields).size).toBe(fields.length);
  expect(fields.filter((field) => !(field in PROMETHEUS.fields))).toEqual([]);
  const rule = PROMETHEUS.rules.find(({ says }) => says.includes("several ways to authenticate"))!;
  expect(rule).toMatchObject({ level: "refuse", fields, allowed: [0, 1] });
});

describe("what is rotated between two requests of one process is read again", () => {
  test.each<[string, (file: string) => Partial<PrometheusSettings>, string, (secret: string) => string]>([
    ["a token file", (bearerTokenFile) => ({ bearerTokenFile }), "authorization", (secret) => `Bearer ${secret}`],
    [
      "a password file",
      (passwordFile) => ({ basic: { username: "job", passwordFile } }),
      "authorization",
      (secret) => `Basic ${btoa(`job:${secret}`)}`,
    ],
    ["a header's file", (file) => ({ headersFrom: { "X-Api-Key": { file } } }), "x-api-key", (secret) => secret],
  ])("%s", async (_name, settings, header, sent) => {
    const file = join(dir, "secret");
    writeFileSync(file, "first-secret\n");
    const { server, history, redactor } = await open(settings(file));
    await history.now();
    writeFileSync(file, "second-secret\n");
    await history.now();
    history.close();
    expect(server.seen.map(({ headers }) => headers[header])).toEqual([sent("first-secret"), sent("second-secret")]);
    expect(redactor("first-secret and second-secret")).not.toMatch(/first-secret|second-secret/);
  });

  test("a file that is gone or empty is named, and nothing is sent", async () => {
    writeFileSync(join(dir, "empty"), "\n");
    for (const [name, message] of [
      ["gone", /gone/],
      ["empty", /empty is empty/],
    ] as const) {
      const { server, history } = await open({ bearerTokenFile: join(dir, name) });
      await expect(history.now()).rejects.toThrow(message);
      expect(server.seen).toHaveLength(0);
    }
  });
});

describe("whose data is asked for", () => {
  test("a query string of the URL and the parameters go with every request, and into no message", async () => {
    const parameters = { namespace: "shop", "extra_filters[]": '{env="prod"}' };
    const { server, history } = await open(
      { parameters, query: "x" },
      () => ({ status: 400 }),
      "/tenant/?extra_label=a%3D1",
    );
    const error = await history.now().catch((reason: unknown) => reason);
    const { pathname, searchParams } = new URL(server.seen[0]!.url, server.url);
    expect(pathname).toBe("/tenant/api/v1/query");
    expect(Object.fromEntries(searchParams)).toEqual({ extra_label: "a=1", ...parameters });
    expect(server.seen[0]!.body).toBe("query=vector%281%29");
    expect(String(error)).toContain("/tenant/api/v1/query ");
    expect(String(error)).not.toContain("extra_label");
  });
});

describe("where POST is refused", () => {
  test.each([403, 405])("by %i, GET is asked, with the same parameters, and from then on", async (status) => {
    const reply = ({ method }: ReceivedRequest) => (method === "POST" ? { status } : { body: VECTOR });
    const { server, history } = await open({ bearerToken: "t0ken-0123" }, reply, "?namespace=shop");
    expect(await history.now()).toBe(1_700_000_007);
    expect(await history.now()).toBe(1_700_000_007);
    expect(server.seen.map(({ method }) => method)).toEqual(["POST", "GET", "GET"]);
    expect(server.seen[1]).toMatchObject({ url: "/api/v1/query?namespace=shop&query=vector%281%29", body: "" });
    expect(server.seen[1]!.headers.authorization).toBe("Bearer t0ken-0123");
  });
  test("and GET too, both are told", async () => {
    const reply = ({ method }: ReceivedRequest) =>
      method === "POST" ? { status: 403, body: "no create" } : { status: 401, body: "who" };
    const { server, history } = await open({}, reply);
    await expect(history.now()).rejects.toThrow(/POST .*403 no create; GET: 401 who/);
    await expect(history.now()).rejects.toThrow(/POST/);
    expect(server.seen).toHaveLength(4);
  });
  test.each([400, 401, 404, 422, 500])("%i is no refusal of POST", async (status) => {
    const { server, history } = await open({}, () => ({ status }));
    await expect(history.now()).rejects.toThrow(String(status));
    expect(server.seen).toHaveLength(1);
  });
});
