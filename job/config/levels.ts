/** Which of `slo` and `quantile` holds where several layers, or one, say both. */
import { join } from "./check.ts";
import type { LEVELS } from "./level-settings.ts";
import type { Part } from "./schema.ts";
import type { Issue } from "./types.ts";

type Levels = { readonly [K in keyof typeof LEVELS]?: Part<(typeof LEVELS)[K]> };

/**
 * What a nearer layer leaves of those under it. `slo` and `quantile` answer one question, so the nearer of them holds:
 * a flag `--slo` goes before the `quantile` of the file, and before the level for scale-in that stands beside that.
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
