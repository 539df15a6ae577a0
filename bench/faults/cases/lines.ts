/** Turns rows of the case tables into cases. */
import type { ExpectedResult, FaultCase, Kind } from "../fault-case.ts";

/** A row of a table of cases: the name, the expected result, and the fault. */
export type Line = readonly [name: string, expect: ExpectedResult, fault: Omit<FaultCase, "kind" | "name" | "expect">];

/** The cases of one kind, from the rows of its tables. */
export function casesOf(kind: Kind, ...tables: readonly (readonly Line[])[]): readonly FaultCase[] {
  return tables.flat().map(([name, expect, fault]) => ({ kind, name, expect, ...fault }));
}

/** Too few replicas before the run: with sound data it scales out to 5. */
export const FEW = { from: 3 } as const;
