/** Retrying stops where it must: at the verdict, the attempts, the deadline. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { retry, type Timing } from "../../../job/adapters/http/retry.ts";
import { retryAfter } from "../../../job/adapters/http/verdict.ts";

/** A clock that only moves by sleeping and by what attempts take. */
function fakeTiming(random = 1): Timing & { at: number; pauses: number[] } {
  const timing = {
    at: 0,
    pauses: [] as number[],
    now: () => timing.at,
    sleep: async (milliseconds: number) => {
      timing.pauses.push(milliseconds);
      timing.at += milliseconds;
    },
    random: () => random,
  };
  return timing;
}

const options = { attempts: 5, deadline: 10, timeout: 3 };

describe("retry", () => {
  test("gives the first success", async () => {
    expect(
      await retry(
        async (_ms, n) => (n < 3 ? Promise.reject(new Error("x")) : n),
        () => ({ again: true }),
        options,
        fakeTiming(),
      ),
    ).toBe(3);
  });

  test("throws at once what is not worth trying again", async () => {
    let tried = 0;
    const attempt = async () => {
      tried += 1;
      throw new Error("no");
    };
    await expect(retry(attempt, () => ({ again: false }), options, fakeTiming())).rejects.toThrow("no");
    expect(tried).toBe(1);
  });

  test("pauses double and stop growing at 3 s", async () => {
    const timing = fakeTiming();
    await retry(
      async () => Promise.reject(new Error("x")),
      () => ({ again: true }),
      { attempts: 7, deadline: 100, timeout: 1 },
      timing,
    ).catch(() => {});
    expect(timing.pauses).toEqual([200, 400, 800, 1600, 3000, 3000]);
  });

  test("never passes the deadline, and an attempt never gets more than is left", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 4000 }), { minLength: 1, maxLength: 8 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        async (lengths, random) => {
          const timing = fakeTiming(random);
          const attempt = async (milliseconds: number, n: number) => {
            expect(milliseconds).toBeLessThanOrEqual(3000);
            timing.at += Math.min(milliseconds, lengths[(n - 1) % lengths.length]!);
            throw new Error("x");
          };
          await retry(attempt, () => ({ again: true }), { attempts: 50, deadline: 10, timeout: 3 }, timing).catch(
            () => {},
          );
          expect(timing.at).toBeLessThanOrEqual(10_000);
        },
      ),
    );
  });

  test("a Retry-After beyond the deadline is not waited for", async () => {
    const timing = fakeTiming();
    await expect(
      retry(
        async () => Promise.reject(new Error("429")),
        () => ({ again: true, after: 60 }),
        options,
        timing,
      ),
    ).rejects.toThrow("429");
    expect(timing.pauses).toEqual([]);
  });
});

test("Retry-After: seconds, a date, nonsense", () => {
  const now = Date.UTC(2026, 0, 1) / 1000;
  expect(retryAfter("3", now)).toBe(3);
  expect(retryAfter("Thu, 01 Jan 2026 00:00:10 GMT", now)).toBe(10);
  expect(retryAfter("Thu, 01 Jan 2025 00:00:10 GMT", now)).toBe(0);
  expect(retryAfter("soon", now)).toBeUndefined();
  expect(retryAfter(undefined, now)).toBeUndefined();
});
