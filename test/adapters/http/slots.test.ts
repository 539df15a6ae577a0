/** Slots: never more than allowed under way, what hangs makes room, what can be done without comes last, nobody is forgotten. */
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { openSlots } from "../../../job/adapters/http/slots.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const bounds = { most: 2, patience: 1000, atMost: 5, bytes: 100 };
/** A slot is held as long as its work takes, so the work takes time. */
const sleep = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

/** Starts all at once; gives when each began. */
function race(
  works: readonly { readonly takes: number; readonly bytes?: number; readonly soft?: boolean }[],
  more = {},
) {
  const slots = openSlots({ ...bounds, ...more });
  const start = Date.now();
  const began: (number | undefined)[] = works.map(() => undefined);
  const seen = { busy: 0, most: 0, bytes: 0, mostBytes: 0, ended: 0 };
  for (const [i, { takes, bytes = 1, soft = false }] of works.entries()) {
    void slots({ bytes, soft }, async () => {
      began[i] = Date.now() - start;
      seen.busy += 1;
      seen.bytes += bytes;
      seen.most = Math.max(seen.most, seen.busy);
      if (seen.busy > 1) seen.mostBytes = Math.max(seen.mostBytes, seen.bytes);
      await sleep(takes); // as long as the case says
      seen.busy -= 1;
      seen.bytes -= bytes;
      seen.ended += 1;
    });
  }
  return { began, seen };
}

describe("slots", () => {
  test("as long as they are answered, so many at a time, in order", async () => {
    const { began, seen } = race(Array(6).fill({ takes: 100 }));
    await vi.runAllTimersAsync();
    expect(began).toEqual([0, 0, 100, 100, 200, 200]);
    expect(seen.most).toBe(2);
  });

  test("what hangs makes room after a while, up to the bound", async () => {
    const { began, seen } = race([...Array(7).fill({ takes: 60_000 }), { takes: 1 }]);
    await vi.runAllTimersAsync();
    expect(began.slice(0, 5)).toEqual([0, 0, 1000, 1000, 2000]);
    expect(began.slice(5)).toEqual([60_000, 60_000, 61_000]);
    expect(seen.most).toBe(5);
  });

  test("what the run can do without comes after all others", async () => {
    const works = [{ takes: 10 }, { takes: 10 }, { takes: 10, soft: true }, { takes: 10 }, { takes: 10 }];
    const { began } = race(works);
    await vi.runAllTimersAsync();
    expect(began).toEqual([0, 0, 20, 10, 10]);
  });

  test("large answers wait for each other; one alone is let through", async () => {
    const { began } = race([
      { takes: 10, bytes: 60 },
      { takes: 10, bytes: 60 },
      { takes: 10, bytes: 500 },
    ]);
    await vi.runAllTimersAsync();
    expect(began).toEqual([0, 10, 20]);
  });

  test("a failure frees its place, and is told", async () => {
    const slots = openSlots({ ...bounds, most: 1 });
    const failed = slots({ bytes: 1 }, () => Promise.reject(new Error("no")));
    const next = slots({ bytes: 1 }, async () => "yes");
    await expect(failed).rejects.toThrow("no");
    expect(await next).toBe("yes");
  });

  test("whatever comes: never more than the bounds, and all of it in the end", async () => {
    const work = fc.record({ takes: fc.nat(5000), bytes: fc.integer({ min: 1, max: 120 }), soft: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(work, { maxLength: 30 }), async (works) => {
        const { seen } = race(works);
        await vi.runAllTimersAsync();
        expect(seen.ended).toBe(works.length);
        expect(seen.most).toBeLessThanOrEqual(bounds.atMost);
        expect(seen.mostBytes).toBeLessThanOrEqual(bounds.bytes);
      }),
    );
  });
});
