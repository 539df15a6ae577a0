/** What is tried again: every status and every failure of the network, for reads and for writes. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { TransportError } from "../../../job/adapters/errors.ts";
import { retry, type Timing } from "../../../job/adapters/http/retry.ts";
import { isUndone, redirected, retryVerdict, TransientResponse } from "../../../job/adapters/http/verdict.ts";

const NOW = 1_700_000_000;
const busy = (status: number, retryAfter?: string) =>
  new TransientResponse({ status, body: "", ...(retryAfter === undefined ? {} : { retryAfter }) });
const broken = (code: string, transient = true, stale = false) => new TransportError(code, "", transient, stale);

describe("a status", () => {
  test("is worth another read where the server or a gateway is busy, and another write where it was turned away at the door", () => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 599 }), (status) => {
        expect(retryVerdict(busy(status), false, NOW).again).toBe([429, 502, 503, 504].includes(status));
        expect(retryVerdict(busy(status), true, NOW).again).toBe(status === 429);
        expect(isUndone(busy(status))).toBe(status === 429);
      }),
    );
  });

  test("comes with how long the server asks to wait", () => {
    expect(retryVerdict(busy(503, "7"), false, NOW)).toEqual({ again: true, after: 7 });
    expect(retryVerdict(busy(429, new Date((NOW + 20) * 1000).toUTCString()), true, NOW)).toEqual({
      again: true,
      after: 20,
    });
    expect(retryVerdict(busy(429, "soon"), true, NOW)).toEqual({ again: true });
  });
});

describe("a failure of the network", () => {
  const SENT_NOTHING = ["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "ECREDENTIALS"];
  const code = fc.constantFrom(...SENT_NOTHING, "ECONNRESET", "ETIMEDOUT", "EPIPE", "CERT_HAS_EXPIRED");

  test("is worth another read where it may pass, and another write where nothing was sent or the connection was an old one", () => {
    fc.assert(
      fc.property(code, fc.boolean(), fc.boolean(), (name, transient, stale) => {
        const error = broken(name, transient, stale);
        const undone = SENT_NOTHING.includes(name);
        expect(isUndone(error)).toBe(undone);
        expect(retryVerdict(error, false, NOW)).toEqual({ again: transient });
        expect(retryVerdict(error, true, NOW)).toEqual({ again: transient && (undone || stale) });
      }),
    );
  });
});

test("an error of our own is never worth another attempt", () => {
  for (const write of [true, false]) expect(retryVerdict(new TypeError("x"), write, NOW)).toEqual({ again: false });
  expect(isUndone(new TypeError("x"))).toBe(false);
});

test("a redirect is told with where to, without what a login page gets in its query", () => {
  expect(redirected("https://sso.example/login?token=abc")).toMatch(/^redirected to https:\/\/sso\.example;/);
  expect(redirected("/login?token=abc")).toMatch(/^redirected to \/login;/);
  expect(redirected(undefined)).toMatch(/^redirected to nowhere;/);
});

describe("a run whose time is over", () => {
  /** Attempts made of five that all fail, where the signal is aborted at so many milliseconds. */
  async function attempts(abortAt: number, signal = new AbortController()): Promise<number> {
    let [at, made] = [0, 0];
    const pass = (milliseconds: number) => {
      at += milliseconds;
      if (at >= abortAt) signal.abort();
    };
    const timing: Timing = { now: () => at, sleep: async (ms) => pass(ms), random: () => 1 };
    const attempt = async () => {
      made++;
      pass(100);
      throw new Error("x");
    };
    const options = { attempts: 5, deadline: 100, timeout: 1, signal: signal.signal };
    await expect(retry(attempt, () => ({ again: true }), options, timing)).rejects.toThrow("x");
    return made;
  }

  test("makes no further attempt, whether it ends in one or in the pause after it", async () => {
    expect(await attempts(Number.POSITIVE_INFINITY)).toBe(5);
    // 100 ms of work, 200 of pause, 100 of work, 400 of pause
    expect([await attempts(400), await attempts(401), await attempts(800)]).toEqual([2, 2, 2]);
    expect(await attempts(900)).toBe(3);
  });
});
