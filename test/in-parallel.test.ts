/** Work on many items: as many at a time as allowed, results in order, and turns of the event loop for all others in between. */
import { describe, expect, it } from "vitest";
import { inParallel, ownTurn } from "../job/in-parallel.ts";
import { mostInATurn, turnsDuring } from "./fakes/turns.ts";

describe("inParallel", () => {
  it("gives others a turn after each hundred items that wait for nothing, and keeps the order", async () => {
    const items = Array.from({ length: 1000 }, (_, i) => i);
    const { turns, result } = await turnsDuring(() => inParallel(items, async (i) => 2 * i));
    expect(result).toEqual(items.map((i) => 2 * i));
    expect(turns).toBeGreaterThanOrEqual(9);
  });

  it("begins no more of them in a turn, however many at a time", async () => {
    const begun: number[] = [];
    const items = Array.from({ length: 1000 });
    await turnsDuring((turn) => inParallel(items, async () => void begun.push(turn()), 16));
    expect(begun).toHaveLength(1000);
    expect(mostInATurn(begun)).toBeLessThanOrEqual(100 + 16);
  });
});

describe("ownTurn", () => {
  it("is a turn for each of those who ask at once", async () => {
    const taken: number[] = [];
    const take = async (turn: () => number) => {
      await ownTurn();
      taken.push(turn());
    };
    await turnsDuring((turn) => Promise.all(Array.from({ length: 20 }, () => take(turn))));
    expect(new Set(taken).size).toBe(20);
  });
});
