/** Chooses a variant for each series on all others: what a choice by these tables would be worth on a series that took no part in it. */
import type { Scored } from "./page.ts";
import type { Losses } from "./score.ts";
import { AS_IT_IS } from "./variants.ts";

/** A series, what is made from it, and others of one kind share what stands before the comma: none of them may choose for another. */
const familyOf = ({ name }: Scored) => name.split(",")[0]!;

/**
 * For each row by how many percent its loss is larger than as it is, under the variant with the least loss on the rows of all other families.
 * `choosing`: the rows that choose. NaN where a loss is unknown. O(rows x variants x families).
 */
export function chosenWithout(
  rows: readonly Scored[],
  target: keyof Losses,
  choosing: readonly Scored[] = rows,
): readonly number[] {
  const names = Object.keys(choosing[0]?.losses ?? {});
  const ratio = ({ losses }: Scored, name: string) =>
    100 * Math.log(losses[name]![target] / losses[AS_IT_IS.name]![target]);
  const chosen = new Map<string, string>();
  const bestWithout = (family: string) => {
    const others = choosing.filter((one) => familyOf(one) !== family);
    const totals = names.map((name) =>
      others.reduce((sum, one) => sum + (Number.isFinite(ratio(one, name)) ? ratio(one, name) : 0), 0),
    );
    return names[totals.indexOf(Math.min(...totals))] ?? AS_IT_IS.name;
  };
  return rows.map((row) => {
    const family = familyOf(row);
    const best = chosen.get(family) ?? bestWithout(family);
    chosen.set(family, best);
    return ratio(row, best);
  });
}
