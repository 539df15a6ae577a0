/** Changes the real cluster before a run, and undoes the changes after it. */
import type { FaultCase } from "../fault-case.ts";
import { FIRST } from "../world.ts";

/** Changes the cluster before a run. It resolves to a function that undoes the change, or to undefined. */
export type Prepare = NonNullable<FaultCase["prepare"]>;

/** Merges `change` into the object at `path` below the namespace before the run, and `back` after it. */
export const patched =
  (path: string, change: object, back: object): Prepare =>
  async ({ admin }) => {
    await admin("PATCH", path, change);
    return () => admin("PATCH", path, back);
  };

/** A merge patch of an object that sets these annotations. */
export const note = (annotations: object) => ({ metadata: { annotations } });

/** Gives the workload the pause annotation with this value, and removes it after the run. */
export const annotated = (value: string): Prepare =>
  patched(
    `deployments/${FIRST}`,
    note({ "prophet-autoscaler/paused": value }),
    note({ "prophet-autoscaler/paused": null }),
  );
