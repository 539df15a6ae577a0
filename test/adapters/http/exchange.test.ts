/** One exchange: its bounds of time and size hold whatever the transport does, and nothing of the request is in an error. */
import { Agent } from "node:http";
import { Readable } from "node:stream";
import { inspect } from "node:util";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { TransportError } from "../../../job/adapters/errors.ts";
import {
  exchange,
  type HttpRequest,
  type RequestFactory,
  type Transport,
} from "../../../job/adapters/http/exchange.ts";

const secret = "s3cr3t-t0ken";
const request = {
  method: "GET" as const,
  url: "http://x/",
  headers: { Authorization: secret },
  agent: new Agent(),
} satisfies HttpRequest;
const bounds = { milliseconds: 2000, bytes: 100 };

/** A transport that answers these pieces; `left()` tells whether its stream was destroyed. */
function answering(pieces: Iterable<string>, status = 200, headers = {}) {
  const body = Readable.from(pieces, { objectMode: false });
  const transport: Transport = async () => ({ status, headers, body });
  return { transport, left: () => body.destroyed };
}

function* endless(): Iterable<string> {
  for (;;) yield "x".repeat(64);
}

const failing = (transport: Transport, make: RequestFactory = () => request, more = {}) =>
  exchange(transport, make, { ...bounds, ...more }).then(
    () => expect.unreachable(),
    (error: unknown) => error as TransportError,
  );

describe("size", () => {
  test("up to the bound the answer is whole, to the byte", async () => {
    const { transport } = answering(["é".repeat(50)]);
    expect(await exchange(transport, () => request, bounds)).toMatchObject({ status: 200, body: "é".repeat(50) });
  });
  test("beyond it the stream is left at once, and named", async () => {
    const { transport, left } = answering(endless());
    const error = await failing(transport);
    expect(error).toMatchObject({ code: "ETOOLARGE", transient: false, message: "the answer is larger than 1 KiB" });
    expect(left()).toBe(true);
  });
  test("of a refusal the beginning is kept, however long it is", async () => {
    const { transport, left } = answering(endless(), 503, { "retry-after": "7", location: "there" });
    const answer = await exchange(transport, () => request, bounds);
    expect(answer).toMatchObject({ status: 503, retryAfter: "7", location: "there" });
    expect(answer.body).toHaveLength(64 * 1024);
    expect(left()).toBe(true);
  });
});

describe("headers", () => {
  test("arrive as they are, but for the line end of a Secret, or nothing is sent: never another tenant's name", async () => {
    const units = fc.string({ unit: fc.constantFrom(..."ab -~\t\n\r\0\u007fé€🙂\u202e"), maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(units, async (value) => {
        const sent: string[] = [];
        const transport: Transport = async ({ headers }) => {
          sent.push(headers["x-scope-orgid"]!);
          return { status: 200, headers: {}, body: Readable.from(["ok"], { objectMode: false }) };
        };
        const make = () => ({ ...request, headers: { ...request.headers, "x-scope-orgid": value } });
        if (/^[\t -~]*$/.test(value.trim())) {
          await exchange(transport, make, bounds);
          expect(sent).toEqual([value.trim()]);
        } else {
          const error = await failing(transport, make);
          expect(error).toMatchObject({ code: "EHEADER", transient: false });
          expect(error.message).toMatch(/^the value of the header x-scope-orgid has .* nothing was sent$/);
          expect(sent).toEqual([]);
        }
      }),
      { examples: [["tenant\n"], ["team\n-a"], ["team-🙂"]] },
    );
  });
});

describe("time", () => {
  const never = new Promise<never>(() => {});
  const stalled: Transport = async () => ({ status: 200, headers: {}, body: new Readable({ read() {} }) });
  const cases: readonly (readonly [string, Transport, RequestFactory, string])[] = [
    ["no answer, by a transport that heeds no signal", () => never, () => request, "no answer within 0.1 s"],
    ["a body that stops coming", stalled, () => request, "no answer within 0.1 s"],
    ["credentials that never come", () => never, () => never, "no credentials within 0.1 s"],
  ];
  test.each(cases)("%s", async (_name, transport, make, message) => {
    const error = await failing(transport, make, { milliseconds: 50 });
    expect(error).toMatchObject({ code: "ETIMEDOUT", transient: true, message });
  });
  test.each(cases)("%s: the caller's time ends it earlier, and for good", async (_name, transport, make) => {
    const signal = AbortSignal.timeout(20);
    const error = await failing(transport, make, { signal, milliseconds: 120_000 });
    expect(error).toMatchObject({ code: "EABORTED", transient: false, message: "the time of the run is over" });
  });
  test("when it is over before, nothing is asked", async () => {
    const make = () => expect.unreachable();
    expect(await failing(() => never, make, { signal: AbortSignal.abort() })).toMatchObject({ code: "EABORTED" });
  });
});

test("errors hold code and message, and nothing of the request", async () => {
  const thrown = Object.assign(new Error("connect refused"), { code: "ECONNREFUSED", config: request, request });
  const error = await failing(async () => Promise.reject(thrown));
  expect(error).toBeInstanceOf(TransportError);
  expect(error).toMatchObject({ code: "ECONNREFUSED", transient: true, message: "ECONNREFUSED: connect refused" });
  expect(inspect(error, { depth: 20, showHidden: true })).not.toContain(secret);
});

test("an answer that breaks off may come whole the next time; credentials that cannot be had are a failure of their own", async () => {
  const body = new Readable({ read() {} });
  const broken: Transport = async () => {
    setImmediate(() => body.destroy(Object.assign(new Error("aborted"), { code: "ECONNRESET" })));
    return { status: 200, headers: {}, body };
  };
  expect(await failing(broken)).toMatchObject({ transient: true });
  const make = async () => Promise.reject(new Error("no such file: /token"));
  expect(await failing(broken, make)).toMatchObject({ code: "ECREDENTIALS", transient: false, message: /\/token/ });
});
