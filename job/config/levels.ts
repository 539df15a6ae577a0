/** Decides between `slo` and `quantile` where several layers, or one, give both. */
import { join } from "./check.ts";
import type { LEVEL_SETTINGS } from "./level-settings.ts";
import type { PartialValue } from "./schema.ts";
import type { Issue } from "./types.ts";

type Levels = { readonly [K in keyof typeof LEVEL_SETTINGS]?: PartialValue<(typeof LEVEL_SETTINGS)[K]> };

/**
 * What a nearer layer leaves of those under it. `slo` and `quantile` answer one question, so the nearer one holds.
 * A flag `--slo` takes precedence over the `quantile` of the file, and over the level for scale-in beside it.
 */
export function levelsUnder<T extends Levels>(under: T, nearer: Levels): T {
  const fixed: readonly string[] = nearer.slo === undefined || under.quantile === undefined ? [] : OF_QUANTILE;
  const gone = nearer.quantile === undefined ? fixed : ["slo"];
  return Object.fromEntries(Object.entries(under).filter(([name]) => !gone.includes(name))) as T;
}

const OF_QUANTILE = ["quantile", "scaleDownQuantile"];

/** Settings that one layer gives twice. */
export function levelIssues({ slo, quantile }: Levels, path: string): readonly Issue[] {
  if (slo === undefined || quantile === undefined) return [];
  return [
    { path: join(path, "slo"), message: "has no effect together with quantile, which fixes the level. Keep one." },
  ];
}
