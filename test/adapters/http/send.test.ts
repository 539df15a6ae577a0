/** What is sent again, and how often: a read after whatever may pass, a write only where it surely was not carried out. */
import { Agent } from "node:http";
import { Readable } from "node:stream";
import { describe, expect, test } from "vitest";
import type { HttpRequest, Transport } from "../../../job/adapters/http/exchange.ts";
import { send } from "../../../job/adapters/http/send.ts";
import { hasty } from "../../fault/settings.ts";

const request: HttpRequest = { method: "GET", url: "http://x/", headers: {}, agent: new Agent() };
const limits = { attempts: 3, timeout: 2, deadline: 4, bytes: 1000 };

/** Fails in one way again and again: by a status or by a code of the network. */
function failing(how: number | string) {
  const seen = { times: 0 };
  const transport: Transport = async () => {
    seen.times++;
    if (typeof how === "string") throw Object.assign(new Error("gone"), { code: how });
    return { status: how, headers: {}, body: Readable.from(["{}"], { objectMode: false }) };
  };
  return { transport, seen };
}

const cases: readonly (readonly [number | string, number, number])[] = [
  // how it fails, attempts of a read, attempts of a write
  [200, 1, 1],
  [400, 1, 1],
  [403, 1, 1],
  [409, 1, 1],
  [422, 1, 1],
  [429, 3, 3],
  [500, 1, 1],
  [502, 3, 1],
  [503, 3, 1],
  [504, 3, 1],
  ["ECONNREFUSED", 3, 3],
  ["ENOTFOUND", 3, 3],
  ["EAI_AGAIN", 3, 3],
  ["ECONNRESET", 3, 1],
  ["EPIPE", 3, 1],
  ["ETIMEDOUT", 3, 1],
  ["EHOSTUNREACH", 3, 1],
  ["ERR_BAD_RESPONSE", 3, 1],
  ["CERT_HAS_EXPIRED", 1, 1],
  ["DEPTH_ZERO_SELF_SIGNED_CERT", 1, 1],
];

describe.each(cases)("after %s", (how, reads, writes) => {
  test.each([
    ["read", false, reads],
    ["write", true, writes],
  ] as const)("a %s", async (_name, write, times) => {
    const { transport, seen } = failing(how);
    const result = await send(transport, () => request, { ...limits, write }, { timing: hasty() }).catch(
      (error: unknown) => error,
    );
    expect(seen.times).toBe(times);
    if (typeof how === "number") expect(result).toMatchObject({ status: how, attempts: times });
    else expect(String(result)).toMatch(times === 1 ? /gone$/ : /gone \(3 attempts\)$/);
  });
});

test("the request is made anew for each attempt", async () => {
  const { transport } = failing(503);
  let made = 0;
  await send(
    transport,
    () => {
      made++;
      return request;
    },
    { ...limits, write: false },
    { timing: hasty() },
  );
  expect(made).toBe(3);
});

test("when the time of the run is over, no pause goes on and nothing more is sent", async () => {
  const { transport, seen } = failing(503);
  const signal = AbortSignal.timeout(20);
  const answer = await send(transport, () => request, { ...limits, attempts: 99, write: false, signal });
  expect(answer).toMatchObject({ status: 503 });
  expect(seen.times).toBeLessThan(4);
});
