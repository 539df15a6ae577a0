/** Turns rows of the case tables into cases. */
import type { ExpectedResult, FaultCase, Kind } from "../fault-case.ts";

/** A case without its kind: its name, what must come of it, and the fault. */
export type Line = readonly [name: string, expect: ExpectedResult, fault: Omit<FaultCase, "kind" | "name" | "expect">];

export function casesOf(kind: Kind, ...tables: readonly (readonly Line[])[]): readonly FaultCase[] {
  return tables.flat().map(([name, expect, fault]) => ({ kind, name, expect, ...fault }));
}

/** Too few replicas before: sound data would scale out to 5. */
export const FEW = { from: 3 } as const;
