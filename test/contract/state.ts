/** What every StateStore owes its callers: what is claimed is read back, and nobody overwrites what he has not seen. */
import { expect, test } from "vitest";
import { EMPTY_STATE } from "../../job/core/state/codec.ts";
import { BLANK } from "../../job/core/state/memory.ts";
import type { JobState } from "../../job/core/state/types.ts";
import type { StateStore } from "../../job/ports.ts";

/** A state with one target with a recommendation of so many replicas. */
export function recommended(replicas: number): JobState {
  return { ...EMPTY_STATE, targets: { "shop/web": { ...BLANK, recommendations: [{ at: 1_700_000_000, replicas }] } } };
}

/** Registers the suite; `make` gives an empty store. */
export function stateContract(make: () => Promise<StateStore>): void {
  test("an empty store is no memory and no warning", async () => {
    const reading = await (await make()).read();
    expect(reading.state.targets).toEqual({});
    expect(reading.warning).toBeUndefined();
  });

  test("what is claimed is read back", async () => {
    const store = await make();
    expect(await store.claim(recommended(4), (await store.read()).version)).toBe("claimed");
    expect((await store.read()).state).toEqual(recommended(4));
  });

  test("a claim on a version that has been claimed is lost, and changes nothing", async () => {
    const store = await make();
    const { version } = await store.read();
    expect(await store.claim(recommended(4), version)).toBe("claimed");
    expect(await store.claim(recommended(9), version)).toBe("lost");
    expect((await store.read()).state).toEqual(recommended(4));
  });

  test("of many claims on one version one is claimed", async () => {
    const store = await make();
    const { version } = await store.read();
    const answers = await Promise.all([1, 2, 3, 4, 5].map((n) => store.claim(recommended(n), version)));
    expect(answers.filter((answer) => answer === "claimed")).toHaveLength(1);
  });
}
