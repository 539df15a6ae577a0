/** Credentials towards Prometheus: sent as they should be, over TLS that is checked, and in no error however it is printed. */
import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { HistoryError } from "../../job/adapters/errors.ts";
import type { PrometheusSettings } from "../../job/config/types.ts";
import { good, read, serve } from "./ask.ts";
import type { Reply } from "./server.ts";

describe("secrets", () => {
  const secret = "s3cr3t-t0ken";
  const ways: readonly (readonly [string, Partial<PrometheusSettings>, RegExp])[] = [
    ["bearer", { bearerToken: secret }, /^Bearer s3cr3t-t0ken$/],
    ["basic", { basic: { username: "job", password: secret } }, /^Basic am9iOnMzY3IzdC10MGtlbg==$/],
    ["header", { headers: { Authorization: secret } }, /^s3cr3t-t0ken$/],
  ];
  test.each(ways)("%s is sent, and appears in no error however it is printed", async (_name, more, sent) => {
    const faults: readonly Reply[] = [
      { status: 400, body: `{"error":"bad header ${secret}"}` },
      { status: 302, headers: { location: `http://other.example/?token=${secret}` } },
      { end: "silent" },
      { body: `<p>${secret}</p>` },
    ];
    for (const fault of faults) {
      const { result, server } = await read(() => fault, { ...more, retries: 0 });
      expect(server.seen[0]!.headers.authorization).toMatch(sent);
      expect(result).toBeInstanceOf(Error);
      const printed =
        inspect(result, { depth: 20, showHidden: true }) + JSON.stringify(result) + String((result as Error).stack);
      expect(printed).not.toContain(secret);
      expect(printed).not.toContain("am9iOnMzY3IzdC10MGtlbg");
    }
  });

  test("a redirect to another host is not followed: it gets no request, hence no token", async () => {
    const other = await serve(() => ({ body: good }));
    const { result } = await read(() => ({ status: 307, headers: { location: `${other.url}/api/v1/query_range` } }), {
      bearerToken: secret,
    });
    expect(result).toBeInstanceOf(HistoryError);
    expect(other.seen).toHaveLength(0);
  });

  test("tenant and further headers are sent", async () => {
    const { server } = await read(() => ({ body: good }), { tenant: "team-a", headers: { "X-Extra": "1" } });
    expect(server.seen[0]!.headers).toMatchObject({ "x-scope-orgid": "team-a", "x-extra": "1" });
  });
});
