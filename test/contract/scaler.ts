/** What every Scaler owes its callers, whatever stands behind it. */
import { expect, test } from "vitest";
import type { TargetConfig } from "../../job/core/target.ts";
import type { Scaler } from "../../job/ports.ts";

/** A Scaler whose one target stands at 3 replicas. */
export interface ScalerCase {
  readonly scaler: Scaler;
  readonly target: TargetConfig;
}

/** Registers the suite; `make` starts each test anew. */
export function scalerContract(make: () => Promise<ScalerCase>): void {
  test("reads what is there", async () => {
    const { scaler, target } = await make();
    expect(await scaler.read(target)).toMatchObject({ replicas: 3, conditions: {} });
  });

  test("sets what was asked, when it still stands where it was read", async () => {
    const { scaler, target } = await make();
    expect(await scaler.scale(target, 3, 7)).toBe("done");
    expect(await scaler.read(target)).toMatchObject({ replicas: 7 });
    expect(await scaler.scale(target, 7, 1)).toBe("done");
    expect(await scaler.read(target)).toMatchObject({ replicas: 1 });
  });

  test("a target that stands elsewhere is a conflict and stays", async () => {
    const { scaler, target } = await make();
    expect(await scaler.scale(target, 2, 9)).toBe("conflict");
    expect(await scaler.scale(target, 0, 9)).toBe("conflict");
    expect(await scaler.read(target)).toMatchObject({ replicas: 3 });
  });

  test("of many at once one is done", async () => {
    const { scaler, target } = await make();
    const answers = await Promise.all([4, 5, 6, 7, 8].map((to) => scaler.scale(target, 3, to)));
    expect(answers.filter((answer) => answer === "done")).toHaveLength(1);
  });
}
