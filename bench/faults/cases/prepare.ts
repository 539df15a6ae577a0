/** Changes the real cluster before a run, and undoes the changes after it. */
import type { FaultCase } from "../fault-case.ts";
import { FIRST } from "../world.ts";

export type Prepare = NonNullable<FaultCase["prepare"]>;

/** Merges into an object of the namespace, and merges the second back in afterwards. */
export const patched =
  (path: string, change: object, back: object): Prepare =>
  async ({ admin }) => {
    await admin("PATCH", path, change);
    return () => admin("PATCH", path, back);
  };

/** Annotations of an object, to be merged. */
export const note = (annotations: object) => ({ metadata: { annotations } });

/** The annotation that pauses the workload, with this value. */
export const annotated = (value: string): Prepare =>
  patched(
    `deployments/${FIRST}`,
    note({ "prophet-autoscaler/paused": value }),
    note({ "prophet-autoscaler/paused": null }),
  );
